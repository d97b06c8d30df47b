'use strict';

// What passport-socketio-native/testing has beyond the real authorizer, and what it does without.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { MemoryStore } = require('express-session');
const { Passport } = require('passport');
const ours = require('..');
const { outcomes } = require('../binding');
const { OPTIONS } = require('../lib/authorize/options');
const { FAILURES } = require('../lib/testing/failures');
const testing = require('../testing');
const { loadWithBareGlobal } = require('./support/bare-global');
const { runScript } = require('./support/child');
const { until } = require('./support/live/app');
const { startKind } = require('./support/testing');
const { codesOf, warningsFrom } = require('./support/warnings');
const { visit } = require('./support/visit');

const { authorizeAs } = testing;
const REASONS = ['destroyed', 'expired', 'logged-out', 'user-changed'];
const REQUEST = () => ({ headers: {} });

test('it loads neither the addon nor Passport nor a Redis client', async () => {
  const script = `
    const Module = require('node:module');
    const { _load, _extensions } = Module;
    _extensions['.node'] = () => { throw new Error('an addon was loaded'); };
    Module._load = (id, ...more) => {
      if (/binding|lib.addon|^passport$|redis$/.test(id)) throw new Error(id + ' was loaded');
      return _load(id, ...more);
    };
    const { authorizeAs } = require(${JSON.stringify(require.resolve('../testing'))});
    const authorizer = authorizeAs({ id: 1 }, { index: ['id'], rooms: () => [], onSessionEnd: 'disconnect' });
    authorizer({ request: { headers: {} } }, (error) => console.log(error ?? 'let in'));
  `;
  const { code, out, err } = await runScript(script, { preamble: '' });
  assert.deepEqual([code, out], [0, 'let in'], err);
});

test('its failures are rows of the table of outcomes', () => {
  const rows = new Map(outcomes().map((row) => [row.code, row]));
  for (const [code, { message, hint, critical = false, clientText = message }] of Object.entries(FAILURES)) {
    const row = rows.get(code);
    assert.deepEqual(
      { message, hint, critical, clientText },
      { message: row.message, hint: row.hint, critical: row.critical, clientText: row.clientText },
      code,
    );
  }
});

test('it has every member of an authorizer, and stats() every number', () => {
  const real = ours.authorize({ secret: 'x', store: new MemoryStore(), passport: new Passport() });
  const played = authorizeAs({ id: 1 });
  assert.deepEqual(
    Object.keys(played)
      .filter((name) => name !== 'end')
      .sort(),
    Object.keys(real).sort(),
  );
  assert.deepEqual(Object.keys(played.stats()).sort(), Object.keys(real.stats()).sort());
  assert.deepEqual(Object.keys(played.backend).sort(), Object.keys(real.backend).sort());
  for (const name of Object.keys(real)) assert.equal(typeof played[name], typeof real[name], name);
});

test('it has every export but authorize', () => {
  assert.deepEqual(
    Object.keys(testing).sort(),
    Object.keys(ours)
      .map((name) => (name === 'authorize' ? 'authorizeAs' : name))
      .sort(),
  );
});

test('a user, a promise of one, and functions', async () => {
  const user = { id: 1 };
  for (const given of [
    user,
    Promise.resolve(user),
    () => user,
    async () => user,
    (request) => request.brought,
  ]) {
    const { error, data } = await visit(authorizeAs(given), { headers: {}, brought: user });
    assert.equal(error, undefined);
    assert.equal(data.user, user);
    assert.equal(data.user.logged_in, true);
    assert.equal(typeof data.sessionID, 'string');
  }
});

test('whoever is nobody is refused as without a log-in', async () => {
  for (const nobody of [false, undefined, null, 0, '']) {
    for (const given of [nobody, Promise.resolve(nobody), () => nobody, async () => nobody]) {
      const { error, data } = await visit(authorizeAs(given), REQUEST());
      assert.ok(error instanceof ours.AuthorizationError);
      assert.deepEqual([error.code, error.data], ['NOT_LOGGED_IN', { code: 'NOT_LOGGED_IN' }]);
      assert.deepEqual(data.user, { logged_in: false });
    }
  }
});

test('the options of the app can be given as they are', async () => {
  const store = new MemoryStore();
  const options = { secret: 'x', store, key: 'sid', origin: 'same-host', sessionIdInQuery: false, own: 1 };
  const { error } = await visit(authorizeAs({ id: 1 }, options), REQUEST());
  assert.equal(error, undefined);
});

test('a wrong option is refused at once, as the real one refuses it', () => {
  const wrong = {
    userProperty: [''],
    timeout: [0, NaN, '5', 2 ** 31],
    success: ['yes'],
    fail: [1],
    index: ['id', [''], ['a..b']],
    share: ['id', ['__proto__']],
    rooms: ['a'],
    onSessionEnd: ['close', true],
  };
  for (const [name, values] of Object.entries(wrong)) {
    assert.ok(OPTIONS.includes(name));
    for (const value of values) {
      const named = { name: 'TypeError', message: new RegExp(`option ${name} must`) };
      assert.throws(() => authorizeAs({}, { [name]: value }), named);
      const real = { secret: 'x', store: new MemoryStore(), passport: new Passport(), [name]: value };
      assert.throws(() => ours.authorize(real), named);
    }
  }
  assert.throws(() => authorizeAs({}, null), TypeError);
});

for (const reason of REASONS) {
  test(`a session ends: ${reason}`, async (t) => {
    const ends = [];
    const onSessionEnd = (socket, why) => ends.push([socket.nsp.name, why]);
    const prepare = (io, authorizer) => {
      authorizer.protect(io);
      for (const name of ['/', '/chat'])
        io.of(name).on('connection', (socket) => socket.emit('welcome', 'hello'));
    };
    const app = await startKind(t, { kind: 'authorizeAs', options: { onSessionEnd }, prepare });
    const { there, socket } = await app.enter('ann');
    const entered = new Promise((resolve) => app.io.of('/chat').once('connection', resolve));
    const chat = socket.io.socket('/chat');
    t.after(() => chat.close());
    await entered;
    await app.enter('bob');

    app.authorizer.end(there, reason);
    assert.deepEqual(ends.sort(), [
      ['/', reason],
      ['/chat', reason],
    ]);
    const { sessions, ended } = app.authorizer.stats().watch;
    assert.deepEqual([sessions, ended[reason]], [1, 2]);
    // Once a socket.
    app.authorizer.end(there, reason);
    assert.equal(ends.length, 2);
  });
}

test('a session that has ended lets nobody in any more', async () => {
  for (const [reason, code] of [
    ['destroyed', 'SESSION_NOT_FOUND'],
    ['expired', 'SESSION_NOT_FOUND'],
    ['logged-out', 'NOT_LOGGED_IN'],
    ['user-changed', undefined],
  ]) {
    const authorizer = authorizeAs({ id: 1 });
    const request = REQUEST();
    assert.equal((await visit(authorizer, request)).error, undefined);
    authorizer.end({ request }, reason);
    assert.equal((await visit(authorizer, request)).error?.code, code, reason);
    // Another client has another session.
    assert.equal((await visit(authorizer, REQUEST())).error, undefined);
  }
});

test('a session that ends before the socket is connected', async (t) => {
  const ends = [];
  const app = await startKind(t, {
    kind: 'authorizeAs',
    options: { onSessionEnd: (socket, reason) => ends.push(reason) },
    prepare(io, authorizer) {
      io.use(authorizer);
      io.use((socket, next) => {
        authorizer.end(socket, 'expired');
        next();
      });
      io.on('connection', (socket) => socket.emit('welcome', 'hello'));
    },
  });
  await app.visit('ann');
  await until(() => ends.length === 1);
  assert.deepEqual(ends, ['expired']);
});

test('recheck finds another user in the session', async (t) => {
  const ends = [];
  const onSessionEnd = (socket, reason) => ends.push(reason);
  const app = await startKind(t, {
    kind: 'authorizeAs',
    options: { onSessionEnd },
    users: { ann: { id: 1 } },
  });
  const { there } = await app.enter('ann');
  app.users.ann = { id: 1, role: 'admin' };
  assert.equal((await app.authorizer.recheck(there)).role, 'admin');
  assert.deepEqual(ends, []);
  app.users.ann = { id: 2 };
  assert.equal(await app.authorizer.recheck(there), undefined);
  assert.deepEqual(ends, ['user-changed']);
});

test('a socket over WebTransport, which has no request', async () => {
  const authorizer = authorizeAs({ id: 1 });
  const socket = { request: null };
  assert.equal(await new Promise((resolve) => authorizer(socket, resolve)), undefined);
  authorizer.end(socket);
  const { code } = await new Promise((resolve) => authorizer(socket, resolve));
  assert.equal(code, 'SESSION_NOT_FOUND');
});

test('a wrong end is a TypeError', async () => {
  const authorizer = authorizeAs({ id: 1 });
  for (const socket of [undefined, null, 'id', {}, { request: {} }]) {
    assert.throws(() => authorizer.end(socket), { name: 'TypeError', message: /authorizer\.end\(socket\)/ });
  }
  const request = REQUEST();
  await visit(authorizer, request);
  assert.throws(() => authorizer.end({ request }, 'gone'), { message: /one of destroyed, expired/ });
});

test("the package's own filter finds the sockets too, and this one those of the real authorizer", async (t) => {
  const options = { index: ['role'] };
  const played = await startKind(t, { kind: 'authorizeAs', options });
  const real = await startKind(t, { kind: 'authorize', options });
  for (const { io, enter } of [played, real]) {
    const { there } = await enter('ann');
    for (const { filterSocketsByUser, countSocketsByUser } of [ours, testing]) {
      assert.deepEqual(filterSocketsByUser(io, { role: 'admin' }), [there]);
      assert.deepEqual(
        filterSocketsByUser(io, ({ name }) => name === 'ann'),
        [there],
      );
      assert.equal(countSocketsByUser(io, { role: 'user' }), 0);
    }
  }
});

test('indexed values are those of the connection, until reindex', async (t) => {
  const app = await startKind(t, { kind: 'authorizeAs', options: { index: ['role'] } });
  const { there } = await app.enter('ann');
  app.users.ann.role = 'user';
  assert.equal(app.countSocketsByUser(app.io, { role: 'admin' }), 1);
  app.authorizer.reindex(there);
  assert.equal(app.countSocketsByUser(app.io, { role: 'admin' }), 0);
  assert.equal(app.countSocketsByUser(app.io, { role: 'user' }), 1);
});

test('what is wrong in the app is warned of', async (t) => {
  const warnings = await warningsFrom(t);
  const broken = new Error('no database');
  await visit(
    authorizeAs(() => Promise.reject(broken)),
    REQUEST(),
  );
  await visit(authorizeAs({ id: 1 }, { success: () => Promise.reject(broken) }), REQUEST());
  await visit(authorizeAs({ id: 1 }, { success: (_data, accept) => accept(null, undefined) }), REQUEST());
  await visit(authorizeAs(false), REQUEST());
  assert.deepEqual(await codesOf(warnings), ['DESERIALIZE_ERROR', 'CALLBACK_ERROR', 'FALSY_ACCEPT']);
  assert.match(warnings[0].message, /no database/);
});

test('it works with a global object that is not Node’s, as under Jest', async () => {
  const { authorizeAs: authorizeInJest, AuthorizationError } = loadWithBareGlobal('testing.js');
  const late = await visit(authorizeInJest(new Promise(() => {}), { timeout: 20 }), REQUEST());
  assert.equal(late.error.code, 'DESERIALIZE_TIMEOUT');
  assert.ok(late.error instanceof AuthorizationError);
  const options = { index: ['id'], share: ['id'], rooms: () => ['all'], onSessionEnd: 'disconnect' };
  const { error, data } = await visit(
    authorizeInJest(async () => ({ id: 1 }), options),
    REQUEST(),
  );
  assert.equal(error, undefined);
  assert.deepEqual(data.user, { id: 1, logged_in: true });
});
