'use strict';

// backend.state and backend.lastError, and the diagnostics channel that tells each change of the state once, in order.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { subscribe, unsubscribe } = require('node:diagnostics_channel');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { freePort } = require('../scripts/support/redis-server');
const { CHANNEL, changesDuring, statesOf } = require('./support/backend-changes');
const { GONE } = require('./support/failover');
const { authorizerOf, prove } = require('./support/proof');
const { startCluster, until } = require('./support/redis-cluster');
const { startSentinel } = require('./support/redis-sentinel');
const { redisWithAnn } = require('./support/redis-store');
const { STORES } = require('./support/stores');
const { cookieOf, visit } = require('./support/visit');

const codeOf = async (authorizer, sid = 'ann') => (await visit(authorizer, cookieOf(sid))).error?.code;
const untilState = (authorizer, state) => until(() => authorizer.backend.state === state);

test('down at the start, then started, killed, and started again', async (t) => {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const changes = changesDuring(t, { kind: 'redis', address: `${url}/0` });
  // They share the connection, of which is told once.
  const [authorizer, other] = [authorizerOf(t, { redis: url }), authorizerOf(t, { redis: url })];
  const stateOf = ({ backend: { state, lastError } }) => [state, lastError];
  assert.deepEqual(stateOf(authorizer), ['idle', null]);

  assert.equal(await codeOf(authorizer), 'STORE_ERROR');
  await until(() => changes.length === 2);
  const [, { cause }] = changes;
  assert.match(cause, GONE);
  assert.deepEqual(changes, [
    { state: 'connecting', cause: null },
    { state: 'down', cause },
  ]);
  assert.deepEqual(stateOf(authorizer), ['down', cause]);
  assert.deepEqual(stateOf(other), ['idle', null], 'it has looked up nothing yet');
  assert.equal(await codeOf(other), 'STORE_ERROR');

  const { redis } = await redisWithAnn(t, { port });
  await untilState(authorizer, 'up');
  assert.equal(await codeOf(authorizer), undefined);
  assert.deepEqual(stateOf(authorizer), ['up', cause], 'the last error stays');

  await redis.stop();
  await untilState(authorizer, 'down');
  await redisWithAnn(t, { port });
  await untilState(other, 'up');
  await until(() => changes.at(-1).state === 'up' && changes.length > 3);
  assert.equal(changes[2].state, 'up');
  assert.equal(changes[2].cause, null);
  // A connection that has lasted for a second is made again before it counts as down.
  assert.match(statesOf(changes.slice(3)).join(), /^(connecting,)?down,up$/);
});

test('a connection that is killed is connecting, with the reason, and up again', async (t) => {
  const { redis, admin } = await redisWithAnn(t);
  const authorizer = authorizerOf(t, { redis: redis.url });
  const changes = changesDuring(t, { kind: 'redis', address: authorizer.backend.address });
  assert.equal(await codeOf(authorizer), undefined);
  await until(() => changes.length === 2);
  // Old enough that its end is taken for an accident.
  await sleep(1_100);
  await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
  await until(() => changes.length === 4);
  assert.deepEqual(changes.slice(2), [
    { state: 'connecting', cause: 'the server closed the connection' },
    { state: 'up', cause: null },
  ]);
  assert.equal(authorizer.backend.lastError, 'the server closed the connection');
});

test('a wrong password: down, in the words of Redis, without the password', async (t) => {
  const { redis, admin } = await redisWithAnn(t);
  await admin.configSet('requirepass', 'right');
  const authorizer = authorizerOf(t, { redis: redis.url.replace('//', '//:hunter2@') });
  const changes = changesDuring(t, { kind: 'redis', address: authorizer.backend.address });
  assert.equal(await codeOf(authorizer), 'STORE_ERROR');
  const { state, lastError } = authorizer.backend;
  assert.equal(state, 'down');
  assert.match(lastError, /^WRONGPASS /);
  assert.doesNotMatch(JSON.stringify([authorizer.backend, changes]), /hunter2/);
  await admin.configSet('requirepass', 'hunter2');
  await untilState(authorizer, 'up');
});

test('hung', async (t) => {
  const { redis } = await redisWithAnn(t);
  const authorizer = authorizerOf(t, { redis: redis.url });
  assert.equal(await codeOf(authorizer), undefined);
  redis.kill('SIGSTOP');
  const waiting = codeOf(authorizer);
  await untilState(authorizer, 'down');
  assert.match(authorizer.backend.lastError, /^no answer for \d+ ms|^connected, but no answer/);
  assert.equal(await waiting, 'STORE_ERROR');
  redis.kill('SIGCONT');
  await untilState(authorizer, 'up');
});

test('after close() it is down, and nothing is told', async (t) => {
  const { redis } = await redisWithAnn(t);
  const authorizer = authorizerOf(t, { redis: redis.url });
  const changes = changesDuring(t, { kind: 'redis', address: authorizer.backend.address });
  assert.equal(await codeOf(authorizer), undefined);
  await until(() => changes.length === 2);
  authorizer.close();
  const { state, lastError } = authorizer.backend;
  assert.deepEqual({ state, lastError }, { state: 'down', lastError: 'the authorizer was closed' });
  await sleep(50);
  assert.deepEqual(statesOf(changes), ['connecting', 'up']);
});

test('a cluster is down while one of its masters is, and the error names the node', async (t) => {
  const cluster = await startCluster({ masters: 3 });
  t.after(() => cluster.stop());
  await cluster.write(['ann']);
  const authorizer = authorizerOf(t, { redis: cluster.urls });
  const changes = changesDuring(t, { kind: 'redis', address: authorizer.backend.address });
  assert.equal(await codeOf(authorizer), undefined);
  await untilState(authorizer, 'up');
  const [lost] = cluster.nodes;
  lost.kill('SIGSTOP');
  await untilState(authorizer, 'down');
  assert.ok(
    authorizer.backend.lastError.startsWith(`127.0.0.1:${lost.port}: `),
    authorizer.backend.lastError,
  );
  await until(() => changes.at(-1).state === 'down');
  assert.ok(changes.at(-1).cause.startsWith(`127.0.0.1:${lost.port}: `));
  lost.kill('SIGCONT');
  await untilState(authorizer, 'up');
  await until(() => changes.at(-1).state === 'up');
  for (const [index, state] of statesOf(changes).entries()) assert.notEqual(state, changes[index - 1]?.state);
});

test('a cluster of which no node answers', async (t) => {
  const [one, other] = [await freePort(), await freePort()];
  const authorizer = authorizerOf(t, { redis: [one, other].map((port) => `redis://127.0.0.1:${port}`) });
  assert.equal(await codeOf(authorizer), 'STORE_ERROR');
  const { state, lastError } = authorizer.backend;
  assert.equal(state, 'down');
  assert.match(lastError, new RegExp(`:${one}: .*refused.*; .*:${other}: .*refused`, 'i'));
});

test('Sentinel: down until there is another master', async (t) => {
  const system = await startSentinel();
  t.after(() => system.stop());
  await system.write(['ann']);
  const { name, nodes, master, replica } = system;
  const authorizer = authorizerOf(t, { redis: { sentinel: { name, nodes } } });
  assert.equal(await codeOf(authorizer), undefined);
  assert.equal(authorizer.backend.state, 'up');
  await master.stop();
  await untilState(authorizer, 'down');
  assert.match(authorizer.backend.lastError, GONE);
  await system.untilMaster(replica);
  await untilState(authorizer, 'up');
});

test('a followed store: as whoever answers', async (t) => {
  const { redis } = await redisWithAnn(t);
  const { store, close } = await STORES['connect-redis 10, node-redis 6'](redis);
  t.after(close);
  const authorizer = authorizerOf(t, { store });
  assert.equal(authorizer.backend.state, 'idle');
  await visit(authorizer, cookieOf('ann'));
  assert.deepEqual([authorizer.backend.kind, authorizer.backend.state], ['store', 'up']);
  await prove(authorizer, 'ann', 'ann');
  assert.equal(authorizer.backend.state, 'up');
  await redis.stop();
  await untilState(authorizer, 'down');
});

test("the app's store: the state is that of its last answer", async (t) => {
  let answer;
  const store = { get: (sid, done) => answer(sid, done) };
  const authorizer = authorizerOf(t, { store, timeout: 50 });
  const changes = changesDuring(t, { kind: 'store', address: undefined });
  const { reason } = authorizer.backend;
  const show = () => authorizer.backend;
  assert.deepEqual(show(), { kind: 'store', reason, state: 'idle', lastError: null });

  answer = (sid, done) => done(new Error(`mongodb://app:hunter2@db/sessions has no ${sid}`));
  assert.equal(await codeOf(authorizer, 'secret-session'), 'STORE_ERROR');
  const lastError = 'mongodb://…@db/sessions has no secr…';
  assert.deepEqual(show(), { kind: 'store', reason, state: 'down', lastError });

  answer = (_sid, done) => done(null, undefined);
  for (let i = 0; i < 3; i++) assert.equal(await codeOf(authorizer), 'SESSION_NOT_FOUND');
  assert.deepEqual(show(), { kind: 'store', reason, state: 'up', lastError });

  answer = () => {};
  for (let i = 0; i < 3; i++) assert.equal(await codeOf(authorizer), 'STORE_TIMEOUT');
  assert.deepEqual(show(), { kind: 'store', reason, state: 'down', lastError: 'no answer within 50 ms' });

  assert.deepEqual(changes, [
    { state: 'down', cause: lastError },
    { state: 'up', cause: null },
    { state: 'down', cause: 'no answer within 50 ms' },
  ]);
  authorizer.close();
  assert.equal(authorizer.backend.state, 'down');
  assert.equal(changes.length, 3);
});

test('the change is told outside of the connection that brought it about', async (t) => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const listen = () => seen.push(storage.getStore());
  subscribe(CHANNEL, listen);
  t.after(() => unsubscribe(CHANNEL, listen));
  const { redis } = await redisWithAnn(t);
  const store = { get: (_sid, done) => done(null, undefined) };
  for (const options of [{ redis: redis.url }, { store }]) {
    await storage.run('a client', () => visit(authorizerOf(t, options), cookieOf('ann')));
  }
  await until(() => seen.length === 3);
  assert.deepEqual(seen, [undefined, undefined, undefined]);
});
