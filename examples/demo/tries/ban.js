'use strict';

const { promisify } = require('node:util');
const { banned, personOf } = require('../users');
const { endSessions } = require('./ending');
const { cannot, count, inMs } = require('./words');

/** First `deserializeUser` does not find them any more, so that they cannot come back; then their sessions end. */
async function ban(demo, { user, body }) {
  const { sessions, logins } = demo;
  const person = personOf(body?.name);
  if (!person) return cannot('There is nobody of this name.');
  if (person.id === user.id) return cannot('You cannot ban yourself: nobody would be left to pardon you.');
  banned.add(person.name);
  const ids = logins.of(person.id);
  const destroy = promisify(sessions.store.destroy).bind(sessions.store);
  const { sockets, ms } = await endSessions(demo, ids, () => Promise.all(ids.map((id) => destroy(id))));
  for (const id of ids) logins.forget(id);
  return {
    ok: true,
    ms,
    steps: [
      `${person.name} is banned: deserializeUser does not find them any more, and a log-in is turned down.`,
      `${count(ids.length, 'session')} of ${person.name} destroyed; ${count(sockets, 'socket')} ended within ${inMs(ms)}: reason “destroyed”.`,
    ],
  };
}

async function pardon(_demo, { body }) {
  const person = personOf(body?.name);
  if (!person) return cannot('There is nobody of this name.');
  if (!banned.delete(person.name)) return cannot(`${person.name} is not banned.`);
  return { ok: true, steps: [`${person.name} may log in again.`] };
}

module.exports = { ban, pardon };
