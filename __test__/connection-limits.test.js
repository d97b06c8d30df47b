'use strict';

// What one client connection may have under way: a client can send as many CONNECT packets as it likes.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { FakeConnection, SESSIONS, attempt, namespaces, waiting } = require('./support/attempts');
const { cookieOf, passportOf, visit } = require('./support/visit');

test('four of one namespace, further ones are refused until one is decided', () => {
  const { authorizer, asked, answer } = waiting();
  const conn = new FakeConnection();
  const answers = [];
  for (let i = 0; i < 7; i++) attempt(authorizer, conn, namespaces[0], answers);
  assert.deepEqual([asked.length, answers], [4, Array(3).fill('TOO_MANY_ATTEMPTS')]);
  answer(1);
  attempt(authorizer, conn, namespaces[0], answers);
  attempt(authorizer, conn, namespaces[0], answers);
  assert.deepEqual([asked.length, answers.slice(3)], [4, [undefined, 'TOO_MANY_ATTEMPTS']]);
  // Another namespace, and another connection, have their own.
  attempt(authorizer, conn, namespaces[1]);
  attempt(authorizer, new FakeConnection(), namespaces[0]);
  assert.equal(asked.length, 6);
});

test('it is not the operator’s trouble: not critical, with a message, a hint and the user left alone', async () => {
  const told = [];
  const fail = (data, message, critical, accept, { code, hint }) => {
    told.push({ message, critical, code, hint, user: data.user });
    accept(null, false);
  };
  const { authorizer, answer } = waiting({ fail });
  const conn = new FakeConnection();
  attempt(authorizer, conn, namespaces[1]);
  answer();
  const { user } = conn.request;
  assert.equal(user.id, 'ann');
  const answers = [];
  for (let i = 0; i < 5; i++) attempt(authorizer, conn, namespaces[0], answers);
  const [{ hint, ...rest }] = told;
  assert.deepEqual(rest, { message: 'Too many attempts', critical: false, code: 'TOO_MANY_ATTEMPTS', user });
  assert.match(hint, /\w+ \w+/);
  assert.deepEqual(authorizer.stats().failures, { TOO_MANY_ATTEMPTS: 1 });
  assert.deepEqual([answers, authorizer.stats().pending], [['TOO_MANY_ATTEMPTS'], 4]);
  // The other namespace looks at the same request.
  assert.equal(conn.request.user, user);
});

test('a fail that takes its time is not waited for under a flood: what is too much must not pile up there', () => {
  const late = [];
  const { authorizer } = waiting({ fail: (data, message, critical, accept) => late.push(accept) });
  const conn = new FakeConnection();
  const answers = [];
  for (let i = 0; i < 10; i++) attempt(authorizer, conn, namespaces[0], answers);
  assert.deepEqual([late.length, answers], [6, Array(6).fill('TOO_MANY_ATTEMPTS')]);
  late[0]();
  assert.equal(answers.length, 6);
});

test('fail finds the request prepared also by an authorizer that never had a turn on it', () => {
  const seen = [];
  const fail = ({ account, sessionID }, message, critical, accept, { code }) => {
    seen.push({ account, sessionID, code });
    accept(null, false);
  };
  const [first, refusing] = [waiting(), waiting({ userProperty: 'account', fail })];
  const conn = new FakeConnection();
  for (let i = 0; i < 1064; i++) attempt(first.authorizer, conn, namespaces[i]);
  attempt(refusing.authorizer, conn, namespaces[1064]);
  assert.deepEqual(seen, [
    { account: { logged_in: false }, sessionID: conn.request.sessionID, code: 'TOO_MANY_ATTEMPTS' },
  ]);
});

test('whom fail lets in for being too much is a guest', () => {
  const { authorizer, answer } = waiting({ fail: (data, message, critical, accept) => accept() });
  const conn = new FakeConnection();
  attempt(authorizer, conn, namespaces[1]);
  answer();
  const answers = [];
  for (let i = 0; i < 5; i++) attempt(authorizer, conn, namespaces[0], answers);
  assert.deepEqual([answers, conn.request.user], [[undefined], { logged_in: false }]);
});

test('64 in all, further ones wait their turn, at most 1,000', () => {
  const { authorizer, asked, answer } = waiting();
  const conn = new FakeConnection();
  const answers = [];
  for (let i = 0; i < 1100; i++) attempt(authorizer, conn, namespaces[i], answers);
  assert.deepEqual([asked.length, answers], [64, Array(36).fill('TOO_MANY_ATTEMPTS')]);
  assert.equal(authorizer.stats().pending, 64);
  answer(10);
  assert.deepEqual([asked.length, answers.length], [64, 46]);
  while (asked.length > 0) answer();
  assert.equal(answers.filter((code) => code === undefined).length, 1064);
  assert.equal(authorizer.stats().pending, 0);
});

test('those that wait count for their namespace too', () => {
  const { authorizer, asked } = waiting();
  const conn = new FakeConnection();
  for (let i = 0; i < 64; i++) attempt(authorizer, conn, namespaces[i]);
  const answers = [];
  for (let i = 0; i < 6; i++) attempt(authorizer, conn, namespaces[64], answers);
  assert.deepEqual([asked.length, answers], [64, Array(2).fill('TOO_MANY_ATTEMPTS')]);
});

test('an idle connection keeps nothing of what it had', () => {
  const { authorizer, answer } = waiting();
  const kept = [1, 5, 70].map((count) => {
    const conn = new FakeConnection();
    for (let i = 0; i < count; i++) attempt(authorizer, conn, namespaces[i]);
    answer();
    answer();
    return Object.getOwnPropertySymbols(conn)
      .map((symbol) => conn[symbol])
      .at(-1);
  });
  assert.ok(Object.isFrozen(kept[0]) && Object.keys(kept[0]).length === 0);
  assert.deepEqual(
    kept.map((each) => each === kept[0]),
    [true, true, true],
  );
});

test('those that wait are begun in their turn, and in their own order', () => {
  const order = [];
  const { authorizer, asked, answer } = waiting();
  const conn = new FakeConnection();
  for (let i = 0; i < 70; i++)
    authorizer({ conn, nsp: namespaces[i], request: conn.request }, () => order.push(i));
  while (asked.length > 0) answer(1);
  assert.deepEqual(
    order,
    Array.from({ length: 70 }, (_, i) => i),
  );
});

test('a thousand that end at once when their turn comes do not overflow the stack', () => {
  const { authorizer, answer } = waiting();
  const conn = new FakeConnection();
  const answers = [];
  for (let i = 0; i < 1064; i++) attempt(authorizer, conn, namespaces[i], answers);
  authorizer.close();
  answer();
  assert.deepEqual(answers, Array(1064).fill('CLOSED'));
});

test('those that wait are begun in their own AsyncLocalStorage', () => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const { authorizer, asked, answer } = waiting({
    passport: passportOf((request, key, done) => {
      seen.push(storage.getStore());
      done(null, { id: key });
    }),
    store: { get: (sid, done) => asked.push(done) && seen.push(storage.getStore()) },
  });
  const conn = new FakeConnection();
  for (let i = 0; i < 66; i++) storage.run(i, () => attempt(authorizer, conn, namespaces[i]));
  seen.length = 0;
  // Those of the first two, in whose turn the last two begin.
  storage.run('of the store', () => answer(2));
  assert.deepEqual(seen, [0, 64, 1, 65]);
});

test('a success that does not decide in time makes room for those that wait', async () => {
  const { authorizer, asked } = waiting({ timeout: 30, success: () => {}, store: SESSIONS });
  const conn = new FakeConnection();
  for (let i = 0; i < 64; i++) attempt(authorizer, conn, namespaces[i]);
  const next = waiting();
  attempt(next.authorizer, conn, namespaces[64]);
  assert.deepEqual([asked.length, next.asked.length], [0, 0]);
  await sleep(60);
  assert.equal(next.asked.length, 1);
});

test('they count across authorizers', () => {
  const [one, other] = [waiting(), waiting({ userProperty: 'account' })];
  const conn = new FakeConnection();
  const answers = [];
  for (const { authorizer } of [one, other, one, other, one, other])
    attempt(authorizer, conn, namespaces[0], answers);
  assert.deepEqual([one.asked.length, other.asked.length], [2, 2]);
  assert.deepEqual(answers, Array(2).fill('TOO_MANY_ATTEMPTS'));
});

test('two authorizers one after the other: four sockets of a namespace pass both', () => {
  const first = waiting();
  const second = waiting({ userProperty: 'account' });
  const conn = new FakeConnection();
  const answers = [];
  for (let i = 0; i < 4; i++) {
    const socket = { conn, nsp: namespaces[0], request: conn.request };
    first.authorizer(socket, (error) =>
      error ? answers.push(error.code) : second.authorizer(socket, (refusal) => answers.push(refusal?.code)),
    );
  }
  first.answer();
  second.answer();
  assert.deepEqual(answers, Array(4).fill(undefined));
});

test('what has no connection is not counted: handshakes, and the sockets of unit tests', () => {
  const { authorizer, asked } = waiting();
  for (let i = 0; i < 10; i++) {
    authorizer({ nsp: namespaces[0], request: { headers: { cookie: cookieOf('ann') } } }, () => {});
    authorizer({ headers: { cookie: cookieOf('ann') } }, () => {});
  }
  assert.equal(asked.length, 20);
});

for (const callback of ['deserializeUser', 'success', 'fail']) {
  test(`maxPending counts until accept: a ${callback} that takes its time`, async () => {
    const late = [];
    const hold = { success: (data, accept) => late.push(accept), fail: (...args) => late.push(args[3]) };
    const options = { maxPending: 2, store: SESSIONS };
    if (callback === 'deserializeUser') options.passport = passportOf((key, done) => late.push(done));
    else options[callback] = hold[callback];
    if (callback === 'fail') options.passport = passportOf((key, done) => done(null, false));
    const told = [];
    const { authorizer } = waiting({
      fail: (data, message, critical, accept, { code }) => told.push(code) && accept(null, false),
      ...options,
    });
    const visitors = [visit(authorizer, cookieOf('ann')), visit(authorizer, cookieOf('bob'))];
    assert.equal(authorizer.stats().pending, 2);
    const third = visit(authorizer, cookieOf('cat'));
    assert.equal(authorizer.stats().failures.OVERLOADED, 1);
    for (const answer of late.splice(0)) answer(null, callback === 'fail' ? false : { id: 1 });
    await Promise.all([...visitors, callback === 'fail' ? undefined : third]);
    assert.equal(authorizer.stats().pending, 0);
  });
}
