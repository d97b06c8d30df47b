'use strict';

// Derivation over what apps do to stores and clients: nobody is refused for good, and nothing ends the process.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { createClientPool } = require('redis');
const { RedisStore } = require('connect-redis');
const { loginAsker } = require('../lib/redis/credentials');
const { authorizerOf, assertAdmitted, prove, untilStore } = require('./support/proof');
const { write } = require('./support/redis-store');
const { sharedRedis } = require('./support/shared');
const { openStore, sessionOf } = require('./support/stores');
const { cookieOf, visit } = require('./support/visit');

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started));

test('a user who has logged in where only the store looks is let in, though the addon sees no login', async (t) => {
  const { store, select, close } = await openStore(10, 'node-redis 6', {
    host: redis.host,
    port: redis.port,
  });
  t.after(close);
  for (const db of [1, 0]) {
    await admin.select(db);
    await write(admin, ['ann']);
    await admin.set('sess:bob', JSON.stringify(db === 1 ? sessionOf('bob') : { cookie: {} }));
  }
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, 'ann', 'ann');
  await select(1);
  await assertAdmitted(authorizer, 'bob', 'bob');
});

test('a store whose client, and whose prefix, are getters that throw', async (t) => {
  const noTenant = () => {
    throw new Error('no tenant');
  };
  const sessions = { get: (sid, done) => done(null, sid && sessionOf(sid)) };
  const store = Object.defineProperty({ ...sessions }, 'client', { get: noTenant });
  await assertAdmitted(authorizerOf(t, { store }), 'ann', 'ann');

  let broken = false;
  const later = { ...sessions };
  Object.defineProperty(later, 'client', { get: () => (broken ? noTenant() : { get() {} }) });
  Object.defineProperty(later, 'prefix', { get: () => (broken ? noTenant() : 'sess:') });
  const authorizer = authorizerOf(t, { store: later });
  broken = true;
  for (let i = 0; i < 3; i++)
    assert.equal((await visit(authorizer, cookieOf('ann'))).error.code, 'STORE_ERROR');
  broken = false;
  await assertAdmitted(authorizer, 'ann', 'ann');

  // With the option, nobody needs the prefix of a store that is not followed.
  const prefixed = authorizerOf(t, { store: later, prefix: 'sess:' });
  broken = true;
  await assertAdmitted(prefixed, 'ann', 'ann');
});

test('a pool that is busy at the first visitor is followed later', async (t) => {
  const pool = createClientPool({ url: redis.url }, { minimum: 1, maximum: 1, acquireTimeout: 50 });
  pool.on('error', () => {});
  await pool.connect();
  t.after(() => pool.close());
  await admin.select(0);
  await write(admin, ['ann']);
  let finish;
  const busy = pool.execute(() => new Promise((resolve) => (finish = resolve)));
  const authorizer = authorizerOf(t, { store: new RedisStore({ client: pool }) });
  assert.equal((await visit(authorizer, cookieOf('ann'))).error?.code, 'STORE_ERROR');
  await new Promise((resolve) => setTimeout(resolve, 60));
  finish();
  await busy;
  await prove(authorizer, 'ann', 'ann');
});

test('an address that the addon refuses: the store answers, and the reason says why', async (t) => {
  const { store, client, close } = await openStore(10, 'node-redis 6', redis);
  t.after(close);
  await admin.select(0);
  await write(admin, ['ann']);
  client.options.socket.port = 70_000;
  await untilStore(authorizerOf(t, { store }), 'ann', 'ann', /could not be followed \(.*port/);
});

test('a client is asked for its settings once, however many visitors come meanwhile', async (t) => {
  const pool = createClientPool({ url: redis.url }, { minimum: 1, maximum: 1 });
  pool.on('error', () => {});
  await pool.connect();
  t.after(() => pool.close());
  await admin.select(0);
  await write(admin, ['ann']);
  let prototype = Object.getPrototypeOf(pool);
  while (!Object.hasOwn(prototype, 'execute')) prototype = Object.getPrototypeOf(prototype);
  const execute = t.mock.method(prototype, 'execute');
  const asked = () =>
    execute.mock.calls.filter(({ arguments: [action] }) => String(action) === '({ options }) => options');
  let finish;
  const busy = pool.execute(() => new Promise((resolve) => (finish = resolve)));
  const authorizer = authorizerOf(t, { store: new RedisStore({ client: pool }) });
  const visits = Array.from({ length: 20 }, () => assertAdmitted(authorizer, 'ann', 'ann'));
  for (let i = 0; i < 20; i++) await admin.ping();
  finish();
  await Promise.all([busy, ...visits]);
  assert.equal(asked().length, 1);
  await prove(authorizer, 'ann', 'ann');
});

test('once closed, nothing is found out about the store any more', async (t) => {
  const { store, close } = await openStore(10, 'node-redis 6', redis);
  t.after(close);
  store.get = (_sid, done) => done(null, null);
  const authorizer = authorizerOf(t, { store });
  await visit(authorizer, cookieOf('ann'));
  authorizer.close();
  const { backend } = authorizer;
  for (let i = 0; i < 20; i++) await admin.ping();
  assert.deepEqual(authorizer.backend, backend);
});

test('a credentials provider that fails in an odd way is answered, and ends nothing', async () => {
  const odd = [
    Symbol('no words'),
    Object.create(null),
    undefined,
    { message: Symbol('no words') },
    Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error('no words');
      },
    }),
  ];
  for (const thrown of odd) {
    const reason = await new Promise((resolve) => {
      const lookup = { loginFailed: resolve };
      loginAsker(
        () => Promise.reject(thrown),
        () => 1000,
        () => lookup,
      )();
    });
    assert.match(reason, /^the credentials provider failed: /);
  }
});
