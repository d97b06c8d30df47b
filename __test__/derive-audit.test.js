'use strict';

// What cannot be seen from outside is found out by comparing now and then; what keeps a proof from coming is said.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { freePort, startRedis } = require('../scripts/support/redis-server');
const { STORES, save, closedWith } = require('./support/stores');
const { authorizerOf, prove, untilStore, warningsDuring } = require('./support/proof');
const { cookieOf, visit } = require('./support/visit');

let redis;
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());

function open(t) {
  const { host, port } = redis;
  return closedWith(t, STORES['connect-redis 10, node-redis 6']({ host, port }));
}

test('a session that is in the old database too, but another user’s in the one selected since', async (t) => {
  const { store, select } = await open(t);
  const warnings = warningsDuring(t);
  await save(store, 'both', 'old');
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, 'both', 'old');
  await select(1);
  await save(store, 'both', 'new');
  for (let tries = 0; authorizer.backend.kind === 'redis'; tries++) {
    assert.ok(tries < 100, 'the audit finds out');
    await visit(authorizer, cookieOf('both'));
    await sleep(50);
  }
  const { data } = await visit(authorizer, cookieOf('both'));
  assert.equal(data.user.id, 'new');
  assert.match(authorizer.backend.reason, /saw different sessions/);
  await sleep(0);
  assert.deepEqual(warnings, ['NATIVE_LOOKUP_OFF']);
});

test('an address that does not answer: the store does, and the reason names the fault', async (t) => {
  const { store, client } = await open(t);
  await save(store, 'alice', 'alice');
  client.options.socket.port = await freePort();
  const authorizer = authorizerOf(t, { store });
  await untilStore(authorizer, 'alice', 'alice', /does not reach the store's Redis: .*refused/);
});

test('whoever is on the way when the authorizer is closed is not let in', async (t) => {
  const { store } = await open(t);
  await save(store, 'alice', 'alice');
  for (const options of [{ redis: redis.url }, { store }]) {
    for (let wait = 0; wait < 20; wait++) {
      const authorizer = authorizerOf(t, options);
      if (options.redis) await visit(authorizer, cookieOf('alice'));
      const underWay = visit(authorizer, cookieOf('alice'));
      // The verdict may be made by now; it is not delivered yet.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait / 4);
      authorizer.close();
      const { error, data } = await underWay;
      assert.equal(error?.code, 'CLOSED');
      assert.deepEqual(data.user, { logged_in: false });
    }
  }
});

test('a visitor without an id never has connect-redis read the bare prefix, whatever else the store does', async (t) => {
  const { store, client } = await open(t);
  await client.set('sess:', JSON.stringify({ cookie: {}, passport: { user: 'everybody' } }));
  const get = store.get;
  store.get = function (...args) {
    return get.apply(this, args);
  };
  const authorizer = authorizerOf(t, { store });
  for (let tries = 0; tries < 3; tries++) {
    const { error } = await visit(authorizer, '');
    assert.equal(error?.code, 'NO_COOKIE');
    await sleep(5);
  }
  await client.del('sess:');
});

test('the words for a session that is not JSON do not quote it', async (t) => {
  const { store, client } = await open(t);
  await client.set('sess:broken', 'secret{"passport":{"user":1}}');
  for (const options of [{ redis: redis.url }, { store }]) {
    const { error } = await visit(authorizerOf(t, options), cookieOf('broken'));
    assert.equal(error.code, 'BAD_SESSION');
    assert.doesNotMatch(`${error.message} ${error.cause.message}`, /secret/);
  }
});
