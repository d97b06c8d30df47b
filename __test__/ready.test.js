'use strict';

// authorizer.ready(): resolves when look-ups can be answered, rejects with what keeps them.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { MemoryStore } = require('express-session');
const { AuthorizationError } = require('..');
const { freePort } = require('../scripts/support/redis-server');
const { assertPrints } = require('./support/child');
const { GONE } = require('./support/failover');
const { authorizerOf } = require('./support/proof');
const { startCluster, until } = require('./support/redis-cluster');
const { startSentinel } = require('./support/redis-sentinel');
const { commandCounts, redisWithAnn } = require('./support/redis-store');
const { openStore } = require('./support/stores');

/** So long that a test fails for its own limit before. */
const NEVER = 60_000;

/** What keeps look-ups from being answered. */
async function failureOf(ready) {
  const error = await ready.then(
    () => assert.fail('it is ready'),
    (reason) => reason,
  );
  assert.ok(error instanceof AuthorizationError, error.stack);
  assert.ok(error.hint);
  return error;
}

/** It counts in no statistic, and calls no callback. */
function assertUncounted(authorizer) {
  const { authorized, refused, pending, latency } = authorizer.stats();
  assert.deepEqual(
    { authorized, refused, pending, count: latency.count },
    { authorized: 0, refused: 0, pending: 0, count: 0 },
  );
}

const CALLED = Object.fromEntries(
  ['success', 'fail'].map((name) => [name, () => assert.fail(`${name} was called`)]),
);

test('option redis: it connects, and asks for a session that nobody has', async (t) => {
  const { redis, admin } = await redisWithAnn(t);
  const authorizer = authorizerOf(t, { redis: redis.url, ...CALLED });
  await admin.sendCommand(['CONFIG', 'RESETSTAT']);
  assert.equal(await authorizer.ready(), undefined);
  assert.equal(authorizer.backend.state, 'up');
  // One look-up, and the probe of the one connection that both have.
  assert.equal((await commandCounts(admin)).get, 2);
  await authorizer.ready();
  assert.equal((await commandCounts(admin)).get, 3);
  assert.equal(authorizer.stats().reconnects, 0);
  assertUncounted(authorizer);
});

test('Redis is down: rejected at the first failure, with the cause; retryFor waits until it is there', async (t) => {
  const port = await freePort();
  const redis = `redis://user:hunter2@127.0.0.1:${port}`;
  const authorizer = authorizerOf(t, { redis, ...CALLED });
  const error = await failureOf(authorizer.ready());
  assert.equal(error.code, 'STORE_ERROR');
  assert.match(error.cause.message, GONE);
  assert.equal(
    error.message,
    `Sessions cannot be looked up in redis://127.0.0.1:${port}/0: ${error.cause.message}`,
  );
  assert.equal((await failureOf(authorizer.ready({ retryFor: 200 }))).code, 'STORE_ERROR');
  const waiting = authorizer.ready({ retryFor: NEVER });
  const { admin } = await redisWithAnn(t, { port });
  await admin.sendCommand(['ACL', 'SETUSER', 'user', 'on', '>hunter2', '~*', '+@all']);
  await waiting;
  assertUncounted(authorizer);
});

test('a wrong password', async (t) => {
  const { redis, admin } = await redisWithAnn(t);
  await admin.configSet('requirepass', 'right');
  const authorizer = authorizerOf(t, { redis: redis.url.replace('//', '//:hunter2@') });
  const { code, message } = await failureOf(authorizer.ready());
  assert.equal(code, 'STORE_ERROR');
  assert.match(message, /: WRONGPASS (?!.*hunter2)/);
});

test('a Redis that hangs', async (t) => {
  const { redis } = await redisWithAnn(t);
  redis.kill('SIGSTOP');
  const authorizer = authorizerOf(t, { redis: redis.url });
  assert.match((await failureOf(authorizer.ready())).message, /no answer/);
  redis.kill('SIGCONT');
  await authorizer.ready({ retryFor: NEVER });
  redis.kill('SIGSTOP');
  assert.match((await failureOf(authorizer.ready())).message, /no answer/);
});

test('a cluster: all of its masters have to answer', async (t) => {
  const cluster = await startCluster({ masters: 3 });
  t.after(() => cluster.stop());
  const authorizer = authorizerOf(t, { redis: cluster.urls });
  for (let i = 0; i < 20; i++) await authorizer.ready();
  const [lost] = cluster.nodes;
  lost.kill('SIGSTOP');
  await until(() => authorizer.backend.state === 'down');
  // Whichever slot the id that is asked for is in.
  for (let i = 0; i < 20; i++) {
    const { message } = await failureOf(authorizer.ready());
    assert.ok(message.includes(`: 127.0.0.1:${lost.port}: `), message);
  }
  lost.kill('SIGCONT');
  await authorizer.ready({ retryFor: NEVER });
});

test('Sentinel: ready again when there is another master', async (t) => {
  const system = await startSentinel();
  t.after(() => system.stop());
  const { name, nodes, master, replica } = system;
  const authorizer = authorizerOf(t, { redis: { sentinel: { name, nodes } } });
  await authorizer.ready();
  await master.stop();
  await until(() => authorizer.backend.state === 'down');
  assert.match((await failureOf(authorizer.ready())).message, GONE);
  const waiting = authorizer.ready({ retryFor: NEVER });
  await system.untilMaster(replica);
  await waiting;
});

test("the app's store: once it has answered for an id that nobody has", async (t) => {
  const asked = new Set();
  let answer = (_sid, done) => done(null, null);
  const store = {
    get(sid, done) {
      asked.add(sid);
      return answer(sid, done);
    },
  };
  const authorizer = authorizerOf(t, { store, timeout: 50, ...CALLED });
  await authorizer.ready();
  await authorizer.ready();
  assert.equal(asked.size, 2, 'another id each time');
  for (const sid of asked) assert.match(sid, /^[\w-]{32}$/);
  await authorizerOf(t, { store: new MemoryStore() }).ready();

  answer = () => {};
  const late = await failureOf(authorizer.ready());
  assert.equal(late.code, 'STORE_TIMEOUT');
  assert.equal(late.message, 'Sessions cannot be looked up in the store: no answer within 50 ms');

  const cause = new Error('no database');
  for (const fails of [
    (_sid, done) => done(cause),
    async () => {
      throw cause;
    },
    () => {
      throw cause;
    },
  ]) {
    answer = fails;
    const error = await failureOf(authorizer.ready());
    assert.deepEqual([error.code, error.cause], ['STORE_ERROR', cause]);
  }
  const waiting = authorizer.ready({ retryFor: NEVER });
  answer = (_sid, done) => done(Object.assign(new Error('no file'), { code: 'ENOENT' }));
  await waiting;
  assertUncounted(authorizer);
});

test('a prefix that cannot be read', async (t) => {
  let isThere = true;
  const store = {
    get prefix() {
      if (isThere) return 'sess:';
      throw new Error('no prefix');
    },
    get: (_sid, done) => done(null, null),
  };
  const authorizer = authorizerOf(t, { store });
  isThere = false;
  assert.match((await failureOf(authorizer.ready())).message, /no prefix/);
});

test('a followed store: once the store has answered, without a proof; following has begun', async (t) => {
  const { redis } = await redisWithAnn(t);
  const { store, close } = await openStore(10, 'node-redis 6', redis);
  t.after(close);
  const authorizer = authorizerOf(t, { store, ...CALLED });
  await authorizer.ready();
  await until(() => /the proof .* is under way/.test(authorizer.backend.reason));
  assertUncounted(authorizer);
  const waiting = authorizer.ready();
  authorizer.close();
  assert.equal((await failureOf(waiting)).code, 'CLOSED');
});

test('after close(), and while it waits', async (t) => {
  const store = { get() {} };
  for (const options of [{ store }, { redis: `redis://127.0.0.1:${await freePort()}` }]) {
    const authorizer = authorizerOf(t, options);
    const waiting = failureOf(authorizer.ready({ retryFor: NEVER }));
    authorizer.close();
    const later = [undefined, { retryFor: NEVER }].map((given) => failureOf(authorizer.ready(given)));
    for (const { code } of await Promise.all([waiting, ...later])) assert.equal(code, 'CLOSED');
  }
});

test('wrong arguments are rejected with a TypeError', async (t) => {
  const authorizer = authorizerOf(t, { store: new MemoryStore() });
  for (const wrong of [
    null,
    5000,
    'soon',
    () => {},
    { retryfor: 1 },
    { retryFor: '1' },
    { retryFor: -1 },
    { retryFor: NaN },
    { retryFor: Infinity },
  ]) {
    await assert.rejects(authorizer.ready(wrong), {
      name: 'TypeError',
      message: /^authorizer\.ready\(\): .*retryFor/,
    });
  }
  await authorizer.ready({});
  await authorizer.ready({ retryFor: undefined });
});

test('it keeps no process alive once it has settled', async (t) => {
  const { redis } = await redisWithAnn(t);
  for (const url of [redis.url, `redis://127.0.0.1:${await freePort()}`]) {
    const expected = url === redis.url ? 'ready' : 'STORE_ERROR';
    const script = `
      const authorizer = authorize({ secret: SECRET, redis: '${url}', passport: passportOf() });
      authorizer.ready().then(() => console.log('ready'), (error) => console.log(error.code));`;
    await assertPrints(script, expected);
  }
});
