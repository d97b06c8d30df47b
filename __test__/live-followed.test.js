'use strict';

// The option onSessionEnd with a store that the addon follows to its Redis: the watched sessions move with the look-ups, and
// the store confirms each end.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { patchGet } = require('./support/derived');
const { adminOf, redisFor } = require('./support/redis-store');
const { NativeWatch } = require('../lib/sessions/watch/native');
const { SOON, until } = require('./support/live/app');
const { prove, startOver } = require('./support/live/redis-app');

const KEYS = 'sess:*';

test('a socket that came while the store answered is watched natively when look-ups are', async (t) => {
  const redis = await redisFor(t);
  const app = await startOver(t, redis, { isProven: false });
  const cookie = await app.logIn({ id: 1, name: 'ann' });
  await app.visit(cookie);
  assert.equal(app.authorizer.stats().watch.tier, 'poll');
  await prove(app);
  await until(() => app.authorizer.stats().watch.tier === 'tracking');
  await until(() => app.authorizer.stats().watch.sessions === 1);
  await app.post('/destroy', cookie);
  await until(() => app.ends.length > 0);
  assert.deepEqual(app.ends, [['ann', 'destroyed']]);
});

test('when look-ups fall back to the store, watching moves along, and nobody is forgotten', async (t) => {
  const redis = await redisFor(t);
  const app = await startOver(t, redis, { options: { recheckEvery: SOON } });
  const cookies = [];
  for (let i = 0; i < 5; i++) {
    cookies.push(await app.logIn({ id: i, name: `user ${i}` }));
    await app.visit(cookies[i]);
  }
  await until(() => app.authorizer.stats().watch.tier === 'tracking');
  patchGet(app.client);
  // Another look-up finds that out.
  await app.visit(cookies[0]);
  assert.equal(app.authorizer.backend.kind, 'store');
  assert.equal(app.authorizer.stats().watch.tier, 'poll');
  await until(() => app.authorizer.stats().watch.sessions === 5);
  for (const cookie of cookies) await app.post('/destroy', cookie);
  await until(() => app.ends.length === 6);
  const names = app.ends.map(([name, reason]) => `${name} ${reason}`).sort();
  assert.deepEqual(
    names,
    [0, 0, 1, 2, 3, 4].map((i) => `user ${i} destroyed`),
  );
  assert.deepEqual([app.authorizer.stats().watch.sockets, app.authorizer.stats().watch.sessions], [0, 0]);
});

/** What the addon sees at its place, while the store has the sessions at another one. */
const VANISHINGS = {
  'every session is gone': (admin) => admin.flushDb(),
  'every session is logged out': async (admin) => {
    for (const key of await admin.keys(KEYS))
      await admin.set(key, JSON.stringify({ cookie: {}, passport: {} }));
  },
  'every session has another user': async (admin) => {
    for (const key of await admin.keys(KEYS)) {
      await admin.set(key, JSON.stringify({ cookie: {}, passport: { user: { id: 'x' } } }));
    }
  },
};
for (const [name, vanish] of Object.entries(VANISHINGS)) {
  test(`${name} where the addon reads, but not for the store: nobody is ended`, async (t) => {
    const redis = await redisFor(t);
    const admin = await adminOf(t, redis);
    const app = await startOver(t, redis, { options: { recheckEvery: SOON } });
    const cookies = [];
    for (let i = 0; i < 20; i++) {
      cookies.push(await app.logIn({ id: i, name: `user ${i}` }));
      await app.visit(cookies[i]);
    }
    await until(() => app.authorizer.stats().watch.tier === 'tracking');
    // node-redis does not show this to the addon.
    for (const key of await admin.keys(KEYS)) await admin.copy(key, key, { DB: 1 });
    await app.select(1);
    await vanish(admin);
    await until(() => app.authorizer.backend.kind === 'store');
    assert.equal(app.authorizer.stats().watch.tier, 'poll');
    await app.post('/destroy', cookies[0]);
    await until(() => app.ends.length > 0);
    await app.post('/destroy', cookies[1]);
    await until(() => app.ends.length > 1);
    assert.deepEqual(app.ends, [
      ['user 0', 'destroyed'],
      ['user 1', 'destroyed'],
    ]);
    assert.equal(app.authorizer.stats().watch.sockets, 18);
  });
}

test('a store that cannot be asked about an end is asked again; until then nobody is ended', async (t) => {
  const redis = await redisFor(t);
  const admin = await adminOf(t, redis);
  const app = await startOver(t, redis);
  const cookie = await app.logIn({ id: 1, name: 'ann' });
  await app.visit(cookie);
  await until(() => app.authorizer.stats().watch.tier === 'tracking');
  const { get } = app.store;
  let asked = 0;
  app.store.get = (sid, done) => {
    asked += 1;
    done(new Error('the store is down'));
  };
  for (const key of await admin.keys(KEYS)) await admin.del(key);
  await until(() => asked > 1);
  assert.deepEqual(app.ends, []);
  app.store.get = get;
  await until(() => app.ends.length > 0);
  assert.deepEqual(app.ends, [['ann', 'destroyed']]);
});

test('a store that can never be asked keeps nobody who has logged out', async (t) => {
  const redis = await redisFor(t);
  const admin = await adminOf(t, redis);
  const app = await startOver(t, redis);
  await app.visit(await app.logIn({ id: 1, name: 'ann' }));
  await until(() => app.authorizer.stats().watch.tier === 'tracking');
  app.store.get = (sid, done) => done(new Error('the store is down'));
  for (const key of await admin.keys(KEYS)) await admin.del(key);
  await until(() => app.ends.length > 0);
  assert.deepEqual(app.ends, [['ann', 'destroyed']]);
});

test('a session that is made again between two reads ends nobody, and look-ups stay native', async (t) => {
  const redis = await redisFor(t);
  const admin = await adminOf(t, redis);
  const app = await startOver(t, redis);
  const cookie = await app.logIn({ id: 1, name: 'ann' });
  await app.visit(cookie);
  await until(() => app.authorizer.stats().watch.tier === 'tracking');
  const texts = new Map();
  for (const key of await admin.keys(KEYS)) texts.set(key, await admin.get(key));
  const { get } = app.store;
  let asked = 0;
  // The store is asked when the addon has seen the end; by then the session is there again.
  app.store.get = async function late(sid, done) {
    asked += 1;
    for (const [key, text] of texts) await admin.set(key, text);
    get.call(app.store, sid, done);
  };
  for (const key of texts.keys()) await admin.del(key);
  await until(() => asked > 0);
  app.store.get = get;
  await app.visit(cookie);
  assert.deepEqual(app.ends, []);
  assert.equal(app.authorizer.backend.kind, 'redis');
  assert.equal(app.authorizer.stats().watch.sockets, 2);
});

test("the end of a session that was looked up under a former prefix of the store's", async (t) => {
  const redis = await redisFor(t);
  const admin = await adminOf(t, redis);
  const app = await startOver(t, redis);
  await visitUnderTwoPrefixes(app);
  for (const key of await admin.keys(KEYS)) await admin.del(key);
  await until(() => app.ends.length > 0);
  assert.deepEqual(app.ends, [['ann', 'destroyed']]);
});

test('watching moves along for a session of a former prefix, which the store no longer has', async (t) => {
  const redis = await redisFor(t);
  const app = await startOver(t, redis, { options: { recheckEvery: SOON } });
  const cookie = await visitUnderTwoPrefixes(app);
  patchGet(app.client);
  await app.visit(cookie);
  assert.equal(app.authorizer.stats().watch.tier, 'poll');
  await until(() => app.ends.length > 0);
  assert.deepEqual(app.ends, [['ann', 'destroyed']]);
});

test('a user whose id is no UTF-8 is not read again and again', async (t) => {
  const redis = await redisFor(t);
  const admin = await adminOf(t, redis);
  const app = await startOver(t, redis);
  const noted = t.mock.method(NativeWatch.prototype, 'noted');
  for (const key of await admin.keys(KEYS)) await admin.del(key);
  const cookie = await app.logIn({ id: 1, name: 'ann' });
  const text = Buffer.from('{"cookie":{},"passport":{"user":{"id":"\xff","name":"ann"}}}', 'latin1');
  for (const key of await admin.keys(KEYS)) await admin.set(key, text);
  await app.visit(cookie);
  await until(() => noted.mock.callCount() > 0);
  await app.post('/destroy', cookie);
  await until(() => app.ends.length > 0);
  assert.equal(noted.mock.callCount(), 1);
  assert.deepEqual(app.ends, [['ann', 'destroyed']]);
});

async function visitUnderTwoPrefixes(app) {
  await app.visit(await app.logIn({ id: 1, name: 'ann' }));
  await until(() => app.authorizer.stats().watch.tier === 'tracking');
  app.store.prefix = 'other:';
  const cookie = await app.logIn({ id: 2, name: 'bob' });
  await app.visit(cookie);
  assert.equal(app.authorizer.stats().watch.sockets, 2);
  return cookie;
}
