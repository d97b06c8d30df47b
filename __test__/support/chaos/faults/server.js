'use strict';

// The server fails as a whole.

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { until } = require('../../redis-cluster');
const { Single } = require('../places/single');
const { PREFIX, VISITORS, stored } = require('../visitors');

/** So that a dump of some thousand keys is loaded for a second, during which Redis answers. */
const SLOW_LOADING = ['--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024'];
const BROKEN = VISITORS.slice(0, 100).map(({ name }) => name);
const GONE = /refused|closed|reset|pipe/i;

/** @type {import('../trial').Fault[]} */
module.exports = [
  {
    title: 'Redis is killed, and started again with its data',
    what: 'Look-ups fail at once with the cause.',
    place: () => Single.open(),
    async begin(place) {
      await place.do('SAVE');
      await place.kill();
    },
    end: (place) => place.start(),
    codes: ['STORE_ERROR'],
    cause: GONE,
  },
  {
    title: 'Redis is killed, and started again without its data',
    what: 'The same. Then every session has ended, and so does every socket, once.',
    place: () => Single.open(),
    begin: (place) => place.kill(),
    end: (place) => place.start(),
    codes: ['STORE_ERROR'],
    cause: GONE,
    loses: true,
  },
  {
    title: 'Redis hangs (SIGSTOP)',
    what: 'Look-ups wait until the silence is noticed; then they fail at once.',
    place: () => Single.open(),
    begin: (place) => place.server.kill('SIGSTOP'),
    end: (place) => place.server.kill('SIGCONT'),
    codes: ['STORE_ERROR'],
    cause: /no answer/,
  },
  {
    title: 'Redis stops for 300 ms',
    what: 'Look-ups wait for it.',
    place: () => Single.open(),
    async begin(place) {
      place.server.kill('SIGSTOP');
      await sleep(300);
      place.server.kill('SIGCONT');
    },
  },
  {
    title: 'Redis is still loading its data (`LOADING`)',
    what: 'Look-ups fail at once with `LOADING`.',
    place: () => Single.open(),
    async begin(place) {
      await place.do('SAVE');
      await place.kill();
      await place.start(SLOW_LOADING);
    },
    end: (place) => untilLoaded(place),
    codes: ['STORE_ERROR'],
    cause: /^LOADING /,
  },
  {
    title: 'a script blocks Redis (`BUSY`)',
    what: 'Look-ups fail with `BUSY`, on the same connection.',
    place: () => Single.open(['--lua-time-limit', '20']),
    async begin(place) {
      const other = place.admin.duplicate();
      other.on('error', () => {});
      await other.connect();
      place.script = other.sendCommand(['EVAL', 'while true do end', '0']).catch(() => other.destroy());
    },
    async end(place) {
      await place.do('SCRIPT', 'KILL');
      await place.script;
    },
    codes: ['STORE_ERROR'],
    cause: /^BUSY /,
  },
  {
    title: '`CLIENT PAUSE`, for two seconds',
    what: 'As where Redis hangs.',
    place: () => Single.open(),
    begin: (place) => place.do('CLIENT', 'PAUSE', '2000', 'ALL'),
    // It waits with the others.
    end: (place) => place.do('PING'),
    codes: ['STORE_ERROR', 'STORE_TIMEOUT'],
    cause: /no answer/,
  },
  {
    title: '`FLUSHALL`',
    what: 'Every session has ended, and so does every socket, once.',
    place: () => Single.open(),
    begin: (place) => place.do('FLUSHALL'),
    loses: true,
  },
  {
    title: 'the disk of Redis is full (`MISCONF`)',
    what: 'Nothing: Redis refuses to write, and is only read.',
    place: () => Single.open(),
    async begin(place) {
      await place.do('CONFIG', 'SET', 'save', '3600 1');
      await place.fillDisk();
      await assert.rejects(place.do('SET', 'other', 'x'), /MISCONF/);
    },
    end: (place) => place.emptyDisk(),
  },
  {
    title: 'Redis is out of memory (`OOM`)',
    what: 'The same.',
    place: () => Single.open(),
    async begin(place) {
      await place.do('CONFIG', 'SET', 'maxmemory', '1');
      await assert.rejects(place.do('SET', 'other', 'x'), /OOM/);
    },
    end: (place) => place.do('CONFIG', 'SET', 'maxmemory', '0'),
  },
  {
    title: 'sessions are of another type (`WRONGTYPE`)',
    what: 'Who has such a session is refused (`SESSION_NOT_FOUND`, `STORE_ERROR`); nobody else is.',
    place: () => Single.open(),
    async begin(place) {
      for (const name of BROKEN) {
        await place.do('DEL', PREFIX + name);
        await place.do('RPUSH', PREFIX + name, 'x');
      }
    },
    end: (place) => place.write(textsOf(BROKEN)),
    codes: ['SESSION_NOT_FOUND', 'STORE_ERROR'],
    meets: ({ name }) => BROKEN.includes(name),
  },
  {
    title: 'sessions are no JSON',
    what: 'Who has such a session is refused (`BAD_SESSION`); nobody else is.',
    place: () => Single.open(),
    begin: (place) => place.write(BROKEN.map((name) => [PREFIX + name, '{"cookie":'])),
    end: (place) => place.write(textsOf(BROKEN)),
    codes: ['BAD_SESSION'],
    meets: ({ name }) => BROKEN.includes(name),
  },
  {
    title: 'the table of tracked keys is too small',
    what: 'Redis tells of changes that were none, and the sessions are read again, as fast as it goes: give it room.',
    place: () => Single.open(),
    begin: (place) => place.do('CONFIG', 'SET', 'tracking-table-max-keys', '500'),
    end: (place) => place.do('CONFIG', 'SET', 'tracking-table-max-keys', '1000000'),
  },
];

/** Their sessions, as they were. */
function textsOf(names) {
  return stored().filter(([key]) => names.includes(key.slice(PREFIX.length)));
}

async function untilLoaded(place) {
  await until(async () => /loading:0/.test(await place.do('INFO', 'persistence')));
}
