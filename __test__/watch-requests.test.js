'use strict';

// authorizer.watch(request, callback): the end of a session whose connection Socket.IO does not know.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { test } = require('node:test');
const { MemoryStore } = require('express-session');
const { authorize } = require('..');
const { redisStoreFor } = require('./support/app');
const { messagesOf } = require('./support/channels');
const { assertPrints } = require('./support/child');
const { startLive, until } = require('./support/live/app');
const { startOver } = require('./support/live/redis-app');
const { authorizerOf, prove } = require('./support/proof');
const { sharedRedis } = require('./support/shared');
const { newSession } = require('./support/stores');
const { SECRET, cookieOf, passportOf } = require('./support/visit');
const { codesOf, warningsFrom } = require('./support/warnings');

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started), ['ann']);

const requestOf = (cookie) => ({ headers: { cookie }, url: '/events' });

/** Lets a request in and watches it; gives what it was told. */
async function watchOf(authorizer, cookie) {
  const request = requestOf(cookie);
  await authorizer.authenticate(request);
  const ends = [];
  const stop = authorizer.watch(request, (reason) => ends.push(reason));
  return { request, ends, stop };
}

/** An authorizer over MemoryStore, with sessions of these names. */
async function stage(t, names, options) {
  const store = new MemoryStore();
  for (const name of names) await newSession(store, name);
  const authorizer = authorizerOf(t, { store, recheckEvery: 100, ...options });
  const destroy = (name) => new Promise((resolve) => store.destroy(name, resolve));
  return { authorizer, destroy, watch: (name) => watchOf(authorizer, cookieOf(name)) };
}

const WAYS = {
  MemoryStore: (t, more) => startLive(t, more),
  'the option redis': async (t, more) => startOver(t, redis, { ...more, isOption: true }),
  'a connect-redis store, followed': async (t, more) => startOver(t, redis, more),
};

for (const [way, open] of Object.entries(WAYS)) {
  for (const onSessionEnd of [undefined, 'disconnect']) {
    test(`${way}, onSessionEnd ${onSessionEnd}: an end is told once, with its reason, and no other`, async (t) => {
      const app = await open(t, { options: { onSessionEnd } });
      const { authorizer } = app;
      const cookies = {};
      for (const name of ['ann', 'bob', 'eve']) cookies[name] = await app.logIn({ id: name, name });
      if (onSessionEnd === undefined) assert.equal(authorizer.stats().watch, null);
      const ann = await watchOf(authorizer, cookies.ann);
      const again = await watchOf(authorizer, cookies.ann);
      const bob = await watchOf(authorizer, cookies.bob);
      const eve = await watchOf(authorizer, cookies.eve);
      const { sessions, sockets } = authorizer.stats().watch;
      assert.deepEqual([sessions, sockets], [3, 4]);
      await app.post('/destroy', cookies.ann);
      await until(() => ann.ends.length + again.ends.length === 2);
      assert.deepEqual([ann.ends, again.ends], [['destroyed'], ['destroyed']]);
      await app.post('/put', cookies.bob, { id: 'carol' });
      await until(() => bob.ends.length > 0);
      assert.deepEqual([bob.ends, eve.ends], [['user-changed'], []]);
      assert.equal(authorizer.stats().watch.sockets, 1);
      eve.stop();
      for (const { stop } of [ann, again, bob]) stop();
      assert.equal(authorizer.stats().watch.sockets, 0);
      assert.equal(authorizer.stats().watch.ended.destroyed, 2);
    });
  }
}

test('a request that is watched from the store moves to native look-ups with them', async (t) => {
  const store = await redisStoreFor(t, redis);
  const authorizer = authorizerOf(t, { store, recheckEvery: 600_000 });
  const sid = await newSession(store);
  const { ends } = await watchOf(authorizer, cookieOf(sid));
  assert.equal(authorizer.stats().watch.tier, 'poll');
  await prove(authorizer, sid, sid);
  await until(() => authorizer.stats().watch.tier === 'tracking');
  await admin.del(`sess:${sid}`);
  await until(() => ends.length > 0);
  assert.deepEqual(ends, ['destroyed']);
});

test('a session that ends before it is watched is told', async (t) => {
  const { authorizer, destroy } = await stage(t, ['ann'], { recheckEvery: 60_000 });
  const request = requestOf(cookieOf('ann'));
  await authorizer.authenticate(request);
  await destroy('ann');
  const reason = await new Promise((resolve) => authorizer.watch(request, resolve));
  assert.equal(reason, 'destroyed');
});

test('the app may change the key that its deserializer gets, and the user', async (t) => {
  const store = new MemoryStore();
  await new Promise((resolve) => store.set('ann', { cookie: {}, passport: { user: { id: 7 } } }, resolve));
  let asked = 0;
  const { get } = store;
  store.get = (sid, done) => get.call(store, sid, (...answer) => ((asked += 1), done(...answer)));
  const passport = passportOf((key, done) => done(null, Object.assign(key, { id: 'of the app' })));
  const authorizer = authorizerOf(t, { store, passport, recheckEvery: 100 });
  const { ends } = await watchOf(authorizer, cookieOf('ann'));
  await until(() => asked > 2);
  assert.deepEqual(ends, []);
});

test('stop: nothing is told, also in the callback of another request of the session', async (t) => {
  const { watch, authorizer, destroy } = await stage(t, ['ann', 'bob']);
  const [one, two] = [requestOf(cookieOf('ann')), requestOf(cookieOf('ann'))];
  await authorizer.authenticate(one);
  await authorizer.authenticate(two);
  const told = [];
  const stops = [];
  const stopOther = (own, other) => (told.push(own), stops[other]());
  stops.push(authorizer.watch(one, () => stopOther(0, 1)));
  stops.push(authorizer.watch(two, () => stopOther(1, 0)));
  const { ends, stop } = await watch('ann');
  stop();
  stop();
  await destroy('ann');
  const bob = await watch('bob');
  await destroy('bob');
  await until(() => bob.ends.length > 0);
  assert.deepEqual([told.length, ends], [1, []]);
});

test('a callback that throws or rejects is a warning, and others are told', async (t) => {
  const warnings = await warningsFrom(t);
  const { authorizer, watch, destroy } = await stage(t, ['ann']);
  const request = requestOf(cookieOf('ann'));
  await authorizer.authenticate(request);
  const failing = [
    () => {
      throw new Error('broken');
    },
    async () => {
      throw new Error('broken');
    },
  ];
  for (const callback of failing) authorizer.watch(request, callback);
  const { ends } = await watch('ann');
  await destroy('ann');
  await until(() => ends.length > 0);
  assert.deepEqual(await codesOf(warnings), ['SESSION_END_ERROR']);
  assert.match(warnings[0].message, /given to authorizer\.watch\(\) failed.*broken/);
});

test("the callback has its caller's AsyncLocalStorage; the channel has request and user, and no socket", async (t) => {
  const messages = messagesOf(t, 'session-end');
  const storage = new AsyncLocalStorage();
  const { authorizer, destroy } = await stage(t, ['ann', 'bob']);
  const request = requestOf(cookieOf('ann'));
  await authorizer.authenticate(request);
  const seen = new Promise((resolve) => {
    storage.run('ann', () => authorizer.watch(request, () => resolve(storage.getStore())));
  });
  await destroy('ann');
  assert.equal(await seen, 'ann');
  const [{ reason, user, backend, ...rest }] = messages;
  assert.deepEqual([messages.length, reason, user.id, backend.kind], [1, 'destroyed', 'ann', 'store']);
  assert.deepEqual(Object.keys(rest), ['request']);
  assert.equal(rest.request, request);
});

test('only a request that was let in can be watched, and only with a function', async (t) => {
  const { authorizer } = await stage(t, ['ann']);
  const request = requestOf(cookieOf('ann'));
  for (const given of [request, undefined, 'ann']) {
    assert.throws(() => authorizer.watch(given, () => {}), { name: 'TypeError', message: /was not let in/ });
  }
  await authorizer.authenticate(request);
  assert.throws(() => authorizer.watch(request), { name: 'TypeError', message: /must be a function/ });
  authorizer.watch(request, () => {})();
  // It counts as it was let in last.
  request.headers.cookie = cookieOf('nobody');
  await assert.rejects(authorizer.authenticate(request), { code: 'SESSION_NOT_FOUND' });
  assert.throws(() => authorizer.watch(request, () => {}), { name: 'TypeError' });
  const other = authorize({ secret: SECRET, store: new MemoryStore(), passport: passportOf() });
  t.after(() => other.close());
  assert.throws(() => other.watch(request, () => {}), { name: 'TypeError' });
});

test('after close() nobody is told, and those of other authorizers are', async (t) => {
  const closed = await stage(t, ['ann']);
  const open = await stage(t, ['ann']);
  const [gone, there] = [await closed.watch('ann'), await open.watch('ann')];
  const request = requestOf(cookieOf('ann'));
  await closed.authorizer.authenticate(request);
  closed.authorizer.close();
  assert.equal(open.authorizer.stats().watch.sockets, 1);
  assert.equal(closed.authorizer.stats().watch.sockets, 0);
  const late = [];
  closed.authorizer.watch(request, (reason) => late.push(reason))();
  await closed.destroy('ann');
  await open.destroy('ann');
  await until(() => there.ends.length > 0);
  assert.deepEqual([there.ends, gone.ends, late], [['destroyed'], [], []]);
});

test('a process that watches ends by itself', async () => {
  for (const where of [
    'store: { get: (_sid, done) => done(null, { passport: { user: 1 } }) }',
    `redis: '${redis.url}'`,
  ]) {
    const script = `
      const authorizer = authorize({ secret: SECRET, passport: passportOf(), ${where}, recheckEvery: 100 });
      const request = { headers: { cookie: cookieOf('ann') } };
      authorizer.authenticate(request).then(() => {
        authorizer.watch(request, () => console.log('told'));
        setTimeout(() => console.log(authorizer.stats().watch.sockets), 50);
      });
    `;
    await assertPrints(script, '1');
  }
});
