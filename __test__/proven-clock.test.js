'use strict';

// What happens so often in a second, by a clock of the test's own: audits, and confirmations.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const timers = require('node:timers');
const { setTimeout: sleep } = require('node:timers/promises');
const { startRedis } = require('../scripts/support/redis-server');
const { RedisBackend } = require('../lib/sessions/redis');
const { openControlled, proveQuietly, textOf } = require('./support/controlled');
const { authorizerOf, assertAdmitted, prove } = require('./support/proof');
const { openAdmin, write, redisWithAnn } = require('./support/redis-store');
const { sharedRedis } = require('./support/shared');
const { cookieOf, visit } = require('./support/visit');

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started), ['ann']);

/** Look-ups are native, and the clock stands still; `asked` has the session ids that the store was asked for since. */
async function proven(t) {
  const { store, client } = await openControlled(t, redis);
  const authorizer = authorizerOf(t, { store });
  await proveQuietly(authorizer, client, 'ann');
  let now = performance.now() + 10_000;
  t.mock.method(performance, 'now', () => now);
  const asked = [];
  client.intercept = (key, _command, send) => {
    asked.push(key);
    send();
  };
  return { authorizer, asked, later: (ms) => (now += ms) };
}

/** Resolves when this is so; counts, since the clock may stand still. */
async function until(isSo) {
  for (let tries = 0; !isSo(); tries++) {
    assert.ok(tries < 2000, `not so: ${isSo}`);
    await sleep(5);
  }
}

/** So many visits, one after the other. */
async function visits(authorizer, count, sid) {
  for (let i = 0; i < count; i++) await visit(authorizer, cookieOf(sid));
}

test('one audit a second', async (t) => {
  const { authorizer, asked, later } = await proven(t);
  for (let second = 1; second <= 3; second++) {
    await visits(authorizer, 20, 'ann');
    await until(() => asked.length >= second);
    await visits(authorizer, 20, 'ann');
    assert.equal(asked.length, second);
    // An audit that is due while the one before is under way falls out.
    await sleep(100);
    later(1000);
  }
});

test('twenty confirmations a second', async (t) => {
  const { authorizer, asked, later } = await proven(t);
  await visits(authorizer, 50, 'nobody');
  assert.equal(asked.length, 20);
  later(500);
  await visits(authorizer, 50, 'nobody');
  assert.equal(asked.length, 30);
  later(60_000);
  await visits(authorizer, 50, 'nobody');
  assert.equal(asked.length, 50);
});

test('a confirmation has no more time than its look-up', async (t) => {
  const { store, client } = await openControlled(t, redis);
  const authorizer = authorizerOf(t, { store, timeout: 300 });
  await prove(authorizer, 'ann', 'ann');
  client.intercept = () => {};
  const { setTimeout: original } = timers;
  const times = [];
  t.mock.method(timers, 'setTimeout', (action, ms, ...args) => {
    times.push(ms);
    return original(action, ms, ...args);
  });
  assert.equal((await visit(authorizer, cookieOf('nobody'))).error.code, 'SESSION_NOT_FOUND');
  assert.ok(times.some((ms) => ms > 0 && ms < 300));
  assert.ok(times.every((ms) => ms <= 300));
});

test('a look-up whose time is over when it goes to the store has a millisecond', async (t) => {
  const { store, client } = await openControlled(t, redis);
  const { client: later } = await openControlled(t, redis);
  later.intercept = () => {};
  const authorizer = authorizerOf(t, { store, timeout: 300 });
  await proveQuietly(authorizer, client, 'ann');
  let asked = false;
  client.intercept = () => (asked = true);
  const underWay = visit(authorizer, cookieOf('nobody'));
  await until(() => asked);
  store.client = later;
  const [{ error }] = await Promise.all([underWay, visit(authorizer, cookieOf('ann'))]);
  // What is left by then depends on the machine; it is whole, and never less than one.
  assert.match(error.cause.message, /^no answer within [1-9]\d* ms$/);
});

test('a client that was led to another address is followed there', async (t) => {
  const first = await startRedis();
  const firstAdmin = await openAdmin(first);
  await write(firstAdmin, ['ann']);
  firstAdmin.destroy();
  const { store, client } = await openControlled(t, first);
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, 'ann', 'ann');
  client.options.port = redis.port;
  await first.stop();
  await until(() => client.status === 'ready' && client.stream.remotePort === redis.port);
  await prove(authorizer, 'ann', 'ann');
  assert.match(authorizer.backend.address, new RegExp(`:${redis.port}/`));
});

test('a confirmation that ends late, of what was read before, takes nothing back', async (t) => {
  const { store, client } = await openControlled(t, redis);
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, 'ann', 'ann');
  let held;
  client.intercept = (_key, command) => (held = command);
  const late = assertAdmitted(authorizer, 'late', 'late');
  await until(() => held);
  store.client = (await openControlled(t, redis)).client;
  await prove(authorizer, 'ann', 'ann');
  held.resolve(textOf('late'));
  await late;
  assert.equal(authorizer.backend.kind, 'redis');
});

test('a verdict that comes late, of what was read before, does not count', async (t) => {
  const { redis: own, admin: ownAdmin } = await redisWithAnn(t);
  await admin.set('sess:ann', textOf('the later ann'));
  t.after(() => write(admin, ['ann']));
  const { store } = await openControlled(t, own);
  const { client: later } = await openControlled(t, redis);
  // As if the addon were slow to end what is under way.
  const close = t.mock.method(RedisBackend.prototype, 'close', () => {});
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, 'ann', 'ann');
  // Shorter than what a connection of the addon takes for hung.
  await ownAdmin.sendCommand(['CLIENT', 'PAUSE', '700', 'ALL']);
  const underWay = visit(authorizer, cookieOf('ann'));
  store.client = later;
  await prove(authorizer, 'ann', 'the later ann');
  const { data } = await underWay;
  assert.equal(data.user.id, 'the later ann');
  await assertAdmitted(authorizer, 'ann', 'the later ann');
  close.mock.restore();
});
