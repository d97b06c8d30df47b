'use strict';

// The option client: the client of a store that hides it, and proven as one that shows.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { startRedis } = require('../scripts/support/redis-server');
const { authorizerOf, assertAdmitted, prove, untilStore, warningsDuring } = require('./support/proof');
const { CLIENTS, openStore, closedWith, newSession } = require('./support/stores');
const { cookieOf, visit } = require('./support/visit');

let redis;
let other;
before(async () => {
  [redis, other] = await Promise.all([startRedis(), startRedis()]);
});
after(() => Promise.all([redis?.stop(), other?.stop()]));

const HIDING = [7, 8];
const CLIENT_NAMES = [
  'node-redis 4',
  'node-redis 5',
  'node-redis 6',
  'ioredis 4',
  'ioredis 5',
  'ioredis 6',
  'iovalkey',
];

function open(t, version, name, settings) {
  const { host, port } = redis;
  return closedWith(t, openStore(version, name, { host, port, ...settings }));
}

async function openClient(t, name, { host, port }, settings) {
  const { client } = await closedWith(t, CLIENTS[name]({ host, port, ...settings }));
  return client;
}

for (const version of HIDING) {
  for (const name of CLIENT_NAMES) {
    test(`connect-redis ${version}, ${name}`, async (t) => {
      const { store, client } = await open(t, version, name, { db: 2, prefix: 'app:' });
      const sid = await newSession(store);
      const warnings = warningsDuring(t);

      const without = authorizerOf(t, { store });
      await untilStore(without, sid, sid, /the store hides its client.*option client/);

      const authorizer = authorizerOf(t, { store, client });
      await prove(authorizer, sid, sid);
      assert.equal(authorizer.backend.address, `redis://${redis.host}:${redis.port}/2`);
      const later = await newSession(store);
      await assertAdmitted(authorizer, later, later);
      const { error } = await visit(authorizer, cookieOf('none'));
      assert.equal(error.code, 'SESSION_NOT_FOUND');
      assert.equal(authorizer.backend.kind, 'redis');
      assert.deepEqual(warnings, []);
    });
  }

  test(`connect-redis ${version}: a client that reads elsewhere is contradicted`, async (t) => {
    const name = 'node-redis 6';
    for (const [server, settings] of [
      [redis, { db: 1 }],
      [redis, { keyPrefix: 'tenant:' }],
      [other, {}],
    ]) {
      const { store } = await open(t, version, name);
      const client = await openClient(t, name, server, settings);
      const sid = await newSession(store);
      const warnings = warningsDuring(t);
      const authorizer = authorizerOf(t, { store, client });
      await untilStore(authorizer, sid, sid, /saw different sessions/);
      for (let i = 0; i < 20; i++) await assertAdmitted(authorizer, sid, sid);
      await sleep(20);
      assert.deepEqual(warnings, ['NATIVE_LOOKUP_OFF']);
    }
  });

  test(`connect-redis ${version}: what is patched later is seen`, async (t) => {
    const name = 'ioredis 6';
    const patches = {
      'the client has a get of its own': ({ client }) => patch(client),
      'the store has a get of its own': ({ store }) => patch(store),
      'a get that is not the one of the option client': ({ store }) => patch(store.client),
    };
    for (const [reason, apply] of Object.entries(patches)) {
      const opened = await open(t, version, name);
      const sid = await newSession(opened.store);
      const authorizer = authorizerOf(t, { store: opened.store, client: opened.client });
      await prove(authorizer, sid, sid);
      apply(opened);
      await untilStore(authorizer, sid, sid, new RegExp(reason));
    }
  });
}

function patch(object) {
  const { get } = object;
  object.get = function (...args) {
    return get.apply(this, args);
  };
}

test('a store that shows its client: the option counts', async (t) => {
  const name = 'node-redis 6';
  const { store } = await open(t, 10, name);
  const sid = await newSession(store);
  const second = await openClient(t, name, redis);
  await prove(authorizerOf(t, { store, client: second }), sid, sid);
  const elsewhere = await openClient(t, name, other);
  const authorizer = authorizerOf(t, { store, client: elsewhere });
  await untilStore(authorizer, sid, sid, /saw different sessions/);
});

test('a client that the addon cannot follow leaves look-ups to the store', async (t) => {
  const { store, client } = await open(t, 8, 'node-redis 6');
  const sid = await newSession(store);
  for (const [given, reason] of [
    [{ get() {} }, /none that is known/],
    [client.legacy(), /none that is known/],
    [Object.assign(Object.create(client), { get() {} }), /a get of its own/],
  ]) {
    await untilStore(authorizerOf(t, { store, client: given }), sid, sid, reason);
  }
});

test('a client beside a store that reads no Redis', async (t) => {
  const client = await openClient(t, 'node-redis 6', redis);
  const store = { get: (sid, callback) => callback(null, { passport: { user: sid } }) };
  await untilStore(authorizerOf(t, { store, client }), 'ann', 'ann', /a get of its own/);
});

test('what is no client is a TypeError at authorize()', async (t) => {
  const { Redis } = require('ioredis');
  const { store } = await open(t, 8, 'node-redis 6');
  const wrong = ['redis://h', new URL('redis://h'), 7, true, {}, [], Redis, () => {}];
  for (const client of wrong) {
    assert.throws(() => authorizerOf(t, { store, client }), {
      name: 'TypeError',
      message: /option client must be the Redis client that was given to the store/,
    });
  }
  assert.throws(
    () => authorizerOf(t, { store, client: Promise.resolve() }),
    /option client is a promise: await it/,
  );
  const client = { get() {} };
  assert.throws(() => authorizerOf(t, { client }), /option store is missing/);
  assert.throws(() => authorizerOf(t, { store, client, redis: redis.url }), /contradicts the option redis/);
  assert.doesNotThrow(() => authorizerOf(t, { store, client: null }));
});
