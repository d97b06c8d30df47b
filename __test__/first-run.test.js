'use strict';

// Help at the first run: one warning where the first clients are all refused for the same reason, outside production.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { runScript } = require('./support/child');
const { FakeConnection, namespaces } = require('./support/attempts');
const { handMade } = require('./support/hand-made');
const { cookieOf, handshake, passportOf, visit } = require('./support/visit');
const { codesOf, warningsFrom } = require('./support/warnings');

/** What clients send, by the code of the refusal. */
const REFUSED = {
  NO_COOKIE: '',
  COOKIE_NOT_SIGNED: 'connect.sid=bare',
  BAD_SIGNATURE: cookieOf('ann', { secret: 'another' }),
  SESSION_NOT_FOUND: cookieOf('nobody'),
  PASSPORT_NOT_INITIALIZED: cookieOf('stranger'),
  NOT_LOGGED_IN: cookieOf('loggedOut'),
};

for (const [code, cookie] of Object.entries(REFUSED)) {
  for (const [style, come] of Object.entries({ visit, handshake })) {
    test(`three clients refused with ${code} (${style}): one warning, with hint and page`, async (t) => {
      const warnings = await warningsFrom(t);
      let hint;
      const fail = (data, message, critical, accept, info) => {
        ({ hint } = info);
        accept(null, false);
      };
      const authorizer = handMade({ fail });
      for (let i = 0; i < 2; i++) await come(authorizer, cookie);
      assert.deepEqual(await codesOf(warnings), []);
      for (let i = 0; i < 9; i++) await come(authorizer, cookie);
      assert.deepEqual(await codesOf(warnings), ['FIRST_RUN']);
      const [{ message }] = warnings;
      assert.match(message, new RegExp(`three connections were refused with ${code}\\. `));
      assert.ok(message.includes(hint), message);
      assert.ok(message.includes(`docs/troubleshooting.md#${code.toLowerCase()}`), message);
    });
  }
}

test('the default fail refuses too', async (t) => {
  const warnings = await warningsFrom(t);
  const authorizer = handMade();
  for (let i = 0; i < 3; i++) await visit(authorizer, '');
  assert.deepEqual(await codesOf(warnings), ['FIRST_RUN']);
});

test('an unknown user, and a page of another origin', async (t) => {
  const warnings = await warningsFrom(t);
  const unknown = handMade({ passport: passportOf((key, done) => done(null, false)) });
  const elsewhere = handMade({ origin: ['https://a.example'] });
  const headers = { origin: 'https://b.example', host: 'a.example' };
  for (let i = 0; i < 3; i++) {
    await visit(unknown, cookieOf('ann'));
    await visit(elsewhere, { headers: { ...headers } });
  }
  assert.deepEqual(await codesOf(warnings), ['FIRST_RUN', 'FIRST_RUN']);
});

const SILENT = {
  'a user was let in before': async (authorizer) => {
    await visit(authorizer, cookieOf('ann'));
  },
  'a guest was let in before': async (authorizer) => {
    await visit(authorizer, { headers: {}, isGuest: true });
  },
  'a user was refused by success before': async (authorizer) => {
    await visit(authorizer, cookieOf('bob'));
  },
};

for (const [title, before] of Object.entries(SILENT)) {
  test(`nothing is said where ${title}`, async (t) => {
    const warnings = await warningsFrom(t);
    const authorizer = handMade({
      success: (data, accept) => accept(null, data.user.id !== 'bob'),
      fail: (data, message, critical, accept) => accept(null, data.isGuest === true),
    });
    await before(authorizer);
    for (let i = 0; i < 9; i++) await visit(authorizer, '');
    assert.deepEqual(await codesOf(warnings), []);
  });
}

test('three in a row: another reason begins anew, and a fault of the server counts for nothing', async (t) => {
  const warnings = await warningsFrom(t);
  let isDown = false;
  const store = { get: (sid, done) => (isDown ? done(new Error('no route')) : done()) };
  const authorizer = handMade({ store });
  const { NO_COOKIE: none, SESSION_NOT_FOUND: gone } = REFUSED;
  for (const cookie of [none, none, gone, gone, none, none]) await visit(authorizer, cookie);
  isDown = true;
  for (let i = 0; i < 5; i++) await visit(authorizer, gone);
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR']);
  await visit(authorizer, none);
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR', 'FIRST_RUN']);
});

test('a connection counts once, however many namespaces refuse it', async (t) => {
  const warnings = await warningsFrom(t);
  const authorizer = handMade();
  const connect = () => Object.assign(new FakeConnection(), { request: { headers: {} } });
  const enter = (conn, nsp) =>
    new Promise((resolve) => authorizer({ conn, nsp, request: conn.request }, resolve));
  for (const conn of [connect(), connect()]) {
    for (const nsp of namespaces.slice(0, 5)) await enter(conn, nsp);
  }
  assert.deepEqual(await codesOf(warnings), []);
  await enter(connect(), namespaces[0]);
  assert.deepEqual(await codesOf(warnings), ['FIRST_RUN']);
});

test('a client that has left is no refusal', async (t) => {
  const warnings = await warningsFrom(t);
  const authorizer = handMade();
  for (let i = 0; i < 5; i++) {
    const conn = Object.assign(new FakeConnection(), { readyState: 'closed', request: { headers: {} } });
    await new Promise((resolve) => authorizer({ conn, request: conn.request }, resolve));
  }
  assert.deepEqual(await codesOf(warnings), []);
  for (let i = 0; i < 3; i++) await visit(authorizer, '');
  assert.deepEqual(await codesOf(warnings), ['FIRST_RUN']);
});

test('authorizers of several namespaces: the same is said once', async (t) => {
  const warnings = await warningsFrom(t);
  for (let i = 0; i < 5; i++) {
    const authorizer = handMade();
    for (let j = 0; j < 3; j++) await visit(authorizer, '');
  }
  assert.deepEqual(await codesOf(warnings), ['FIRST_RUN']);
});

test('nothing is said in production', async () => {
  const script = `
    const authorizer = authorize({ secret: SECRET, store: { get() {} }, passport: passportOf() });
    (async () => { for (let i = 0; i < 9; i++) await visit(authorizer, ''); })();
  `;
  const { err } = await runScript(script, { env: { NODE_ENV: 'production' } });
  assert.equal(err, '');
  assert.match((await runScript(script)).err, /FIRST_RUN/);
});
