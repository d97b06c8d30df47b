'use strict';

// Sessions that are not there, that cannot be read, or in which nobody is logged in.

const { gzipSync } = require('node:zlib');
const { MemoryStore } = require('express-session');
const { inRedis } = require('./in-redis');

const { REDIS_URL } = process.env;
const logs = true;

/** Natively, with settings that differ from those of the store. */
function natively(more = {}) {
  return ({ store: _store, ...usual }) => ({ ...usual, redis: REDIS_URL, ...more });
}

/** Something else wrote ann's session. */
function overwritten(value) {
  return async ({ store, ann }) => {
    const key = store.prefix + ann.id;
    await store.client.del(key);
    if (typeof value === 'object' && !Buffer.isBuffer(value)) await store.client.hSet(key, value);
    else await store.client.set(key, value);
  };
}

module.exports = {
  'a second MemoryStore': {
    logs,
    options: (usual) => ({ ...usual, store: new MemoryStore() }),
    says: [
      /^SESSION_NOT_FOUND: .*through the option store \("MemoryStore"\)\. This MemoryStore holds no session at all/,
    ],
  },
  'a MemoryStore in several processes': {
    logs,
    env: { NODE_APP_INSTANCE: '1' },
    options: (usual) => ({ ...usual, store: new MemoryStore() }),
    says: [
      /^SESSION_NOT_FOUND: .*one of several \(a worker of a cluster, or of pm2\): use a store that all of them share/,
    ],
  },
  'another prefix': {
    logs,
    sessions: inRedis,
    options: natively({ prefix: 'other:' }),
    says: [/^SESSION_NOT_FOUND: .*looked for in redis:\/\/\S+\/0, with the prefix "other:"\./],
  },
  'another database': {
    logs,
    sessions: inRedis,
    options: natively({ redis: `${REDIS_URL}/5` }),
    says: [/^SESSION_NOT_FOUND: .*looked for in redis:\/\/\S+\/5, with the prefix "sess:"\./],
  },
  'a visitor who has not logged in': {
    logs,
    visits: [({ stranger }) => stranger],
    says: [/^PASSPORT_NOT_INITIALIZED: The session has no Passport member.*visitor who has not logged in/],
  },
  'a session that somebody has logged out of': {
    logs,
    prepare: ({ store, ann }) => {
      store.sessions[ann.id] = JSON.stringify({ cookie: {}, passport: {} });
    },
    says: [/^NOT_LOGGED_IN: The visitor has a session but is not logged in\./],
  },
  'an encrypting serializer, and the option redis': {
    logs,
    sessions: inRedis,
    prepare: overwritten('{"hmac":"ab","ct":"cd"}'),
    options: natively(),
    says: [
      /^PASSPORT_NOT_INITIALIZED: The stored session is no plain JSON \(encrypted\).*as the option store/,
    ],
  },
  'a compressing serializer, and the option redis': {
    sessions: inRedis,
    prepare: overwritten(gzipSync('{}')),
    options: natively(),
    says: [/^\[BAD_SESSION\] .*not JSON \(at byte 0\): gzip.*serializer of its own.*as the option store/],
  },
  'an object that was not made a text': {
    sessions: inRedis,
    prepare: overwritten('[object Object]'),
    options: natively(),
    says: [/^\[BAD_SESSION\] .*not JSON \(at byte \d\): an object that was not made a text/],
  },
  'a hash under the same prefix': {
    sessions: inRedis,
    prepare: overwritten({ user: 'ann' }),
    options: natively(),
    says: [/^\[STORE_ERROR\] .*WRONGTYPE.*holds no text but a hash/],
  },
  'the user was deleted': {
    logs,
    deserialize: (name, done) => done(null, false),
    says: [/^USER_NOT_FOUND: The session is logged in, but deserializeUser knows no such user/],
  },
};
