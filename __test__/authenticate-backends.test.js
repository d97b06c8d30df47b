'use strict';

// authorizer.authenticate(request) with each backend.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { MemoryStore } = require('express-session');
const { redisStoreFor } = require('./support/app');
const { authorizerOf, prove } = require('./support/proof');
const { sharedRedis } = require('./support/shared');
const { newSession } = require('./support/stores');
const { cookieOf } = require('./support/visit');

let redis;
sharedRedis((started) => ({ redis } = started));

const WAYS = {
  MemoryStore: async () => ({ store: new MemoryStore() }),
  'a connect-redis store': async (t) => ({ store: await redisStoreFor(t, redis) }),
  'a connect-redis store, proven': async (t) => ({
    store: await redisStoreFor(t, redis),
    isProven: true,
  }),
  'the option redis': async (t) => ({
    store: await redisStoreFor(t, redis),
    options: { store: undefined, redis: redis.url },
  }),
};

test('wherever sessions are', async (t) => {
  for (const [way, open] of Object.entries(WAYS)) {
    const { store, isProven, options } = await open(t);
    const authorizer = authorizerOf(t, { store, ...options });
    const sid = await newSession(store);
    if (isProven) await prove(authorizer, sid, sid);
    const { user, sessionID } = await authorizer.authenticate({ headers: { cookie: cookieOf(sid) } });
    assert.deepEqual([user.id, sessionID], [sid, sid], way);
    const gone = authorizer.authenticate({ headers: { cookie: cookieOf('gone') } });
    await assert.rejects(gone, { code: 'SESSION_NOT_FOUND' }, way);
  }
});
