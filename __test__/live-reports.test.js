'use strict';

// What the operator hears of ended sessions: the channel, the debug log, and failures of onSessionEnd.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { messagesOf } = require('./support/channels');
const { runScript } = require('./support/child');
const { startLive, until } = require('./support/live/app');
const { codesOf, warningsFrom } = require('./support/warnings');

const ANN = { id: 1, name: 'ann' };

for (const onSessionEnd of ['disconnect', () => {}]) {
  test(`session-end: reason, user, socket, namespace and backend (onSessionEnd: ${onSessionEnd})`, async (t) => {
    const messages = messagesOf(t, 'session-end');
    let server;
    const app = await startLive(t, {
      options: { onSessionEnd },
      prepare: (io, authorizer) => io.use(authorizer).on('connection', (socket) => (server = socket)),
    });
    const cookie = await app.logIn(ANN);
    await app.visit(cookie);
    await app.post('/destroy', cookie);
    await until(() => messages.length > 0);
    const [{ reason, user, socket, request, namespace, backend }] = messages;
    assert.deepEqual([messages.length, reason, user.name, namespace], [1, 'destroyed', 'ann', '/']);
    assert.ok(socket === server && request === server.request);
    assert.deepEqual(backend, app.authorizer.backend);
  });
}

test('recheck: a session that is gone has a message too, and one that is there has none', async (t) => {
  const messages = messagesOf(t, 'session-end');
  let server;
  const app = await startLive(t, {
    options: { recheckEvery: 60_000 },
    prepare: (io, authorizer) => io.use(authorizer).on('connection', (socket) => (server = socket)),
  });
  const cookie = await app.logIn(ANN);
  await app.visit(cookie);
  await app.authorizer.recheck(server);
  assert.deepEqual(messages, []);
  await app.post('/destroy', cookie);
  await app.authorizer.recheck(server);
  assert.deepEqual(
    messages.map(({ reason }) => reason),
    ['destroyed'],
  );
});

test('a user that is a getter of the app, and throws: the socket is told all the same', async (t) => {
  const messages = messagesOf(t, 'session-end');
  const told = [];
  let server;
  const app = await startLive(t, {
    options: { onSessionEnd: (socket, reason) => told.push(reason) },
    prepare: (io, authorizer) => io.use(authorizer).on('connection', (socket) => (server = socket)),
  });
  const cookie = await app.logIn(ANN);
  await app.visit(cookie);
  const get = () => {
    throw new Error('no user');
  };
  Object.defineProperty(server.request, 'user', { get, configurable: true });
  await app.post('/destroy', cookie);
  await until(() => told.length > 0);
  assert.deepEqual([told, messages.length, 'user' in messages[0]], [['destroyed'], 1, false]);
});

test('an onSessionEnd that fails for all: one line, with the place in the app, and without the session id', async (t) => {
  const warnings = await warningsFrom(t);
  let told = 0;
  const onSessionEnd = (socket) => {
    told += 1;
    throw new Error(`no file\n${socket.request.sessionID}`);
  };
  const app = await startLive(t, { options: { onSessionEnd } });
  const cookie = await app.logIn(ANN);
  for (let i = 0; i < 3; i++) await app.visit(cookie);
  await app.post('/destroy', cookie);
  await until(() => told === 3);
  assert.deepEqual(await codesOf(warnings), ['SESSION_END_ERROR']);
  assert.match(warnings[0].message, /no file \S{4}… \(at .*live-reports\.test\.js:\d+:\d+\)+$/);
});

test('the debug log has a line', async () => {
  const { out, err } = await runScript(
    `
    const { EventEmitter } = require('node:events');
    const sessions = { 'ann-and-more': { passport: { user: 'ann' } } };
    const store = { get: (sid, done) => done(null, sessions[sid]) };
    const onSessionEnd = () => console.log('told');
    const authorizer = authorize({ secret: SECRET, store, passport: passportOf(), onSessionEnd, recheckEvery: 100 });
    const nsp = Object.assign(new EventEmitter(), { name: '/chat', connected: {}, sockets: new Map() });
    const socket = Object.assign(new EventEmitter(), { id: 'a', nsp, connected: true, request: { headers: { cookie: cookieOf('ann-and-more') } } });
    authorizer(socket, () => {
      nsp.sockets.set('a', socket);
      delete sessions['ann-and-more'];
      authorizer.recheck(socket).then(() => authorizer.close());
    });
  `,
    { env: { NODE_DEBUG: 'passport-socketio-native' } },
  );
  assert.equal(out, 'told');
  assert.match(err, /SESSION_END destroyed namespace="\/chat" session="ann-…" backend=store/);
});
