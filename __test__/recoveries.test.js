'use strict';

// What works again after a fault is told once: at the next client, after a second without a fault, at most once a minute.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { goOn } = require('./support/clock');
const { handMade } = require('./support/hand-made');
const { cookieOf, passportOf, visit } = require('./support/visit');
const { codesOf, warningsFrom } = require('./support/warnings');

/** An authorizer whose store and deserializer are out of order while the test says so. */
function troubled(options) {
  const trouble = { store: false, user: false };
  const get = (sid, done) =>
    trouble.store ? done(new Error('no route')) : done(null, { passport: { user: sid } });
  const passport = passportOf((key, done) =>
    trouble.user ? done(new Error('no table')) : done(null, { key }),
  );
  return { trouble, authorizer: handMade({ store: { get }, passport, ...options }) };
}

test('a recovery of the store is told once: what works, after how long, how many failed', async (t) => {
  const warnings = await warningsFrom(t);
  const { trouble, authorizer } = troubled();
  const come = () => visit(authorizer, cookieOf('ann'));
  trouble.store = true;
  for (let i = 0; i < 41; i++) await come();
  goOn(12_000);
  trouble.store = false;
  for (let i = 0; i < 3; i++) await come();
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR', 'RECOVERED']);
  assert.equal(
    warnings[1].message,
    'RECOVERED: the session store answers again, after 12 s in which 41 authorizations failed.',
  );
});

test('a second outage within a minute: its end is told when the minute is over, with its own numbers', async (t) => {
  const warnings = await warningsFrom(t);
  const { trouble, authorizer } = troubled();
  const come = () => visit(authorizer, cookieOf('ann'));
  const goDown = async (times, ms) => {
    trouble.store = true;
    for (let i = 0; i < times; i++) await come();
    goOn(ms);
    trouble.store = false;
    await come();
  };
  await goDown(7, 5000);
  goOn(10_000);
  await goDown(3, 20_000);
  goOn(15_000);
  await come();
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR', 'RECOVERED']);
  goOn(15_000);
  await come();
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR', 'RECOVERED', 'RECOVERED']);
  assert.match(warnings[2].message, /, after 20 s in which 3 authorizations failed\.$/);
});

test('a visitor without a log-in shows that the store answers; a session that is not there does not', async (t) => {
  const warnings = await warningsFrom(t);
  const sessions = { stranger: { cookie: {} } };
  let isDown = true;
  const get = (sid, done) => (isDown ? done(new Error('no route')) : done(null, sessions[sid]));
  const authorizer = handMade({ store: { get } });
  await visit(authorizer, cookieOf('stranger'));
  isDown = false;
  goOn(150_000);
  await visit(authorizer, { headers: {}, _query: { session_id: ['a', 'b'] } });
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR']);
  await visit(authorizer, cookieOf('stranger'));
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR', 'RECOVERED']);
  assert.match(warnings[1].message, /after 3 min in which one authorization failed\.$/);
});

test('callbacks and load recover too, each for itself', async (t) => {
  const warnings = await warningsFrom(t);
  const { trouble, authorizer } = troubled();
  trouble.user = true;
  await visit(authorizer, cookieOf('ann'));
  goOn(5000);
  trouble.user = false;
  await visit(authorizer, cookieOf('ann'));
  assert.match(
    (await codesOf(warnings), warnings.at(-1).message),
    /^RECOVERED: the app's callbacks work again/,
  );

  const asked = [];
  const busy = handMade({ store: { get: (sid, done) => asked.push(done) }, maxPending: 1 });
  const first = visit(busy, cookieOf('ann'));
  assert.equal((await visit(busy, cookieOf('bob'))).error.code, 'OVERLOADED');
  assert.match(
    (await codesOf(warnings), warnings.at(-1).message),
    /^OVERLOADED: 1 connections are being authorized \(option maxPending\) \[/,
  );
  goOn(5000);
  asked.pop()(null, { passport: { user: 'ann' } });
  await first;
  assert.match((await codesOf(warnings), warnings.at(-1).message), /^RECOVERED: there is room for further/);
});

test('a fault of a few users does not flap: no recovery within a second of a fault, and one a minute', async (t) => {
  const warnings = await warningsFrom(t);
  const { trouble, authorizer } = troubled();
  const both = async () => {
    trouble.user = true;
    await visit(authorizer, cookieOf('ann'));
    trouble.user = false;
    await visit(authorizer, cookieOf('bob'));
  };
  for (let i = 0; i < 10; i++) {
    await both();
    goOn(900);
  }
  assert.deepEqual(await codesOf(warnings), ['DESERIALIZE_ERROR']);
  for (let i = 0; i < 10; i++) {
    goOn(1500);
    await visit(authorizer, cookieOf('bob'));
    await both();
  }
  assert.deepEqual(await codesOf(warnings), ['DESERIALIZE_ERROR', 'RECOVERED']);
});
