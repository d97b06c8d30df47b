'use strict';

// A followed store whose Redis is down: the app's client queues, and nobody waits for that once the addon knows. But where the
// client works, and only the addon is kept out, the store decides as ever.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { freePort } = require('../scripts/support/redis-server');
const { openControlled, proveQuietly, textOf } = require('./support/controlled');
const { GONE } = require('./support/failover');
const { openGate } = require('./support/gate');
const { assertAdmitted, authorizerOf } = require('./support/proof');
const { until } = require('./support/redis-cluster');
const { redisWithAnn } = require('./support/redis-store');
const { storeOf } = require('./support/stores');
const { cookieOf, visit } = require('./support/visit');

/** So long that a test that waits for it fails. */
const NEVER = 60_000;
const LIMIT = { timeout: 30_000 };

async function assertRefused(authorizer, cause = GONE) {
  const { error } = await visit(authorizer, cookieOf('ann'));
  assert.equal(error?.code, 'STORE_ERROR');
  assert.match(error.cause.message, cause);
}

/** Clients whose Redis is not there yet; they wait for it for ever. */
const QUEUEING = {
  redis: (port) => {
    const client = require('redis').createClient({ socket: { port, reconnectStrategy: 50 } });
    client.connect().catch(() => {});
    return { client, version: 10, end: () => client.destroy() };
  },
  ioredis: (port) => {
    const Redis = require('ioredis');
    const client = new Redis({ port, maxRetriesPerRequest: null, retryStrategy: () => 50 });
    return { client, version: 6, end: () => client.disconnect() };
  },
  'redis-3': (port) => {
    const client = require('redis-3').createClient({ port, retry_strategy: () => 50 });
    return { client, version: 6, end: () => client.end(false) };
  },
};

for (const [name, open] of Object.entries(QUEUEING)) {
  test(`${name}: down at the start, refused with the cause; let in when it is there`, LIMIT, async (t) => {
    const port = await freePort();
    const { client, version, end } = open(port);
    client.on('error', () => {});
    t.after(end);
    const authorizer = authorizerOf(t, { store: storeOf(version, { client }), timeout: NEVER });
    await Promise.all([assertRefused(authorizer), assertRefused(authorizer)]);
    const { state, lastError } = authorizer.backend;
    assert.equal(state, 'down');
    assert.match(lastError, GONE);
    // The client does not say where nobody answers.
    assert.ok(lastError.endsWith(`:${port}/0)`), lastError);
    await assert.rejects(authorizer.ready(), { code: 'STORE_ERROR', message: GONE });
    await redisWithAnn(t, { port });
    await authorizer.ready({ retryFor: NEVER });
    await assertAdmitted(authorizer, 'ann', 'ann');
  });
}

test('native, and Redis is killed: a client that is not connected is not asked', LIMIT, async (t) => {
  const { redis } = await redisWithAnn(t);
  const { store, client } = await openControlled(t, redis);
  const authorizer = authorizerOf(t, { store });
  await proveQuietly(authorizer, client, 'ann');
  await redis.stop();
  await until(() => authorizer.backend.state === 'down' && client.status !== 'ready');
  let asked = 0;
  client.intercept = () => (asked += 1);
  for (let i = 0; i < 20; i++) await assertRefused(authorizer);
  assert.equal(asked, 0);
  client.intercept = undefined;
  await redisWithAnn(t, { port: redis.port });
  await until(async () => !(await visit(authorizer, cookieOf('ann'))).error);
});

/** Look-ups are native; then only the client still reaches Redis. `held` has its questions. */
async function keptOut(t) {
  const { redis } = await redisWithAnn(t);
  const gate = await openGate(t, redis);
  const { store, client } = await openControlled(t, gate);
  const authorizer = authorizerOf(t, { store });
  await proveQuietly(authorizer, client, 'ann');
  gate.shut();
  await until(() => authorizer.backend.state === 'down');
  const held = [];
  client.intercept = (_key, command, send) => held.push({ command, send });
  return { authorizer, client, gate, held };
}

test(
  'native, and only the addon is kept out: the store lets in, and answers from then on',
  LIMIT,
  async (t) => {
    const { authorizer, client } = await keptOut(t);
    client.intercept = undefined;
    await assertAdmitted(authorizer, 'ann', 'ann');
    assert.equal(authorizer.backend.kind, 'store');
    for (let i = 0; i < 20; i++) await assertAdmitted(authorizer, 'ann', 'ann');
  },
);

test(
  'a client that says it is connected is asked, but not waited for long; its late answer counts',
  LIMIT,
  async (t) => {
    const { authorizer, held } = await keptOut(t);
    await assertRefused(authorizer);
    assert.equal(held.length, 1);
    // Whoever comes while that question is open is not kept waiting for another one.
    for (let i = 0; i < 20; i++) await assertRefused(authorizer);
    assert.equal(held.length, 1);
    assert.equal(authorizer.backend.kind, 'redis');
    held[0].command.resolve(textOf('ann'));
    await until(() => authorizer.backend.kind === 'store');
  },
);

test('the server hangs: the store is not waited for, and lets in again later', LIMIT, async (t) => {
  const { redis } = await redisWithAnn(t);
  const { store, client } = await openControlled(t, redis);
  const authorizer = authorizerOf(t, { store });
  await proveQuietly(authorizer, client, 'ann');
  redis.kill('SIGSTOP');
  // The look-up that finds out waits in vain; the addon says so after a second.
  await Promise.all([visit(authorizer, cookieOf('ann')), until(() => authorizer.backend.state === 'down')]);
  assert.equal(client.status, 'ready');
  await assertRefused(authorizer, /no answer/);
  redis.kill('SIGCONT');
  await until(async () => !(await visit(authorizer, cookieOf('ann'))).error);
});

test('a server that refuses the addon alone: the store is waited for as ever', LIMIT, async (t) => {
  const { redis, admin } = await redisWithAnn(t);
  const { store, client } = await openControlled(t, redis);
  const authorizer = authorizerOf(t, { store });
  await proveQuietly(authorizer, client, 'ann');
  await admin.configSet('requirepass', 'since then');
  const own = String(await client.client('ID'));
  const list = String(await client.client('LIST'));
  const others = [...list.matchAll(/^id=(\d+) addr=(?!.*\.sock).*$/gm)].map(([, id]) => id);
  for (const id of others.filter((each) => each !== own)) await client.client('KILL', 'ID', id);
  await until(() => /^NOAUTH/.test(authorizer.backend.lastError) && authorizer.backend.state === 'down');
  client.intercept = (key, command) => sleep(600).then(() => command.resolve(textOf(key)));
  await assertAdmitted(authorizer, 'ann', 'ann');
});

test(
  'not proven yet, and only the addon is kept out: a store that has answered is waited for',
  LIMIT,
  async (t) => {
    const { redis } = await redisWithAnn(t);
    const gate = await openGate(t, redis);
    const { store, client } = await openControlled(t, gate);
    gate.shut();
    const authorizer = authorizerOf(t, { store, timeout: NEVER });
    const held = [];
    client.intercept = (key, command) => held.push(() => command.resolve(textOf(key)));
    await assertRefused(authorizer);
    for (const answer of held.splice(0)) answer();

    const visiting = visit(authorizer, cookieOf('ann'));
    await until(() => held.length === 1);
    // Longer than a store is waited for that has not answered since.
    assert.equal(await Promise.race([visiting, sleep(2_000)]), undefined);
    held[0]();
    assert.equal((await visiting).data.user.id, 'ann');
  },
);

test('a store that cannot be followed has its whole time', LIMIT, async (t) => {
  const port = await freePort();
  const { client, end } = QUEUEING.redis(port);
  client.on('error', () => {});
  t.after(end);
  const store = storeOf(10, { client });
  store.get = (_sid, done) => setTimeout(done, 1_500, null, { passport: { user: 'ann' } });
  await assertAdmitted(authorizerOf(t, { store }), 'ann', 'ann');
});
