'use strict';

// The whole way: a log-in over HTTP writes the session, a real client of Socket.IO 4 is known by it.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { after, before, test } = require('node:test');
const { MemoryStore } = require('express-session');
const { Server } = require('socket.io');
const { authorize, filterSocketsByUser } = require('..');
const { startRedis } = require('../scripts/support/redis-server');
const { redisStoreFor, startApp } = require('./support/app');
const { connect } = require('./support/socket-client');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

/** Greets every user by name, in the default namespace and in /chat. */
function greeting(options) {
  return (server, login) => {
    const io = new Server(server);
    for (const namespace of [io, io.of('/chat')]) {
      const authorizer = authorize({ ...login, ...options });
      io.authorizers = [...(io.authorizers ?? []), authorizer];
      namespace.use(authorizer);
      namespace.on('connection', (socket) => {
        const { name, logged_in: loggedIn } = socket.request.user;
        socket.emit('welcome', `${name} ${loggedIn} ${socket.nsp.name}`);
      });
    }
    io.httpServer.on('close', () => io.authorizers.forEach((authorizer) => authorizer.close()));
    return io;
  };
}

/** The app over one of the ways to a session. */
const WAYS = {
  'connect-redis 10 over node-redis 6': async (t) => ({
    store: await redisStoreFor(t, redis),
    attach: greeting(),
  }),
  'the option redis, no store': async (t) => ({
    store: await redisStoreFor(t, redis),
    attach: greeting({ redis: redis.url, store: undefined }),
  }),
  MemoryStore: async () => ({ store: new MemoryStore(), attach: greeting() }),
};

function forged(cookie) {
  return cookie.replace(/\.([^.])([^.]*)$/, (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`);
}

for (const [way, make] of Object.entries(WAYS)) {
  test(`${way}: let in`, async (t) => {
    const app = await startApp(t, await make(t));
    const cookie = await app.logIn('ann');
    for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
      // More than the proof of a derived look-up needs.
      for (let i = 0; i < 4; i++) {
        const { welcome, refused, socket } = await connect(t, app.url, { cookie, transports });
        assert.equal(welcome, 'ann true /', refused?.message);
        if (transports.length === 2) {
          const { engine } = socket.io;
          if (engine.transport.name === 'polling') await once(engine, 'upgrade');
          assert.equal(engine.transport.name, 'websocket');
        }
      }
    }
    const { welcome } = await connect(t, `${app.url}/chat`, { cookie });
    assert.equal(welcome, 'ann true /chat');
    // Bun rewrites what it loads, and so the text of `get`.
    const isFollowed = !('bun' in process.versions) || /option redis/.test(way);
    const isNative = way !== 'MemoryStore' && isFollowed;
    assert.equal(app.io.authorizers[0].backend.kind, isNative ? 'redis' : 'store');
  });

  test(`${way}: refused`, async (t) => {
    const app = await startApp(t, await make(t));
    const loggedOut = await app.logIn('ann');
    const afterLogOut = await app.post('/logout', loggedOut);
    const destroyed = await app.logIn('bob');
    await app.post('/destroy', destroyed);
    const cookie = await app.logIn('cat');
    const table = [
      ['no cookie', undefined, 'No session found', 'NO_COOKIE'],
      ['another cookie', 'a=b', 'No session found', 'NO_COOKIE'],
      ['forged', forged(cookie), 'No session found', 'BAD_SIGNATURE'],
      ['not signed', 'connect.sid=abc', 'No session found', 'COOKIE_NOT_SIGNED'],
      ['logged out', loggedOut, 'No session found', 'SESSION_NOT_FOUND'],
      ['after a log-out', afterLogOut, 'Passport was not initialized', 'PASSPORT_NOT_INITIALIZED'],
      ['never logged in', await app.arrive(), 'Passport was not initialized', 'PASSPORT_NOT_INITIALIZED'],
      ['destroyed', destroyed, 'No session found', 'SESSION_NOT_FOUND'],
    ];
    for (const namespace of ['/', '/chat']) {
      for (const [title, sent, message, code] of table) {
        const { refused } = await connect(t, app.url + namespace, { cookie: sent });
        assert.deepEqual(
          { message: refused?.message, data: refused?.data },
          { message, data: { code } },
          title,
        );
      }
    }
    const { welcome } = await connect(t, app.url, { cookie });
    assert.equal(welcome, 'cat true /');
  });
}

test('two namespaces over one connection', async (t) => {
  const app = await startApp(t, await WAYS['the option redis, no store'](t));
  const { socket, welcome } = await connect(t, app.url, { cookie: await app.logIn('ann') });
  assert.equal(welcome, 'ann true /');
  const chat = socket.io.socket('/chat');
  chat.connect();
  const [second] = await once(chat, 'welcome');
  assert.equal(second, 'ann true /chat');
  const [server] = app.io.sockets.sockets.values();
  const [other] = app.io.of('/chat').sockets.values();
  assert.equal(server.request, other.request);
  assert.equal(app.io.engine.clientsCount, 1);
});

test('allowRequest, in the style of Socket.IO 0.9', async (t) => {
  const app = await startApp(t, {
    store: await redisStoreFor(t, redis),
    attach(server, login) {
      const authorizer = authorize({ ...login, redis: redis.url });
      const io = new Server(server, { allowRequest: authorizer });
      io.on('connection', (socket) => socket.emit('welcome', socket.request.user.name));
      server.on('close', () => authorizer.close());
      return io;
    },
  });
  const cookie = await app.logIn('ann');
  for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
    const { welcome } = await connect(t, app.url, { cookie, transports });
    assert.equal(welcome, 'ann');
    for (const bad of [undefined, forged(cookie)]) {
      const { refused } = await connect(t, app.url, { cookie: bad, transports });
      assert.match(refused.message, /^(websocket|xhr poll) error$/);
    }
  }
  const { status } = await fetch(`${app.url}/socket.io/?EIO=4&transport=polling`, {
    headers: { connection: 'close' },
  });
  assert.equal(status, 403);
});

test('filterSocketsByUser', async (t) => {
  const app = await startApp(t, await WAYS['connect-redis 10 over node-redis 6'](t));
  const cookies = { ann: await app.logIn('ann'), bob: await app.logIn('bob') };
  for (const name of ['ann', 'ann', 'bob']) await connect(t, app.url, { cookie: cookies[name] });
  await connect(t, `${app.url}/chat`, { cookie: cookies.bob });
  const names = (target) =>
    filterSocketsByUser(target, (user) => user.logged_in).map(({ request }) => request.user.name);
  assert.deepEqual(names(app.io), ['ann', 'ann', 'bob']);
  assert.deepEqual(names(app.io.sockets), ['ann', 'ann', 'bob']);
  assert.deepEqual(names(app.io.of('/chat')), ['bob']);
  assert.deepEqual(names(await app.io.fetchSockets().then(() => app.io.sockets.sockets)), [
    'ann',
    'ann',
    'bob',
  ]);
  const anns = filterSocketsByUser(app.io, (user) => user.name === 'ann');
  assert.equal(anns.length, 2);
  anns[0].disconnect(true);
  assert.equal(filterSocketsByUser(app.io, (user) => user.name === 'ann').length, 1);
});
