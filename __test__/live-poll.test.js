'use strict';

// How sessions of a store in JavaScript are polled, and by what a user is recognised.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { identityOf, isSameIdentity } = require('../lib/sessions/watch/identity');
const { PollWatch } = require('../lib/sessions/watch/poll');
const { until } = require('./support/live/app');
const { ReadQueue } = require('../lib/sessions/watch/read-queue');
const { assertPrints } = require('./support/child');

/** A watch over a store whose answers the test gives. */
function pollOf(t, { recheckEvery = 60_000, timeout = 60_000 } = {}) {
  const asked = [];
  const ends = [];
  const passport = { _key: 'passport' };
  const store = {
    get: (sid, done) =>
      asked.push({
        sid,
        answer: (user) => done(null, user === undefined ? undefined : { passport: { user } }),
      }),
  };
  const onEnd = (...end) => ends.push(end);
  const watch = new PollWatch({ store, passport, timeout }, { recheckEvery, onEnd });
  t.after(() => watch.close());
  return { watch, asked, ends, passport };
}

test('an answer says nothing about a socket that came after the question', async (t) => {
  const { watch, asked, ends } = pollOf(t);
  watch.watch(1, 0, 'sid', '"ann"');
  await until(() => asked.length === 1);
  watch.watch(2, 0, 'sid', '"bob"');
  // The store had read the session before bob logged in.
  asked[0].answer('ann');
  await until(() => asked.length === 2);
  assert.deepEqual([ends, watch.sessions], [[], 1]);
  asked[1].answer('bob');
  assert.deepEqual(ends, [[1, 0, 'user-changed']]);
  // One question at a time.
  watch.recheck();
  await until(() => asked.length === 3);
  watch.recheck();
  watch.recheck();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(asked.length, 3);
  asked[2].answer('bob');
  await until(() => asked.length === 4);
  asked[3].answer(undefined);
  assert.deepEqual(ends[1], [2, 0, 'destroyed']);
  assert.equal(watch.sessions, 0);
});

test('sessions that are read at once, and again and again, do not keep the round from its end', () => {
  const queue = new ReadQueue();
  const [hot, one, two] = ['hot', 'one', 'two'].map((id) => ({ id, isFresh: false }));
  queue.startRound([one, two]);
  const order = Array.from({ length: 4 }, () => {
    queue.add(hot);
    return queue.next().id;
  });
  assert.deepEqual(order, ['hot', 'one', 'hot', 'two']);
  assert.equal(queue.isInRound, false);
});

test('what is watched of a slot, and a slot that is watched no more', async (t) => {
  const { watch, asked, ends } = pollOf(t);
  watch.watch(1, 0, 'a', '"ann"');
  watch.watch(2, 5, 'b', '"bob"');
  assert.deepEqual(
    watch.idsOf([1, 2, 3]),
    new Map([
      [1, { turn: 0, id: 'a', identity: '"ann"' }],
      [2, { turn: 5, id: 'b', identity: '"bob"' }],
    ]),
  );
  await until(() => asked.length === 2);
  watch.unwatch(1);
  watch.unwatch(1);
  for (const { answer } of asked) answer(undefined);
  assert.deepEqual(ends, [[2, 5, 'destroyed']]);
  assert.equal(watch.tier, 'poll');
});

test('a socket that leaves in the turn in which it came is not asked about; nothing runs for no socket', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { watch, asked } = pollOf(t, { recheckEvery: 100 });
  const later = () => new Promise(setImmediate);
  watch.watch(1, 0, 'a', '"ann"');
  watch.watch(2, 0, 'b', '"bob"');
  watch.unwatch(1);
  await later();
  assert.deepEqual(
    asked.map(({ sid }) => sid),
    ['b'],
  );
  asked[0].answer('bob');
  watch.unwatch(2);
  const rounds = t.mock.method(watch, 'recheck');
  t.mock.timers.tick(500);
  assert.equal(rounds.mock.callCount(), 0);
  watch.watch(3, 0, 'c', '"cat"');
  t.mock.timers.tick(100);
  assert.equal(rounds.mock.callCount(), 1);
});

test('a round that takes longer than its time goes on', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { watch, asked } = pollOf(t, { recheckEvery: 1e6, timeout: 1e9 });
  for (let slot = 0; slot < 40; slot++) watch.watch(slot, 0, `sid ${slot}`, '1');
  const ids = [];
  async function answer(count) {
    for (let turn = 0; ids.length < count && turn < 1e6; turn++) {
      // The pause after which the store is asked for more.
      t.mock.timers.tick(10);
      await new Promise(setImmediate);
      for (const { sid, answer: say } of asked.splice(0, count - ids.length)) {
        ids.push(sid);
        say(1);
      }
    }
  }
  await answer(40);
  ids.length = 0;
  t.mock.timers.tick(1e6);
  await answer(10);
  t.mock.timers.tick(1e6);
  await answer(40);
  assert.equal(new Set(ids).size, 40);
});

test('a session of a store that is gone within a second before its end has expired', async (t) => {
  for (const [left, reason] of [
    [-1000, 'expired'],
    [800, 'expired'],
    [60_000, 'destroyed'],
  ]) {
    const ends = [];
    const session = { cookie: { expires: new Date(Date.now() + left) }, passport: { user: 1 } };
    let answer = session;
    const options = { store: { get: (_sid, done) => done(null, answer) }, passport: { _key: 'passport' } };
    const watch = new PollWatch(
      { ...options, timeout: 1000 },
      { recheckEvery: 1e6, onEnd: (...end) => ends.push(end) },
    );
    t.after(() => watch.close());
    watch.watch(1, 0, 'a', '1');
    await new Promise(setImmediate);
    answer = undefined;
    watch.recheck();
    await until(() => ends.length > 0);
    assert.deepEqual(ends, [[1, 0, reason]]);
  }
});

test('a store that answers twice, or after its time, is heard once', async (t) => {
  const { watch, asked, ends } = pollOf(t, { timeout: 20, recheckEvery: 100 });
  watch.watch(1, 0, 'a', '"ann"');
  await until(() => asked.length === 2);
  asked[0].answer(undefined);
  asked[1].answer('ann');
  asked[1].answer(undefined);
  assert.deepEqual(ends, []);
});

test("the Passport key is read live, and a user's key as the look-up reads it", async (t) => {
  const { watch, asked, ends, passport } = pollOf(t);
  watch.watch(1, 0, 'a', '"ann"');
  await until(() => asked.length === 1);
  passport._key = 'admin';
  asked[0].answer('ann');
  assert.deepEqual(ends, [[1, 0, 'logged-out']]);
  passport._key = 'passport';
  for (const nobody of ['', false, null]) {
    watch.watch(2, 0, 'b', '0');
    await until(() => asked.length > 1);
    asked.pop().answer(nobody);
  }
  assert.deepEqual(ends.slice(1), Array(3).fill([2, 0, 'logged-out']));
  watch.watch(3, 0, 'c', '0');
  await until(() => asked.length > 1);
  asked.pop().answer(0);
  assert.deepEqual(ends.length, 4);
});

test('identities', () => {
  for (const [key, identity] of [
    ['ann', '"ann"'],
    [7, '7'],
    [0, '0'],
    [7n, '7'],
    [true, 'true'],
    [{ id: 7, name: 'ann' }, '7'],
    [{ _id: 'x', name: 'ann' }, '"x"'],
    [{ id: null, _id: 'x' }, '"x"'],
    [{ id: '', _id: 'x' }, '""'],
    [Object.create({ id: 7 }), '{}'],
    [['ann'], '["ann"]'],
    [Object.assign([1], { id: 7 }), '[1]'],
    [{ name: 'ann' }, '{"name":"ann"}'],
    [{ toJSON: () => 'hex' }, '"hex"'],
  ]) {
    assert.equal(identityOf(key), identity, identity);
  }
});

test('the same identity, by value', () => {
  const same = [
    ['{"a":1,"b":[{"c":2}]}', '{ "b": [ {"c":2.0} ], "a":1e0}'],
    ['"\\u0061"', '"a"'],
    ['{"__proto__":1}', '{"__proto__":1}'],
  ];
  for (const [one, other] of same) assert.equal(isSameIdentity(one, other), true, one);
  const different = [
    ['7', '"7"'],
    ['[1,2]', '[2,1]'],
    ['[1]', '{"0":1}'],
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{"__proto__":1}', '{"a":1}'],
    ['null', '{}'],
    ['{"a":null}', '{"a":{}}'],
    ['no JSON', 'none either'],
  ];
  for (const [one, other] of different) {
    assert.equal(isSameIdentity(one, other), false, one);
    assert.equal(isSameIdentity(other, one), false, other);
  }
});

test('a key that no text can be made of is the same as any other; one that is nested deeply is compared', () => {
  const circular = { name: 'ann' };
  circular.self = circular;
  const throws = {
    get id() {
      throw new Error('not loaded');
    },
  };
  for (const key of [circular, throws, () => {}, Symbol('ann'), undefined]) {
    assert.equal(isSameIdentity(identityOf(key), '"bob"'), true);
  }
  const deep = (end) => '[ '.repeat(100_000) + end + ']'.repeat(100_000);
  assert.equal(isSameIdentity(deep('1'), deep('1.0')), true);
  assert.equal(isSameIdentity(deep('1'), deep('2')), false);
});

test('a process with live watches ends when its servers are closed', async () => {
  const script = `
    const { startLive } = require('./__test__/support/live/app');
    (async () => {
      const after = [];
      const app = await startLive({ after: (fn) => after.push(fn) }, { options: { recheckEvery: 60_000 } });
      const { socket } = await app.visit(await app.logIn({ id: 1, name: 'ann' }));
      const { MemoryStore } = require('express-session');
      const hangs = await startLive(
        { after: (fn) => after.push(fn) },
        { store: new MemoryStore(), options: { timeout: 60_000 } },
      );
      await hangs.visit(await hangs.logIn({ id: 1, name: 'ann' }));
      hangs.store.get = () => {};
      await new Promise((resolve) => setTimeout(resolve, 300));
      console.log(app.authorizer.stats().watch.sockets, hangs.authorizer.stats().watch.sockets);
      // Nobody has told the authorizer: its sockets are gone with the server.
      const nsp = hangs.io.sockets;
      nsp.sockets = new Map(nsp.sockets);
      for (const fn of after) await fn();
    })();
  `;
  await assertPrints(script, '1 1');
});

test("'disconnect': a listener of the app that throws is uncaught, and keeps no other socket", async () => {
  const script = `
    const { LiveSessions } = require('./lib/live');
    process.on('uncaughtException', ({ message }) => console.log(message));
    let onEnd;
    const watched = [];
    const watch = { watch: (slot, turn) => watched.push([slot, turn]), unwatch() {} };
    const openWatch = (settings) => (onEnd = settings.onEnd, watch);
    const live = LiveSessions.of({ onSessionEnd: 'disconnect' }, { openWatch });
    for (const name of ['ann', 'bob']) {
      const disconnect = () => { throw new Error(name); };
      live.begin({ connected: true, disconnect }, { id: name, identity: '1' });
    }
    for (const [slot, turn] of watched) onEnd(slot, turn, 'expired');
    setTimeout(() => {}, 50);
  `;
  await assertPrints(script, 'ann\nbob');
});
