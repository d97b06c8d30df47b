'use strict';

// The option onSessionEnd: which sockets are watched, in which namespaces, by which authorizers, and from when on.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { MemoryStore } = require('express-session');
const { authorize } = require('..');
const { SOON, rounds, startLive, until } = require('./support/live/app');
const { VERSIONS } = require('./support/socket-server');
const { SECRET, cookieOf, handshake, passportOf } = require('./support/visit');
const { GUARDS, comeBack, startWithAnn } = require('./support/recovered');

const ANN = { id: 1, name: 'ann' };
const watchOf = ({ authorizer }) => {
  const { sessions, sockets } = authorizer.stats().watch;
  return { sessions, sockets };
};

for (const version of VERSIONS) {
  test(`Socket.IO ${version}: both sockets of a session are told, and the session is asked for once`, async (t) => {
    const app = await startLive(t, { version });
    const cookie = await app.logIn(ANN);
    await app.visit(cookie);
    const { socket } = await app.visit(cookie);
    assert.deepEqual(watchOf(app), { sessions: 1, sockets: 2 });
    await app.post('/destroy', cookie);
    await until(() => app.ends.length === 2);
    assert.equal(socket.connected, true);
    assert.deepEqual(watchOf(app), { sessions: 0, sockets: 0 });
  });

  test(`Socket.IO ${version}: a session that ends while a later middleware takes its time`, async (t) => {
    let goOn;
    const app = await startLive(t, {
      version,
      options: { recheckEvery: 60_000 },
      prepare(io, authorizer) {
        io.use(authorizer);
        io.use((_socket, next) => (goOn = next));
      },
    });
    const cookie = await app.logIn(ANN);
    const visited = app.visit(cookie);
    await until(() => goOn !== undefined);
    await app.post('/destroy', cookie);
    assert.deepEqual(watchOf(app), { sessions: 0, sockets: 0 });
    goOn();
    assert.equal((await visited).welcome, 'ann');
    await until(() => app.ends.length === 1);
    assert.deepEqual(app.ends, [['ann', 'destroyed']]);
  });

  test(`Socket.IO ${version}: a socket that a later middleware refuses is not watched`, async (t) => {
    const app = await startLive(t, {
      version,
      prepare(io, authorizer) {
        io.use(authorizer);
        io.use((_socket, next) => next(new Error('full')));
      },
    });
    const cookie = await app.logIn(ANN);
    const { refused } = await app.visit(cookie);
    assert.equal(refused.message ?? refused, 'full');
    assert.equal(app.authorizer.stats().authorized, 1);
    assert.deepEqual(watchOf(app), { sessions: 0, sockets: 0 });
    await app.post('/destroy', cookie);
    assert.deepEqual(app.ends, []);
  });

  test(`Socket.IO ${version}: listeners that the app removes, and a guest`, async (t) => {
    const app = await startLive(t, {
      version,
      options: { fail: (_data, _message, _critical, accept) => accept(null, true) },
    });
    await app.visit(undefined);
    await app.visit(await app.logIn(ANN));
    assert.deepEqual(watchOf(app), { sessions: 1, sockets: 1 });
    app.io.sockets.removeAllListeners('connect');
    const cookie = await app.logIn({ id: 2, name: 'bob' });
    const { socket } = await app.visit(cookie);
    assert.deepEqual(watchOf(app), { sessions: 2, sockets: 2 });
    socket.close();
    await until(() => watchOf(app).sockets === 1);
    assert.deepEqual(watchOf(app), { sessions: 1, sockets: 1 });
  });
}

// Socket.IO 2 and 4 do not disconnect a socket before it is connected; 3 itself keeps such a socket for ever.
test('Socket.IO 1: a socket that a middleware has disconnected, and that is connected all the same', async (t) => {
  const app = await startLive(t, {
    version: 1,
    prepare(io, authorizer) {
      io.use(authorizer);
      io.use((socket, next) => {
        socket.disconnect();
        next();
      });
    },
  });
  const connected = once(app.io.sockets, 'connection');
  app.visit(await app.logIn(ANN));
  await connected;
  assert.deepEqual(watchOf(app), { sessions: 0, sockets: 0 });
});

/** One connection with a socket in the default namespace and one in /chat; both are guarded. */
async function startWithTwo(t, options) {
  const app = await startLive(t, {
    options,
    prepare: (io, authorizer) => {
      authorizer.protect(io);
      io.of('/chat').on('connection', (socket) => socket.emit('welcome', 'chat'));
    },
  });
  const cookie = await app.logIn(ANN);
  const { socket } = await app.visit(cookie);
  const chat = socket.io.socket('/chat', {});
  await new Promise((resolve) => chat.once('welcome', resolve));
  assert.deepEqual(watchOf(app), { sessions: 1, sockets: 2 });
  return { ...app, cookie, sockets: [socket, chat] };
}

test('two namespaces of a connection: a function is told of each socket', async (t) => {
  const namespaces = [];
  const app = await startWithTwo(t, {
    onSessionEnd(socket, reason) {
      assert.equal(this.recheckEvery, SOON);
      namespaces.push([socket.nsp.name, reason]);
    },
  });
  await app.post('/destroy', app.cookie);
  await until(() => namespaces.length === 2);
  const expected = [
    ['/', 'destroyed'],
    ['/chat', 'destroyed'],
  ];
  assert.deepEqual(namespaces, expected);
});

test("two namespaces of a connection: 'disconnect' ends both, and both are counted", async (t) => {
  const app = await startWithTwo(t, { onSessionEnd: 'disconnect' });
  await app.post('/destroy', app.cookie);
  await until(() => app.sockets.every((socket) => !socket.connected));
  assert.equal(app.authorizer.stats().watch.ended.destroyed, 2);
  assert.deepEqual(watchOf(app), { sessions: 0, sockets: 0 });
});

test('two authorizers let a socket in: each is told once, of its own session', async (t) => {
  const told = [];
  const others = [];
  const app = await startLive(t, {
    prepare(io, authorizer) {
      io.use(authorizer);
      io.use((socket, next) => others[0](socket, next));
    },
  });
  const options = { secret: SECRET, store: app.store, passport: app.passport, recheckEvery: SOON };
  const second = authorize({ ...options, onSessionEnd: (_socket, reason) => told.push(reason) });
  others.push(second);
  const cookie = await app.logIn(ANN);
  const { socket } = await app.visit(cookie);
  assert.deepEqual(second.stats().watch.sockets, 1);
  await app.post('/put', cookie, { id: 2 });
  await until(() => told.length > 0 && app.ends.length > 0);
  assert.deepEqual([told, app.ends], [['user-changed'], [['ann', 'user-changed']]]);
  assert.deepEqual([second.stats().watch.sockets, watchOf(app).sockets], [0, 0]);
  const other = await app.visit(await app.logIn(ANN));
  assert.deepEqual([second.stats().watch.sockets, watchOf(app).sockets], [1, 1]);
  // The first one is closed: the other one goes on.
  app.authorizer.close();
  assert.deepEqual([second.stats().watch.sockets, watchOf(app).sockets], [1, 0]);
  other.socket.close();
  await until(() => second.stats().watch.sockets === 0);
  assert.equal(socket.connected, true);
});

test('a callback that throws, and one that rejects: one warning a minute, and the others are told', async (t) => {
  const warnings = [];
  const note = (warning) => warnings.push(warning);
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  const told = [];
  const app = await startLive(t, {
    options: {
      onSessionEnd({ request }) {
        told.push(request.user.name);
        const error = new Error(`no file ${request.sessionID}`);
        if (request.user.name === 'bob') return Promise.reject(error);
        throw error;
      },
    },
  });
  const cookies = [];
  for (const name of ['ann', 'bob', 'cat']) {
    cookies.push(await app.logIn({ name }));
    await app.visit(cookies.at(-1));
  }
  for (const cookie of cookies) await app.post('/destroy', cookie);
  await until(() => told.length === 3 && warnings.length > 0);
  const [{ name, code, message }] = warnings;
  assert.deepEqual(
    { name, code, count: warnings.length },
    { name: 'PassportSocketIoWarning', code: 'SESSION_END_ERROR', count: 1 },
  );
  assert.match(message, /onSessionEnd given to authorize\(\) failed\..*no file .{4}…/);
});

test('close(): nobody is ended, and nothing is asked any more', async (t) => {
  const app = await startLive(t);
  const cookie = await app.logIn(ANN);
  const { socket } = await app.visit(cookie);
  await rounds(app);
  app.authorizer.close();
  assert.deepEqual(app.authorizer.stats().watch.tier, null);
  await app.post('/destroy', cookie);
  app.store.get = () => assert.fail('asked');
  await new Promise((resolve) => setTimeout(resolve, 2 * SOON));
  assert.deepEqual([app.ends, socket.connected, watchOf(app)], [[], true, { sessions: 0, sockets: 0 }]);
});

for (const [title, guard] of Object.entries(GUARDS)) {
  test(`a recovered socket is watched as soon as it is authorized (${title})`, async (t) => {
    const ends = [];
    const app = await startWithAnn(t, {
      guard,
      options: {
        onSessionEnd: (socket, reason) => ends.push([socket.recovered, reason]),
        recheckEvery: SOON,
      },
    });
    const socket = await comeBack(app);
    await until(() => socket.request.user.name === 'ann' && watchOf(app).sockets === 1);
    delete app.sessions.ann;
    await until(() => ends.length > 0);
    assert.deepEqual(ends, [[true, 'destroyed']]);
  });
}

test('allowRequest and a middleware: the socket of an allowed request is watched', async (t) => {
  let allow;
  const app = await startLive(t, {
    server: { allowRequest: (request, done) => allow(request, done) },
    prepare(io, authorizer) {
      allow = authorizer;
      authorizer.protect(io);
    },
  });
  const cookie = await app.logIn(ANN);
  await app.visit(cookie);
  assert.deepEqual(watchOf(app), { sessions: 1, sockets: 1 });
  await app.post('/destroy', cookie);
  await until(() => app.ends.length > 0);
  assert.deepEqual(app.ends, [['ann', 'destroyed']]);
});

test('Socket.IO 0.9, and allowRequest alone: there is no socket to watch, which a warning says', async () => {
  const store = new MemoryStore();
  store.sessions.ann = JSON.stringify({ passport: { user: 'ann' } });
  const warned = once(process, 'warning');
  const authorizer = authorize({ secret: SECRET, store, passport: passportOf(), onSessionEnd: 'disconnect' });
  assert.ok((await handshake(authorizer, cookieOf('ann'))).accepted);
  const [{ code, message }] = await warned;
  assert.equal(code, 'NO_SOCKET_YET');
  assert.match(
    message,
    /index, rooms, share and onSessionEnd of authorize\(\) need the authorizer as a middleware/,
  );
  assert.deepEqual(watchOf({ authorizer }), { sessions: 0, sockets: 0 });
});
