'use strict';

// The look-up that is made both ways: what it proves, what it contradicts, and when nothing is learnt from it.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { test } = require('node:test');
const { startRedis } = require('../scripts/support/redis-server');
const { openControlled, proveQuietly, textOf } = require('./support/controlled');
const { authorizerOf, assertAdmitted, prove, untilStore, warningsDuring } = require('./support/proof');
const { until } = require('./support/redis-cluster');
const { openAdmin } = require('./support/redis-store');
const { sharedRedis } = require('./support/shared');
const { cookieOf, visit } = require('./support/visit');

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started), ['ann']);

/** Answers the GETs of a client in this order; further ones go to Redis. An answer may do something first. */
function answering(client, ...answers) {
  client.intercept = async (_key, command, send) => {
    const answer = answers.shift();
    if (answer === undefined) send();
    else command.resolve(typeof answer === 'function' ? await answer() : answer);
  };
  return answers;
}

/** Look-ups are native for `ann`. */
async function proven(t, opened) {
  const authorizer = authorizerOf(t, { store: opened.store });
  await proveQuietly(authorizer, opened.client, 'ann');
  return authorizer;
}

test('a session that changes between the two reads is no contradiction', async (t) => {
  const warnings = warningsDuring(t);
  const opened = await openControlled(t, redis);
  const authorizer = await proven(t, opened);
  // Not known to the addon yet, so that it is proven anew; then read by the store, and changed before the addon reads.
  const left = answering(opened.client, textOf('early'), async () => {
    await admin.set('sess:changing', textOf('late'));
    return textOf('early');
  });
  await assertAdmitted(authorizer, 'changing', 'early');
  await until(async () => left.length === 0 && (await admin.exists('sess:changing')));
  await prove(authorizer, 'changing', 'late');
  assert.deepEqual(warnings, []);
});

test('what is different a second time too is a contradiction', async (t) => {
  const warnings = warningsDuring(t);
  const opened = await openControlled(t, redis);
  const authorizer = await proven(t, opened);
  opened.client.intercept = (key, command, send) =>
    key === 'hidden' ? command.resolve(textOf('hidden')) : send();
  await untilStore(authorizer, 'hidden', 'hidden', /saw different sessions: give the option redis/);
  await until(() => warnings.length > 0);
  assert.deepEqual(warnings, ['NATIVE_LOOKUP_OFF']);
});

test('nothing is learnt where neither finds anybody', async (t) => {
  const opened = await openControlled(t, redis);
  const authorizer = authorizerOf(t, { store: opened.store });
  for (let i = 0; i < 20; i++)
    assert.equal((await visit(authorizer, cookieOf('nobody'))).error.code, 'SESSION_NOT_FOUND');
  assert.equal(authorizer.backend.kind, 'store');
  // The store finds a session that is gone when the addon reads: both say so the second time.
  const left = answering(opened.client, textOf('gone'), null);
  await assertAdmitted(authorizer, 'gone', 'gone');
  await until(() => left.length === 0);
  assert.equal((await visit(authorizer, cookieOf('nobody'))).error.code, 'SESSION_NOT_FOUND');
  assert.equal(authorizer.backend.kind, 'store');
});

test('both refuse for the same reason, in words of their own', async (t) => {
  const warnings = warningsDuring(t);
  await admin.set('sess:broken', 'no JSON');
  const opened = await openControlled(t, redis);
  const authorizer = await proven(t, opened);
  // The store finds a session that cannot be read any more when both are asked again.
  const left = answering(opened.client, textOf('broken'), textOf('broken'));
  await assertAdmitted(authorizer, 'broken', 'broken');
  await until(() => left.length === 0);
  await prove(authorizer, 'ann', 'ann');
  assert.deepEqual(warnings, []);
});

test('a store that fails in an audit is no contradiction', async (t) => {
  const warnings = warningsDuring(t);
  const opened = await openControlled(t, redis);
  const authorizer = await proven(t, opened);
  let failed = 0;
  opened.client.intercept = (_key, command) => {
    failed += 1;
    command.reject(new Error('no'));
  };
  await until(async () => {
    await assertAdmitted(authorizer, 'ann', 'ann');
    return failed > 1;
  });
  assert.equal(authorizer.backend.kind, 'redis');
  assert.deepEqual(warnings, []);
});

const CHANGES = {
  'a client': async (t, { store }) => {
    store.client = (await openControlled(t, redis)).client;
  },
  'a prefix': async (_t, { store }) => {
    await admin.set('later:ann', textOf('ann'));
    store.prefix = 'later:';
  },
  'a serializer that comes and goes': async (_t, { store }) => {
    store.serializer = { ...JSON };
    setImmediate(() => setTimeout(() => (store.serializer = JSON), 20));
  },
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`${what}, exchanged while both are asked, is no contradiction`, async (t) => {
    const warnings = warningsDuring(t);
    const opened = await openControlled(t, redis);
    const authorizer = await proven(t, opened);
    const hidden = textOf('hidden');
    const left = answering(opened.client, hidden, hidden, async () => {
      await change(t, opened);
      return hidden;
    });
    await assertAdmitted(authorizer, 'hidden', 'hidden');
    await until(() => left.length === 0);
    await until(() => authorizer.backend.kind === 'store');
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    assert.doesNotMatch(authorizer.backend.reason, /different/);
    if (what !== 'a serializer that comes and goes') await prove(authorizer, 'ann', 'ann');
    assert.deepEqual(warnings, []);
  });
}

test('what was compared with a connection that is gone proves nothing of the next', async (t) => {
  const opened = await openControlled(t, redis);
  const authorizer = await proven(t, opened);
  const { client: later } = await openControlled(t, redis);
  later.intercept = (_key, command) => command.resolve(null);
  let held;
  // Found by the store alone, so that both are asked, and the store's answer is held.
  opened.client.intercept = (_key, command, send) => {
    if (held === undefined) {
      command.resolve(textOf('hidden'));
      held = null;
    } else held = send;
  };
  await admin.del('sess:early');
  await assertAdmitted(authorizer, 'early', 'hidden');
  await until(() => held);
  await admin.set('sess:early', textOf('early'));
  opened.store.client = later;
  for (let i = 0; i < 5; i++) await visit(authorizer, cookieOf('ann'));
  held();
  for (let i = 0; i < 10; i++) {
    await admin.get('sess:ann');
    assert.equal(authorizer.backend.kind, 'store');
  }
  await admin.del('sess:early');
});

test('a user that a former client has found proves nothing about the next one', async (t) => {
  const other = await startRedis();
  t.after(() => other.stop());
  const otherAdmin = await openAdmin(other);
  t.after(() => otherAdmin.destroy());
  await otherAdmin.set('sess:ann', textOf('another ann'));
  const opened = await openControlled(t, redis);
  // It reads the other Redis, and shows the address of the first one.
  const { client: later } = await openControlled(t, other);
  later.options.port = redis.port;
  const authorizer = authorizerOf(t, { store: opened.store });
  // The client is followed, and nothing is proven.
  for (let i = 0; i < 20; i++) await visit(authorizer, cookieOf('nobody'));
  let held;
  opened.client.intercept = (_key, _command, send) => (held = send);
  const underWay = assertAdmitted(authorizer, 'ann', 'ann');
  await until(() => held);
  opened.store.client = later;
  for (let i = 0; i < 20; i++) await visit(authorizer, cookieOf('nobody'));
  held();
  await underWay;
  for (let i = 0; i < 20; i++) {
    await admin.get('sess:ann');
    assert.equal(authorizer.backend.kind, 'store');
  }
  await untilStore(authorizer, 'ann', 'another ann', /saw different sessions/);
});

test('a prefix that is exchanged after the connection came in, before both are asked', async (t) => {
  const warnings = warningsDuring(t);
  const opened = await openControlled(t, redis);
  const authorizer = await proven(t, opened);
  await admin.set('later:ann', textOf('the later ann'));
  const left = answering(opened.client, async () => {
    opened.store.prefix = 'later:';
    return textOf('hidden');
  });
  await assertAdmitted(authorizer, 'hidden', 'hidden');
  await until(() => left.length === 0);
  await prove(authorizer, 'ann', 'the later ann');
  assert.deepEqual(warnings, []);
});

test('a user key that cannot be compared is no contradiction', async (t) => {
  const warnings = warningsDuring(t);
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  await admin.set('sess:deep', `{"passport":{"user":${deep}}}`);
  const opened = await openControlled(t, redis);
  const authorizer = await proven(t, opened);
  opened.client.intercept = (key, command, send) =>
    key === 'late' ? command.resolve(textOf('late')) : send();
  await assertAdmitted(authorizer, 'late', 'late');
  opened.client.intercept = undefined;
  for (let i = 0; i < 20; i++) {
    assert.equal((await visit(authorizer, cookieOf('deep'))).error, undefined);
    await admin.get('sess:ann');
    // Nor is it a proof.
    assert.equal(authorizer.backend.kind, 'store');
  }
  await prove(authorizer, 'ann', 'ann');
  assert.deepEqual(warnings, []);
});

test('one comparison at a time', async (t) => {
  const opened = await openControlled(t, redis);
  const authorizer = authorizerOf(t, { store: opened.store });
  // The client is followed, and nothing is proven.
  for (let i = 0; i < 20; i++) await visit(authorizer, cookieOf('nobody'));
  let asked = 0;
  opened.client.intercept = (_key, command, send) => {
    asked += 1;
    if (asked <= 50) command.resolve(textOf('old ann'));
    else send();
  };
  await Promise.all(Array.from({ length: 50 }, () => assertAdmitted(authorizer, 'ann', 'old ann')));
  await until(() => authorizer.backend.kind === 'redis');
  assert.equal(asked, 51);
});

test('an audit that began before the store knew better does not prove again', async (t) => {
  const opened = await openControlled(t, redis);
  const authorizer = await proven(t, opened);
  let release;
  opened.client.intercept = (key, command, send) => {
    if (key === 'ann') release ??= send;
    else command.resolve(textOf(key));
  };
  await until(async () => {
    await assertAdmitted(authorizer, 'ann', 'ann');
    return release;
  });
  await assertAdmitted(authorizer, 'hidden', 'hidden');
  assert.equal(authorizer.backend.kind, 'store');
  release();
  for (let i = 0; i < 20; i++) {
    await admin.get('sess:ann');
    assert.equal(authorizer.backend.kind, 'store');
  }
});

test('the store is asked in the context of the connection, also for comparisons and confirmations', async (t) => {
  const opened = await openControlled(t, redis);
  const authorizer = await proven(t, opened);
  const contexts = new AsyncLocalStorage();
  const seen = [];
  opened.client.intercept = (key, command, send) => {
    seen.push([key, contexts.getStore()]);
    if (key.startsWith('late')) command.resolve(textOf(key));
    else send();
  };
  const names = ['late-1', 'nobody', 'late-2', 'ann'];
  await until(async () => {
    await Promise.all(names.map((name) => contexts.run(name, () => visit(authorizer, cookieOf(name)))));
    return seen.length >= 20;
  });
  for (const [key, context] of seen) assert.equal(context, key);
});
