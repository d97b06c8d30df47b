'use strict';

// The server answers, and refuses.

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { Single } = require('../places/single');
const { WATCHED, PREFIX } = require('../visitors');
const { freePort } = require('../../../../scripts/support/redis-server');

const USER = ['ACL', 'SETUSER', 'app', 'reset', 'on', '>secret', '~sess:*', '-@all'];
const RIGHTS = ['+get', '+mget', '+pttl', '+client|tracking'];

/** A Redis whose sessions are read by a user of their own. */
async function withUser() {
  const place = await Single.open();
  await place.do(...USER, ...RIGHTS);
  return Object.defineProperty(place, 'redis', { value: place.server.url.replace('//', '//app:secret@') });
}

async function withPassword() {
  const place = await Single.open();
  await place.do('CONFIG', 'SET', 'requirepass', 'secret');
  await place.do('AUTH', 'secret');
  return Object.defineProperty(place, 'redis', { value: place.server.url.replace('//', '//:secret@') });
}

/** @type {import('../trial').Fault[]} */
module.exports = [
  {
    title: 'the password is another one when the connection is cut',
    what: 'Look-ups fail with `WRONGPASS`.',
    place: withPassword,
    async begin(place) {
      await place.do('CONFIG', 'SET', 'requirepass', 'other');
      await place.cut();
    },
    end: (place) => place.do('CONFIG', 'SET', 'requirepass', 'secret'),
    codes: ['STORE_ERROR'],
    cause: /^WRONGPASS /,
  },
  {
    title: 'the password is changed',
    what: 'Nothing: connections that are logged in go on.',
    place: withPassword,
    begin: (place) => place.do('CONFIG', 'SET', 'requirepass', 'other'),
    end: (place) => place.do('CONFIG', 'SET', 'requirepass', 'secret'),
  },
  {
    title: 'a password is introduced, and the connection is cut',
    what: 'Look-ups fail with `NOAUTH`.',
    place: () => Single.open(),
    async begin(place) {
      await place.do('CONFIG', 'SET', 'requirepass', 'secret');
      await place.cut();
    },
    end: (place) => place.do('CONFIG', 'SET', 'requirepass', ''),
    codes: ['STORE_ERROR'],
    cause: /^NOAUTH /,
  },
  {
    title: 'rights of the ACL user are withdrawn (`NOPERM`)',
    what: 'Look-ups fail with `NOPERM`, on the same connection.',
    place: withUser,
    async begin(place) {
      await place.do('ACL', 'SETUSER', 'app', '-get', '-mget', '-pttl');
      await touchAll(place);
    },
    end: (place) => place.do('ACL', 'SETUSER', 'app', ...RIGHTS),
    codes: ['STORE_ERROR'],
    cause: /^NOPERM /,
  },
  {
    title: 'the ACL user is deleted',
    what: 'Redis ends the connections; look-ups fail with `WRONGPASS`.',
    place: withUser,
    begin: (place) => place.do('ACL', 'DELUSER', 'app'),
    end: (place) => place.do(...USER, ...RIGHTS),
    codes: ['STORE_ERROR'],
    cause: /^WRONGPASS /,
  },
  {
    title: 'Redis has no room for a connection (`MAXCLIENTS`)',
    what: 'Look-ups fail with the words of Redis.',
    place: () => Single.open(),
    async begin(place) {
      await place.do('CONFIG', 'SET', 'maxclients', '1');
      await place.cut();
    },
    end: (place) => place.do('CONFIG', 'SET', 'maxclients', '1000'),
    codes: ['STORE_ERROR'],
    cause: /max number of clients|reset|closed|pipe/,
  },
  {
    title: 'Redis becomes a replica (`READONLY`)',
    what: 'Nothing: a replica is read like a master.',
    place: () => Single.open(),
    async begin(place) {
      await place.do('REPLICAOF', '127.0.0.1', String(await freePort()));
      await assert.rejects(place.do('SET', 'other', 'x'), /READONLY/);
    },
    end: (place) => place.do('REPLICAOF', 'NO', 'ONE'),
  },
  {
    title: 'a replica has lost its master, and serves no old data (`MASTERDOWN`)',
    what: 'Look-ups fail with `MASTERDOWN`.',
    place: () => Single.open(['--replica-serve-stale-data', 'no']),
    begin: async (place) => place.do('REPLICAOF', '127.0.0.1', String(await freePort())),
    end: (place) => place.do('REPLICAOF', 'NO', 'ONE'),
    codes: ['STORE_ERROR'],
    cause: /^MASTERDOWN /,
  },
  {
    title: 'the connections are ended on the server (`CLIENT KILL`)',
    what: 'They are made again at once, and what was left unanswered is asked again.',
    place: () => Single.open(),
    async begin(place) {
      // A connection that has not lasted for a second is not made again at once.
      await sleep(1000);
      await place.cut();
    },
  },
  {
    title: 'the connections are ended again and again, for a second',
    what: 'The same, after short delays, in which look-ups fail.',
    place: () => Single.open(),
    async begin(place) {
      const until = performance.now() + 1000;
      while (performance.now() < until) {
        await place.cut();
        await sleep(20);
      }
    },
    codes: ['STORE_ERROR'],
    spares: true,
  },
];

/** Sessions that were not told of need not be read. */
function touchAll(place) {
  return Promise.all(WATCHED.map((sid) => place.do('EXPIRE', PREFIX + sid, '10000')));
}
