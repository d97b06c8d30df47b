'use strict';

// What counts as a yes: `accept` from `success` and from `fail`, on Socket.IO ≥ 1.0. In the original everything but an
// error lets in.

const assert = require('node:assert/strict');
const { EventEmitter, once } = require('node:events');
const { test } = require('node:test');
const { callbackify } = require('node:util');
const { authorize } = require('..');
const { SECRET, cookieOf, handshake, passportOf, visit } = require('./support/visit');
const { storeOf } = require('./support/oracle');
const { runScript } = require('./support/child');
const { warningsDuring } = require('./support/proof');

const YES = [[], [null], [undefined], [null, true], [undefined, 1], [null, 'yes'], [null, {}], [false, true]];
const NO = [
  [null, false],
  [null, 0],
  [null, -0],
  [null, 0n],
  [null, null],
  [null, undefined],
  [null, ''],
  [null, NaN],
  [undefined, undefined],
  [false, false],
  [false],
  [0],
  [''],
  [NaN],
  [0n],
];

/** An authorizer whose callbacks both answer like this. */
function answering(answer, options) {
  const callback = (accept) => accept(...answer);
  return authorize({
    secret: SECRET,
    store: storeOf({ ada: { passport: { user: 'ada' } } }),
    passport: passportOf(),
    success: (data, accept) => callback(accept),
    fail: (data, message, critical, accept) => callback(accept),
    ...options,
  });
}

const shown = (answer) =>
  `accept(${answer.map((value) => (Object.is(value, -0) ? '-0' : String(value))).join(', ')})`;

test('a clear yes lets in, as a user from success and as a guest from fail', async (t) => {
  const warnings = warningsDuring(t);
  for (const answer of YES) {
    const user = await visit(answering(answer), cookieOf('ada'));
    assert.deepEqual(
      [user.error, user.data.user],
      [undefined, { id: 'ada', logged_in: true }],
      shown(answer),
    );
    const guest = await visit(answering(answer), '');
    assert.deepEqual([guest.error, guest.data.user], [undefined, { logged_in: false }], shown(answer));
  }
  await new Promise(setImmediate);
  assert.deepEqual(warnings, []);
});

test('anything else that is no error refuses, with the error of the refusal', async () => {
  for (const answer of NO) {
    const refused = await visit(answering(answer), cookieOf('ada'));
    assert.equal(refused.error?.code, 'REFUSED', shown(answer));
    const failed = await visit(answering(answer), '');
    assert.equal(failed.error?.code, 'NO_COOKIE', shown(answer));
  }
});

test('an error refuses, whatever stands beside it', async () => {
  const error = new Error('no');
  for (const answer of [[error], [error, true], [{ message: 'no' }], [{ data: 7 }, true]]) {
    for (const cookie of ['', cookieOf('ada')]) {
      assert.equal((await visit(answering(answer), cookie)).error, answer[0]);
    }
  }
});

test('a falsy value that may be meant as a yes is warned of once, with the value and what to write', async (t) => {
  // Those of the test before come at the end of the turn.
  await new Promise(setImmediate);
  for (const [answer, value] of [
    [[null, 0], '0'],
    [[null, ''], "''"],
    [[null, NaN], 'NaN'],
    [[null, null], 'null'],
    [[false], 'false'],
  ]) {
    const warned = once(process, 'warning');
    const authorizer = answering(answer);
    const codes = warningsDuring(t);
    for (let i = 0; i < 3; i++) await visit(authorizer, cookieOf('ada'));
    await visit(authorizer, '');
    const [warning] = await warned;
    await new Promise(setImmediate);
    assert.deepEqual([warning.name, codes], ['PassportSocketIoWarning', ['FALSY_ACCEPT']]);
    const call = answer.length > 1 ? `accept(null, ${value})` : `accept(${value})`;
    assert.ok(warning.message.startsWith(`success: ${call} refuses`), warning.message);
    assert.match(warning.message, /accept\(null, true\).*accept\(null, false\)/);
  }
  const warned = once(process, 'warning');
  await visit(answering([null, 0]), '');
  assert.match((await warned)[0].message, /^fail: accept\(null, 0\) refuses/);
});

test('accept(null, false) is how one refuses: nobody is warned', async (t) => {
  const warnings = warningsDuring(t);
  for (const cookie of ['', cookieOf('ada')]) await visit(answering([null, false]), cookie);
  await new Promise(setImmediate);
  assert.deepEqual(warnings, []);
});

test('util.callbackify calls with (null, undefined): refused, and the warning says why', async () => {
  const check = callbackify(async () => {});
  const warned = once(process, 'warning');
  const authorizer = answering([], { success: (data, accept) => check(accept) });
  assert.equal((await visit(authorizer, cookieOf('ada'))).error.code, 'REFUSED');
  assert.match((await warned)[0].message, /accept\(null, undefined\).*callbackify/s);
});

test('a promise is no clear yes, whatever it comes to: refused, and the warning says what to do', async () => {
  for (const promise of [async () => true, async () => false, () => Promise.reject(new Error('no'))]) {
    for (const [style, come] of Object.entries({ visit, handshake })) {
      const warned = once(process, 'warning');
      const success = (data, accept) => accept(null, promise());
      const { error, accepted } = await come(answering([], { success }), cookieOf('ada'));
      if (style === 'visit') assert.equal(error?.code, 'REFUSED');
      else assert.deepEqual([error, accepted], [null, false]);
      assert.match((await warned)[0].message, /^success: accept\(null, a promise\) .*await the promise/s);
    }
  }
});

test('a thenable that is no promise is not run for it; an error beside a promise is just that error', async (t) => {
  await new Promise(setImmediate);
  const codes = warningsDuring(t);
  let runs = 0;
  const query = { then: () => (runs += 1) };
  const success = (data, accept) => accept(null, query);
  assert.equal((await visit(answering([], { success }), cookieOf('ada'))).error.code, 'REFUSED');
  const error = new Error('no');
  const refusing = (data, accept) => accept(error, Promise.resolve(true));
  assert.equal((await visit(answering([], { success: refusing }), cookieOf('ada'))).error, error);
  await new Promise(setImmediate);
  assert.deepEqual([runs, codes], [0, ['FALSY_ACCEPT']]);
});

test('what a later middleware throws is no failure of ours: uncaught, as without an authorizer before it', async () => {
  const { out } = await runScript(`
    const store = { get: (sid, done) => done(null, { passport: { user: sid } }) };
    const told = [];
    process.on('uncaughtException', (error) => console.log('uncaught', error.message, told.length, authorizer.stats().refused));
    const authorizer = authorize({ secret: SECRET, store, passport: passportOf(), fail: (...args) => told.push(args) });
    authorizer({ request: { headers: { cookie: cookieOf('ann') } } }, () => { throw new Error('bug of another'); });
  `);
  assert.equal(out, 'uncaught bug of another 0 0');
});

test('in the 0.9 style and under allowRequest accept goes on as it is: there only accept(null, true) lets in', async (t) => {
  const warnings = warningsDuring(t);
  for (const answer of [...YES, ...NO]) {
    const { error, accepted } = await handshake(answering(answer), cookieOf('ada'));
    assert.deepEqual([error, accepted], [answer[0], answer[1]]);
  }
  await new Promise(setImmediate);
  assert.deepEqual(warnings, []);
});

test('an object of the app that throws when the user is let in: refused, and nobody waits for ever', async (t) => {
  const codes = warningsDuring(t);
  const authorizer = authorize({
    secret: SECRET,
    store: { get: (sid, done) => done(null, { passport: { user: sid } }) },
    passport: passportOf(),
    rooms: () => 'red',
  });
  const socket = {
    request: { headers: { cookie: cookieOf('ann') } },
    nsp: new EventEmitter(),
    // Recovered and connected: it joins its rooms at once.
    ...{ recovered: true, connected: true, rooms: new Set() },
    join() {
      throw new Error('the adapter is closed');
    },
  };
  const error = await new Promise((resolve) => authorizer(socket, resolve));
  // A warning is emitted in the next tick.
  await new Promise(setImmediate);
  assert.deepEqual([error.code, error.message], ['CALLBACK_ERROR', 'Error in authorization']);
  assert.equal(error.cause.message, 'the adapter is closed');
  assert.deepEqual([authorizer.stats().pending, codes], [0, ['CALLBACK_ERROR']]);
});
