'use strict';

// The app's own callbacks have a deadline, the option timeout: whoever they forget is not left waiting for ever.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const fs = require('node:fs');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { authorize, AuthorizationError } = require('..');
const { Deadlines } = require('../lib/authorize/deadlines');
const { runScript } = require('./support/child');
const { warningsDuring } = require('./support/proof');
const { SECRET, cookieOf, handshake, passportOf, visit } = require('./support/visit');

const TIMEOUT = 40;

function authorizerOf(options) {
  return authorize({
    secret: SECRET,
    store: { get: (sid, done) => done(null, { passport: { user: sid } }) },
    passport: passportOf(),
    timeout: TIMEOUT,
    ...options,
  });
}

/** So long, and then what the deadlines that are over have put off until the event loop has turned. */
async function pass(ms) {
  await sleep(ms);
  await new Promise(setImmediate);
}

/** A user whom the deserializer gives later, by `late[0](…)`; `admitted` gets the data of those who are let in. */
function withLateUser() {
  const late = [];
  const admitted = [];
  const authorizer = authorizerOf({
    passport: passportOf((key, done) => late.push(done)),
    success: (data, accept) => admitted.push(data) && accept(),
  });
  return { authorizer, late, admitted };
}

test('a deserializeUser that never answers is refused with DESERIALIZE_TIMEOUT', async () => {
  const told = [];
  const fail = (data, message, critical, accept, info) => {
    told.push({ message, critical, user: data.user, ...info });
    accept(null, false);
  };
  const authorizer = authorizerOf({ passport: passportOf(() => {}), fail });
  const { error } = await visit(authorizer, cookieOf('ann'));
  assert.ok(error instanceof AuthorizationError);
  assert.deepEqual([error.code, error.data], ['DESERIALIZE_TIMEOUT', { code: 'DESERIALIZE_TIMEOUT' }]);
  const [{ message, critical, user, hint, code }] = told;
  assert.deepEqual(
    [message, critical, code, user],
    ['Error in deserializing the user', true, 'DESERIALIZE_TIMEOUT', { logged_in: false }],
  );
  assert.match(hint, /timeout.*async function that rejects/s);
  assert.deepEqual(authorizer.stats().failures, { DESERIALIZE_TIMEOUT: 1 });
  assert.equal(authorizer.stats().pending, 0);
});

test('an answer that arrives while the event loop is blocked is in time: of the store, of deserializeUser', async () => {
  // The file system answers on another thread, as a server does; its callback waits for the event loop.
  const inBackground = (done) => fs.stat(__filename, () => done());
  const session = { passport: { user: 'ann' } };
  for (const options of [
    { store: { get: (sid, done) => inBackground(() => done(null, session)) } },
    { passport: passportOf((key, done) => inBackground(() => done(null, { key }))) },
  ]) {
    const authorizer = authorizerOf(options);
    // From the phase of the event loop after which timers come first.
    await new Promise(setImmediate);
    const decided = visit(authorizer, cookieOf('ann'));
    for (const start = performance.now(); performance.now() - start < 3 * TIMEOUT;);
    assert.equal((await decided).error, undefined);
  }
});

test('an async deserializeUser that rejects is one that never answers: Passport ignores promises', async () => {
  const { out } = await runScript(`
    process.on('unhandledRejection', () => {});
    const passport = passportOf(async (_key, _done) => { throw new Error('no database'); });
    const store = { get: (sid, done) => done(null, { passport: { user: sid } }) };
    const authorizer = authorize({ secret: SECRET, store, passport, timeout: 30 });
    visit(authorizer, cookieOf('ann')).then(({ error }) => console.log(error.code));
  `);
  assert.equal(out, 'DESERIALIZE_TIMEOUT');
});

test('a deserializeUser that answers when its time is over is not heard', async () => {
  const { authorizer, late, admitted } = withLateUser();
  const { error, data } = await visit(authorizer, cookieOf('ann'));
  assert.equal(error.code, 'DESERIALIZE_TIMEOUT');
  late[0](null, { id: 'ann' });
  late[0](new Error('again'));
  await sleep(5);
  assert.deepEqual([admitted, data.user], [[], { logged_in: false }]);
  assert.deepEqual(authorizer.stats().failures, { DESERIALIZE_TIMEOUT: 1 });
});

test('one that answers in time is let in, and its deadline is forgotten', async (t) => {
  const warnings = warningsDuring(t);
  const passport = passportOf((key, done) => setTimeout(done, 5, null, { id: key }));
  const authorizer = authorizerOf({ passport });
  const visits = Array.from({ length: 20 }, () => visit(authorizer, cookieOf('ann')));
  for (const { error } of await Promise.all(visits)) assert.equal(error, undefined);
  await pass(2 * TIMEOUT);
  assert.deepEqual([warnings, authorizer.stats().failures], [[], {}]);
});

for (const style of ['socket', 'handshake']) {
  test(`a fail that never decides: refused with its own error, with one warning; ${style}`, async (t) => {
    const come = style === 'socket' ? visit : handshake;
    const codes = warningsDuring(t);
    const warned = once(process, 'warning');
    const late = [];
    const authorizer = authorizerOf({ fail: (data, message, critical, accept) => late.push(accept) });
    for (let i = 0; i < 3; i++) {
      const { error, accepted } = await come(authorizer, '');
      if (style === 'socket') assert.equal(error.code, 'NO_COOKIE');
      else assert.deepEqual([error, accepted], [null, false]);
    }
    for (const accept of late) accept();
    const [{ message }] = await warned;
    assert.match(message, /The fail callback .* accept within 40 ms .*refused/);
    await new Promise(setImmediate);
    assert.deepEqual(codes, ['FAIL_UNDECIDED']);
  });
}

test('a success that never decides is left alone, with one warning; it no longer counts, and may still let in', async (t) => {
  const codes = warningsDuring(t);
  const warned = once(process, 'warning');
  const late = [];
  const authorizer = authorizerOf({ success: (data, accept) => late.push(accept) });
  const visits = [visit(authorizer, cookieOf('ann')), visit(authorizer, cookieOf('bob'))];
  assert.equal(authorizer.stats().pending, 2);
  const [{ message }] = await warned;
  assert.match(message, /The success callback .* accept within 40 ms/);
  // The second one has come a little later, and its time is over a little later.
  while (authorizer.stats().pending > 0) await sleep(1);
  assert.deepEqual(codes, ['SUCCESS_UNDECIDED']);
  late[0](null, true);
  late[1](null, false);
  const [ann, bob] = await Promise.all(visits);
  assert.deepEqual([ann.error, bob.error.code], [undefined, 'REFUSED']);
  assert.equal(authorizer.stats().pending, 0);
});

test('a success that fails when its time is over goes to fail all the same', async () => {
  const error = new Error('banned');
  const authorizer = authorizerOf({
    success: async () => {
      await pass(2 * TIMEOUT);
      throw error;
    },
    fail: (data, message, critical, accept) => accept(message),
  });
  assert.equal((await visit(authorizer, cookieOf('ann'))).error, error);
});

test('a user whom a deserializer gives after close() is not let in', async () => {
  const { authorizer, late, admitted } = withLateUser();
  const visiting = visit(authorizer, cookieOf('ann'));
  authorizer.close();
  late[0](null, { id: 'ann' });
  const { error, data } = await visiting;
  assert.deepEqual([error.code, admitted, data.user], ['CLOSED', [], { logged_in: false }]);
});

test('the one whose time is over is told in its own AsyncLocalStorage', async () => {
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const seen = [];
  const authorizer = authorizerOf({
    passport: passportOf(() => {}),
    fail(data, message, critical, accept) {
      seen.push([data.number, storage.getStore()]);
      accept(null, false);
    },
  });
  const come = (number) =>
    storage.run(number, () => visit(authorizer, { number, headers: { cookie: cookieOf('ann') } }));
  await Promise.all([1, 2, 3].map(come));
  assert.deepEqual(seen, [
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
});

test('a script that ends waits for its answers, and then ends', async () => {
  const script = (timeout, deserialize) => `
    const passport = passportOf(${deserialize});
    const store = { get: (sid, done) => done(null, { passport: { user: sid } }) };
    const authorizer = authorize({ secret: SECRET, store, passport, timeout: ${timeout} });
    visit(authorizer, cookieOf('ann')).then(({ error }) => console.log(error?.code ?? 'let in'));
  `;
  const silent = await runScript(script(30, '() => {}'));
  assert.deepEqual([silent.code, silent.out], [0, 'DESERIALIZE_TIMEOUT']);
  // It does not wait for a time that is no longer needed.
  const soon = await runScript(script(600_000, '(key, done) => setTimeout(done, 5, null, {})'));
  assert.deepEqual([soon.code, soon.out], [0, 'let in']);
});

test('the list: each expires once, in order, and those that are taken out never', async () => {
  const deadlines = new Deadlines(20);
  const expired = [];
  const waiting = Array.from({ length: 6 }, (_, i) => ({ deadline: null, expire: () => expired.push(i) }));
  for (const each of waiting) deadlines.add(each);
  // The first, one within, and the last.
  for (const at of [0, 3, 5]) deadlines.remove(waiting[at]);
  deadlines.remove(waiting[3]);
  await pass(40);
  assert.deepEqual(expired, [1, 2, 4]);
  deadlines.add(waiting[0]);
  await pass(40);
  assert.deepEqual(expired, [1, 2, 4, 0]);
});

test('the list: one that enters another while it expires, or takes another out', async () => {
  const deadlines = new Deadlines(10);
  const expired = [];
  const other = { deadline: null, expire: () => expired.push('other') };
  const third = { deadline: null, expire: () => expired.push('third') };
  deadlines.add({
    deadline: null,
    expire() {
      expired.push('first');
      deadlines.remove(other);
      deadlines.add(third);
    },
  });
  deadlines.add(other);
  await pass(50);
  assert.deepEqual(expired, ['first', 'third']);
});

test('a process waits for a callback that came under an idle timer, and ends after it', async () => {
  const { code, out } = await runScript(`
    const { Deadlines } = require('./lib/authorize/deadlines');
    const deadlines = new Deadlines(50);
    const answered = { deadline: null, expire() {} };
    deadlines.add(answered);
    deadlines.remove(answered);
    deadlines.add({ deadline: null, expire: () => console.log('expired') });
  `);
  assert.deepEqual([code, out], [0, 'expired']);
});
