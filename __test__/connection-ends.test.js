'use strict';

// What becomes of attempts when their connection ends.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { FakeConnection, SESSIONS, attempt, namespaces, waiting } = require('./support/attempts');
const { cookieOf, passportOf } = require('./support/visit');

test('the end of a connection makes room: maxPending is free, those that wait are ended, nothing new is begun', () => {
  const { authorizer, asked, answer } = waiting({ maxPending: 64 });
  const [conn, other] = [new FakeConnection(), new FakeConnection()];
  const answers = [];
  for (let i = 0; i < 80; i++) attempt(authorizer, conn, namespaces[i], answers);
  assert.deepEqual(attempt(authorizer, other, namespaces[0]), ['OVERLOADED']);
  conn.close();
  assert.deepEqual([authorizer.stats().pending, answers], [0, Array(16).fill('REFUSED')]);
  attempt(authorizer, other, namespaces[0]);
  assert.equal(asked.length, 65);
  answer();
  // Their sessions are there, and nobody is: the deserializer is not asked.
  assert.deepEqual(answers, Array(80).fill('REFUSED'));
  assert.deepEqual([authorizer.stats().authorized, authorizer.stats().pending], [1, 0]);
});

test('where there is only a request, what comes with the same one is counted: 64 in all', () => {
  const { authorizer, asked, answer } = waiting();
  const request = { headers: { cookie: cookieOf('ann') } };
  const answers = [];
  for (let i = 0; i < 1070; i++) authorizer(request, (error, accepted) => answers.push([error, accepted]));
  assert.deepEqual([asked.length, answers.length], [64, 6]);
  assert.deepEqual(answers[0], [null, false]);
  while (asked.length > 0) answer();
  assert.equal(answers.filter(([, accepted]) => accepted === true).length, 1064);
  // Others have their own.
  authorizer({ headers: { cookie: cookieOf('ann') } }, () => {});
  assert.equal(asked.length, 1);
});

test('a connection that has ended before our turn is looked up no more', () => {
  const { authorizer, asked } = waiting();
  const conn = Object.assign(new FakeConnection(), { readyState: 'closed' });
  assert.deepEqual([attempt(authorizer, conn, namespaces[0]), asked], [['REFUSED'], []]);
  assert.equal(authorizer.stats().pending, 0);
});

test('a client that is gone is waited for no longer than success has time', async () => {
  // Warnings of the test before come at the end of the turn.
  await new Promise(setImmediate);
  const codes = [];
  const listen = ({ code }) => codes.push(code);
  process.on('warning', listen);
  const { authorizer } = waiting({ timeout: 20, success: () => {}, store: SESSIONS });
  const conn = new FakeConnection();
  const answers = attempt(authorizer, conn, namespaces[0]);
  conn.close();
  await sleep(50);
  process.off('warning', listen);
  assert.deepEqual([answers, codes], [['REFUSED'], []]);
});

test('a client that is gone while its origin is asked about is forgotten at once', async () => {
  // Warnings of the test before come at the end of the turn.
  await new Promise(setImmediate);
  const codes = [];
  const listen = ({ code }) => codes.push(code);
  process.on('warning', listen);
  const { authorizer, asked } = waiting({ timeout: 20, origin: () => new Promise(() => {}) });
  const conn = new FakeConnection();
  conn.request.headers.origin = 'https://a.example';
  const answers = attempt(authorizer, conn, namespaces[0]);
  conn.close();
  assert.deepEqual([answers, asked], [['REFUSED'], []]);
  await sleep(50);
  process.off('warning', listen);
  assert.deepEqual(codes, []);
});

test('a connection is listened to once', () => {
  const { authorizer, answer } = waiting();
  const conn = new FakeConnection();
  for (let i = 0; i < 50; i++) {
    attempt(authorizer, conn, namespaces[i % 3]);
    answer();
  }
  assert.equal(conn.listenerCount('close'), 1);
});

test('an origin function that ends the connection in the call: the app is asked no more', () => {
  const conn = new FakeConnection();
  conn.request.headers.origin = 'https://app.example.com';
  const asked = [];
  const { authorizer } = waiting({
    origin: () => {
      conn.close();
      return true;
    },
    store: SESSIONS,
    passport: passportOf((key, done) => {
      asked.push(key);
      done(null, { id: key });
    }),
  });
  assert.deepEqual(attempt(authorizer, conn, namespaces[0]), ['REFUSED']);
  assert.deepEqual([asked, authorizer.stats().authorized, authorizer.stats().pending], [[], 0, 0]);
});
