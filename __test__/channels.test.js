'use strict';

// Diagnostics channels: what a message has, and that nothing depends on who listens.

const assert = require('node:assert/strict');
const { EventEmitter } = require('node:events');
const { test } = require('node:test');
const { messagesOf } = require('./support/channels');
const { FakeConnection, attempt, namespaces } = require('./support/attempts');
const { runScript } = require('./support/child');
const { handMade } = require('./support/hand-made');
const { cookieOf, handshake, passportOf, visit } = require('./support/visit');

/** A visit of a socket of a namespace. */
function visitChat(authorizer, cookie) {
  const socket = {
    request: { headers: { cookie } },
    nsp: Object.assign(new EventEmitter(), { name: '/chat' }),
  };
  return new Promise((resolve) => authorizer(socket, (error) => resolve({ socket, error })));
}

/** The numbers aside. */
function membersOf(message) {
  assert.equal(typeof message.durationMs, 'number');
  assert.ok(message.durationMs >= 0);
  return Object.keys(message).sort();
}

test('authorized: request, socket, namespace, user, time and backend', async (t) => {
  const messages = messagesOf(t, 'authorized');
  const refused = messagesOf(t, 'refused');
  const authorizer = handMade();
  const { socket } = await visitChat(authorizer, cookieOf('ann'));
  const [message] = messages;
  assert.deepEqual([messages.length, refused.length], [1, 0]);
  assert.deepEqual(membersOf(message), [
    ...['backend', 'durationMs', 'namespace', 'request', 'socket', 'user'],
  ]);
  assert.equal(message.request, socket.request);
  assert.equal(message.socket, socket);
  assert.equal(message.namespace, '/chat');
  assert.deepEqual(message.user, { id: 'ann', logged_in: true });
  assert.deepEqual(message.backend, authorizer.backend);
});

test('authorized: the user that success has put there, in the property of the authorizer', async (t) => {
  const messages = messagesOf(t, 'authorized');
  const success = (data, accept) => {
    data.account = { id: 'another' };
    accept();
  };
  await visit(handMade({ success, userProperty: 'account' }), cookieOf('ann'));
  assert.equal(messages[0].user.id, 'another');
});

test('refused: also code and hint, and the cause where there is one', async (t) => {
  const messages = messagesOf(t, 'refused');
  const authorized = messagesOf(t, 'authorized');
  let info;
  const fail = (data, message, critical, accept, given) => {
    info = given;
    accept(new Error('no'));
  };
  await visitChat(handMade({ fail }), '');
  assert.deepEqual(membersOf(messages[0]), [
    ...['backend', 'code', 'durationMs', 'hint', 'namespace', 'request', 'socket'],
  ]);
  assert.deepEqual([messages[0].code, messages[0].hint], ['NO_COOKIE', info.hint]);

  const cause = new Error('no table');
  const passport = passportOf((key, done) => done(cause));
  await visit(handMade({ fail, passport }), cookieOf('ann'));
  assert.deepEqual(
    [messages[1].code, messages[1].hint, messages[1].cause, messages[1].user],
    ['DESERIALIZE_ERROR', info.hint, cause, undefined],
  );
  assert.deepEqual([messages.length, authorized.length], [2, 0]);
});

test('refused by success: REFUSED, with the user', async (t) => {
  const messages = messagesOf(t, 'refused');
  await visit(handMade({ success: (data, accept) => accept(null, false) }), cookieOf('ann'));
  const { code, hint, user } = messages[0];
  assert.deepEqual([code, user.id], ['REFUSED', 'ann']);
  assert.match(hint, /accept/);
});

test('under allowRequest and in Socket.IO 0.9 there is no socket', async (t) => {
  const [authorized, refused] = [messagesOf(t, 'authorized'), messagesOf(t, 'refused')];
  await handshake(handMade(), cookieOf('ann'));
  await handshake(handMade(), '');
  assert.deepEqual(membersOf(authorized[0]), ['backend', 'durationMs', 'request', 'user']);
  assert.deepEqual(membersOf(refused[0]), ['backend', 'code', 'durationMs', 'hint', 'request']);
});

test('a guest is neither authorized nor refused; a client that has left neither', async (t) => {
  const all = [messagesOf(t, 'authorized'), messagesOf(t, 'refused')];
  const fail = (data, message, critical, accept) => accept(null, true);
  assert.equal((await visit(handMade({ fail }), '')).error, undefined);
  const asked = [];
  const waiting = handMade({ store: { get: (sid, done) => asked.push(done) } });
  const conn = new FakeConnection();
  const answers = attempt(waiting, conn, namespaces[0]);
  conn.close();
  asked.pop()(null, { passport: { user: 'ann' } });
  assert.deepEqual([answers, all], [['REFUSED'], [[], []]]);
});

test('an attempt too many has a message too', async (t) => {
  const refused = messagesOf(t, 'refused');
  const waiting = handMade({ store: { get() {} }, timeout: 50 });
  const conn = new FakeConnection();
  const answers = [];
  for (let i = 0; i < 5; i++) attempt(waiting, conn, namespaces[0], answers);
  assert.deepEqual(
    [answers, refused.map(({ code }) => code)],
    [['TOO_MANY_ATTEMPTS'], ['TOO_MANY_ATTEMPTS']],
  );
  assert.equal(typeof refused[0].durationMs, 'number');
  conn.close();
});

test('who subscribes while an authorization is under way hears of the next', async (t) => {
  const asked = [];
  const authorizer = handMade({ store: { get: (sid, done) => asked.push(done) } });
  const first = visit(authorizer, cookieOf('ann'));
  const messages = messagesOf(t, 'authorized');
  asked.pop()(null, { passport: { user: 'ann' } });
  await first;
  assert.deepEqual(messages, []);
  const second = visit(authorizer, cookieOf('ann'));
  asked.pop()(null, { passport: { user: 'ann' } });
  await second;
  assert.equal(messages.length, 1);
});

test('a message is made only for subscribers', async () => {
  const authorizer = handMade();
  let reads = 0;
  const nsp = {
    get name() {
      reads += 1;
      return '/';
    },
    listeners: () => [],
    on() {},
  };
  const come = () => new Promise((resolve) => authorizer({ request: { headers: {} }, nsp }, resolve));
  await come();
  assert.equal(reads, 0);
  const { subscribe, unsubscribe } = require('node:diagnostics_channel');
  const listener = () => {};
  subscribe('passport-socketio-native:refused', listener);
  await come();
  unsubscribe('passport-socketio-native:refused', listener);
  const during = reads;
  await come();
  assert.ok(during > 0);
  assert.equal(reads, during);
});

test('a subscriber that throws: uncaught, as Node does it, and the client is decided all the same', async () => {
  const { out } = await runScript(`
    const { subscribe } = require('node:diagnostics_channel');
    const errors = [];
    process.on('uncaughtException', (error) => errors.push(error.message));
    for (const name of ['authorized', 'refused']) {
      subscribe('passport-socketio-native:' + name, () => { throw new Error(name + ' threw'); });
    }
    const store = { get: (sid, done) => done(null, { passport: { user: sid } }) };
    const authorizer = authorize({ secret: SECRET, store, passport: passportOf() });
    (async () => {
      const { error, data } = await visit(authorizer, cookieOf('ann'));
      const { error: refused } = await visit(authorizer, '');
      setImmediate(() => console.log(error, data.user.id, refused.code, authorizer.stats().pending, errors.join()));
    })();
  `);
  assert.equal(out, 'undefined ann NO_COOKIE 0 authorized threw,refused threw');
});
