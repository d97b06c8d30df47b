'use strict';

const { promisify } = require('node:util');
const { banned, personOf } = require('../users');
const { endSessions } = require('./ending');
const { cannot, count, inMs } = require('./words');

const LEFT_MS = 3_000;

/** The session gets another end, in the store and in the browser's cookie. Each request would prolong it by as much. */
async function expire({ chat, ends }, { session, sessionID }) {
  session.cookie.maxAge = LEFT_MS;
  const at = performance.now() + LEFT_MS;
  await promisify(session.save).call(session);
  ends.begin(sessionID, at);
  return {
    ok: true,
    steps: [
      `Your session now has ${LEFT_MS / 1_000} seconds left, in the store and in your cookie.`,
      `Nobody does anything then, and ${count(chat.socketsOf([sessionID]).length, 'socket')} will end: reason “expired”.`,
    ],
  };
}

/**
 * Another user in the same session, as an app does it that sets the user by hand. A log-in by Passport makes a new session, and
 * destroys this one.
 */
async function switchUser(demo, { session, sessionID, user, body }) {
  const other = personOf(body?.to);
  if (!other) return cannot('There is nobody of this name.');
  if (other.id === user.id)
    return cannot(`You are ${user.name}: the user in the session stays the same, and nobody is ended.`);
  if (banned.has(other.name)) return cannot(`${other.name} is banned until an admin pardons them.`);
  session.passport.user = other.id;
  const { sockets, ms } = await endSessions(demo, [sessionID], () => promisify(session.save).call(session));
  demo.logins.note(sessionID, other.id);
  return {
    ok: true,
    ms,
    steps: [
      `The user in your session was ${user.name}, and is ${other.name} now. The cookie is the same.`,
      `${count(sockets, 'socket')} of ${user.name} ended ${inMs(ms)} later: reason “user-changed”.`,
      `Connect again, and you are ${other.name}.`,
    ],
  };
}

module.exports = { expire, switchUser };
