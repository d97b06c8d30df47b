'use strict';

// authorizer.explain over a store that is followed to its Redis: as an authorization, it gives the native answer where the store
// knows no better, and moves nothing.

const assert = require('node:assert/strict');
const { channel } = require('node:diagnostics_channel');
const { EventEmitter, once } = require('node:events');
const net = require('node:net');
const { test } = require('node:test');
const { startRedis } = require('../scripts/support/redis-server');
const { redisStoreFor } = require('./support/app');
const {
  ID,
  INSIDE,
  OLD_SECRET,
  WAYS,
  checked,
  requestWith,
  sessionOf,
  stepOf,
} = require('./support/explain');
const { authorizerOf } = require('./support/proof');
const { sharedRedis } = require('./support/shared');
const { passportOf, visit } = require('./support/visit');

let shared;
sharedRedis((started) => (shared = started));

/** An authorizer whose look-ups are native, its store, the client of that, and how to have that never answer again. */
async function provenOf(t, options) {
  const store = await redisStoreFor(t, shared.redis);
  const { client } = store;
  const way = WAYS['a connect-redis store, proven'];
  const { authorizer, put } = await way(t, shared, { store, ...options });
  const silence = () => client.sendCommand(['CLIENT', 'REPLY', 'OFF']).catch(() => {});
  return { authorizer, put, store, client, silence };
}

/** Asserts that a connection is refused with the same code. */
async function sameCode(authorizer) {
  const explanation = checked(await authorizer.explain(requestWith()));
  const { error } = await visit(authorizer, requestWith());
  assert.equal(explanation.code, error.code);
  return explanation;
}

test('a native answer that the store confirms, or cannot', async (t) => {
  const { authorizer, put, silence } = await provenOf(t, { timeout: 300 });
  const CASES = [
    [null, 'SESSION_NOT_FOUND', 'look-up', /^Natively in .* \(the store, as proven\), .*no such session/],
    [Buffer.from([0x1f, 0x8b, 8, 0]).toString('latin1'), 'BAD_SESSION', 'session', /gzip|not JSON \(at/],
    ['{"passport":{}}', 'NOT_LOGGED_IN', 'passport', /no user key/],
  ];
  for (const isSilent of [false, true]) {
    if (isSilent) silence();
    for (const [stored, code, at, says] of CASES) {
      await put(stored);
      const explanation = await sameCode(authorizer);
      assert.equal(explanation.code, code);
      assert.match(stepOf(explanation, at).text, says);
      assert.equal(stepOf(explanation, 'look-up').backend, 'redis');
    }
  }
});

test('a user whom only the store knows, since its client has selected another database', async (t) => {
  const { authorizer, put, client } = await provenOf(t);
  await client.select(1);
  // Whom the addon finds, the store is not asked for.
  const native = checked(await authorizer.explain(requestWith()));
  assert.deepEqual([native.code, stepOf(native, 'look-up').backend], ['FOUND', 'redis']);
  await client.set(`sess:${ID}`, JSON.stringify(sessionOf()));
  await put(null);
  const explanation = checked(await authorizer.explain(requestWith()));
  assert.equal(explanation.code, 'FOUND');
  assert.equal(stepOf(explanation, 'look-up').backend, 'store');
});

test('a rule that the app has given the store since is not bypassed', async (t) => {
  const { authorizer, store } = await provenOf(t);
  store.get = (_id, done) => done(null, null);
  const explanation = checked(await authorizer.explain(requestWith()));
  assert.equal(explanation.code, 'SESSION_NOT_FOUND');
  assert.equal(stepOf(explanation, 'look-up').backend, 'store');
});

test('Redis is down, and the client of the store queues: the cause is told', async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const store = await redisStoreFor(t, redis);
  store.client.on('error', () => {});
  const options = { secret: OLD_SECRET, store, passport: passportOf() };
  const unproven = authorizerOf(t, options);
  const proven = authorizerOf(t, options);
  await store.client.set(`sess:${ID}`, JSON.stringify(sessionOf()));
  while (proven.backend.kind !== 'redis') await visit(proven, requestWith());
  await redis.stop();
  for (const [authorizer, where] of [
    [
      unproven,
      /^Through the option store \("RedisStore", .*\): .*\bos error.* \(redis:\/\/127\.0\.0\.1:\d+\/0\)\.$/,
    ],
    [proven, /^(?:Natively in|Through) .*(?:os error|closed)/],
  ]) {
    const explanation = checked(await authorizer.explain(requestWith()));
    assert.equal(explanation.code, 'STORE_ERROR');
    assert.match(stepOf(explanation, 'look-up').text, where);
  }
});

test('nobody hears of an error or silence of the store', async (t) => {
  const heard = [];
  const hear = (message) => heard.push(message);
  channel('passport-socketio-native:backend').subscribe(hear);
  t.after(() => channel('passport-socketio-native:backend').unsubscribe(hear));
  const gets = [(_id, done) => done(new Error(INSIDE)), () => {}, (_id, done) => done(null, sessionOf())];
  const store = { get: (...given) => gets[0](...given) };
  const authorizer = authorizerOf(t, { secret: OLD_SECRET, store, timeout: 20 });
  const { backend } = authorizer;
  for (const code of ['STORE_ERROR', 'STORE_TIMEOUT', 'FOUND']) {
    assert.equal(checked(await authorizer.explain(requestWith())).code, code);
    assert.deepEqual(authorizer.backend, backend);
    gets.shift();
  }
  assert.deepEqual(heard, []);
});

test('closed while the store, Redis or deserializeUser is waited for', async (t) => {
  const asked = new EventEmitter();
  const server = net.createServer((socket) => socket.on('data', () => asked.emit('now')));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  for (const where of [
    { store: { get: () => asked.emit('now') } },
    { redis: `redis://127.0.0.1:${server.address().port}` },
  ]) {
    const authorizer = authorizerOf(t, { secret: OLD_SECRET, ...where });
    const isAsked = once(asked, 'now');
    const explained = authorizer.explain(requestWith());
    await isAsked;
    authorizer.close();
    const explanation = checked(await explained);
    assert.equal(explanation.code, 'CLOSED');
    assert.equal(stepOf(explanation, 'look-up').status, 'failed');
  }
  const closing = authorizerOf(t, {
    secret: OLD_SECRET,
    store: { get: (_id, done) => done(null, sessionOf()) },
    passport: passportOf((_key, done) => {
      closing.close();
      done(null, {});
    }),
  });
  const explanation = checked(await closing.explain(requestWith()));
  assert.equal(explanation.code, 'CLOSED');
  assert.equal(stepOf(explanation, 'user').status, 'failed');
});

test('closed between two steps: neither the store nor deserializeUser is called any more', async (t) => {
  const calls = [];
  const closing = (options) => {
    const authorizer = authorizerOf(t, {
      secret: OLD_SECRET,
      passport: passportOf((_key, done) => done(null, { call: calls.push('deserializeUser') })),
      ...options(() => authorizer.close()),
    });
    return authorizer;
  };
  const get = (_id, done) => done(null, { passport: { user: calls.push('get') } });
  const parserThat = (close) => () => (request, _response, next) => {
    close();
    next(void (request.signedCookies = { 'connect.sid': ID }));
  };
  for (const [at, options] of [
    ['look-up', (close) => ({ store: { get }, cookieParser: parserThat(close) })],
    ['look-up', (close) => ({ redis: shared.redis.url, cookieParser: parserThat(close) })],
    ['user', (close) => ({ store: { get: (_id, done) => done(null, sessionOf(), close()) } })],
  ]) {
    const explanation = checked(await closing(options).explain(requestWith()));
    assert.equal(explanation.code, 'CLOSED');
    assert.equal(stepOf(explanation, at).status, 'failed');
  }
  assert.deepEqual(calls, []);
});
