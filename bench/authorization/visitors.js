'use strict';

const { sign } = require('cookie-signature');
const { tokenOf } = require('../contenders/token');
const { SECRET, sidOf, userOf } = require('../support/sessions');

/** Other cookies of a browser. */
const OTHER_COOKIES = '_ga=GA1.1.1418093715.1760000000; lang=en';
const GUESS = 'a guess';
/** Sessions from this number on are in no Redis. */
const UNKNOWN = 3_000_000_000;

/**
 * What a client sends.
 *
 * @typedef {object} Visitor
 * @property {string | undefined} key - of the user who must be let in; undefined where nobody must be
 * @property {string} cookie - the Cookie header
 * @property {string | undefined} token
 */

/** How a visitor of each kind is made, by the number of their session: their key, their cookie, their token. */
const kinds = {
  valid: (index) => [userOf(index), cookieWith(sidOf(index)), () => tokenOf(userOf(index), SECRET)],
  /** The session exists, and the signature is a guess. */
  forged: (index) => [undefined, cookieWith(sidOf(index), GUESS), () => tokenOf(userOf(index), GUESS)],
  /** Well signed, and the session is gone: its user has logged out, or its time is over. */
  unknown: (index) => [undefined, cookieWith(sidOf(UNKNOWN + index))],
  none: () => [undefined, OTHER_COOKIES],
  /** The signature of somebody else's session. */
  swapped: (index) => [undefined, cookieOf(`s:${sidOf(index)}.${signatureOf(index + 1)}`)],
  unsigned: (index) => [undefined, cookieOf(sidOf(index))],
};

/**
 * @param {string} kind
 * @param {{ count: number, from?: number, isToken?: boolean }} settings - isToken: they bring tokens too
 * @returns {Visitor[]}
 */
function visitorsOf(kind, { count, from = 0, isToken = false }) {
  return Array.from({ length: count }, (_, at) => {
    const [key, cookie, makeToken] = kinds[kind](from + at);
    return { key, cookie: flat(cookie), token: isToken ? makeToken?.() : undefined };
  });
}

function cookieWith(sid, secret = SECRET) {
  return cookieOf(`s:${sign(sid, secret)}`);
}

function signatureOf(index) {
  return sign(sidOf(index), SECRET).split('.')[1];
}

function cookieOf(value) {
  return `${OTHER_COOKIES}; connect.sid=${encodeURIComponent(value)}`;
}

/** A flat string, as from an HTTP parser: a concatenated one would be flattened by its first reader. */
function flat(text) {
  return Buffer.from(text, 'latin1').toString('latin1');
}

module.exports = { kinds: Object.keys(kinds), visitorsOf };
