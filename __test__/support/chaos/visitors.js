'use strict';

// The 1,000 who come at once, each with what may become of them.

const { names } = require('../redis-store');
const { sessionOf } = require('../stores');
const { cookieOf } = require('../visit');

const PREFIX = 'sess:';
const textOf = (session) => JSON.stringify(session);

/**
 * @typedef {object} Visitor
 * @property {string} name
 * @property {string} cookie
 * @property {string} [user] - who they are, if they may be let in
 * @property {string} [code] - why they are refused where nothing is wrong, if they may not
 * @property {string} [text] - their session, as it is stored
 */

/** @type {Visitor[]} */
const VISITORS = [
  ...names('user', 600).map((name) => ({
    ...{ name, user: name, cookie: cookieOf(name), text: textOf(sessionOf(name)) },
  })),
  // The session id does not say who it is.
  ...names('sid', 100).map((name, i) => {
    const user = `owner${i}`;
    return { name, user, cookie: cookieOf(name), text: textOf(sessionOf(user)) };
  }),
  ...names('unknown', 100).map((name) => ({ name, code: 'SESSION_NOT_FOUND', cookie: cookieOf(name) })),
  ...names('user', 100).map((name) => ({
    ...{ name: `forger of ${name}`, code: 'BAD_SIGNATURE', cookie: cookieOf(name, { secret: 'guessed' }) },
  })),
  // The signature is a right one, of another session.
  ...names('user', 50).map((name, i) => ({
    ...{ name: `thief of ${name}`, code: 'BAD_SIGNATURE', cookie: stolen(name, `sid${i}`) },
  })),
  ...names('out', 50).map((name) => ({
    ...{ name, code: 'NOT_LOGGED_IN', cookie: cookieOf(name), text: textOf({ cookie: {}, passport: {} }) },
  })),
];

/** Those whose sockets are connected, by session id, which is also their user. */
const WATCHED = names('watched', 1000);

function stolen(name, other) {
  const [, signature] = decodeURIComponent(cookieOf(other)).split('.');
  return `connect.sid=${encodeURIComponent(`s:${name}.${signature}`)}`;
}

/** What is stored: keys with the texts of all sessions. */
function stored() {
  const ofVisitors = VISITORS.filter(({ text }) => text).map(({ name, text }) => [PREFIX + name, text]);
  return [...ofVisitors, ...WATCHED.map((name) => [PREFIX + name, textOf(sessionOf(name))])];
}

module.exports = { PREFIX, VISITORS, WATCHED, stored };
