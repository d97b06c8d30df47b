'use strict';

// A connection that begins over WebTransport (Socket.IO 4.7 and newer) has no HTTP request, and so no cookie:
// `socket.request` is null.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Server } = require('socket.io');
const { authorize, filterSocketsByUser } = require('..');
const { startRedis } = require('../scripts/support/redis-server');
const { redisStoreFor, startApp } = require('./support/app');
const { connect, upgraded } = require('./support/socket-client');
const { webTransportTo } = require('./support/webtransport');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

const TRANSPORTS = ['polling', 'websocket', 'webtransport'];

async function startWith(t, options) {
  const attach = (server, login) => {
    const io = new Server(server, { transports: TRANSPORTS });
    for (const namespace of [io, io.of('/chat')]) {
      namespace.use(authorize({ ...login, redis: redis.url, ...options }));
      namespace.on('connection', (socket) =>
        socket.emit('welcome', { user: socket.request?.user, request: socket.request !== null }),
      );
    }
    return io;
  };
  const app = await startApp(t, { store: await redisStoreFor(t, redis), attach });
  offerWebTransport(t, app.io);
  return app;
}

test('refused without a crash, in every namespace', async (t) => {
  const app = await startWith(t);
  const cookie = await app.logIn('ann');
  for (const namespace of ['/', '/chat']) {
    const { refused } = await connect(t, app.url + namespace, { cookie, transports: ['webtransport'] });
    assert.deepEqual([refused.message, refused.data], ['No session found', { code: 'NO_COOKIE' }]);
    assert.deepEqual(
      filterSocketsByUser(app.io.of(namespace), () => true),
      [],
    );
  }
});

test('`fail` gets a request to speak of, and may let guests in, whom filterSocketsByUser passes over', async (t) => {
  const seen = [];
  const fail = (data, message, critical, accept, { code }) => {
    seen.push({ ...data, code });
    accept();
  };
  const app = await startWith(t, { fail });
  await connect(t, app.url, { cookie: await app.logIn('ann'), transports: ['websocket'] });
  const { socket, welcome } = await connect(t, app.url, { transports: ['webtransport'] });
  assert.equal(socket.io.engine.transport.name, 'webtransport');
  assert.deepEqual(welcome, { request: false });
  const cookie = Object.create(null);
  assert.deepEqual(seen, [
    {
      headers: {},
      socketio_version_1: true,
      cookie,
      sessionID: '',
      user: { logged_in: false },
      code: 'NO_COOKIE',
    },
  ]);
  assert.equal(app.io.sockets.sockets.size, 2);
  const names = filterSocketsByUser(app.io, () => true).map(({ request }) => request.user.name);
  assert.deepEqual(names, ['ann']);
});

test('whoever begins over HTTP is known, and stays so after the upgrade', async (t) => {
  const app = await startWith(t);
  const transports = ['polling', 'webtransport'];
  const { socket, welcome } = await connect(t, app.url, { cookie: await app.logIn('ann'), transports });
  assert.equal(welcome.user.name, 'ann');
  await upgraded(socket, 'webtransport');
  assert.equal(filterSocketsByUser(app.io, (user) => user.name === 'ann').length, 1);

  // A namespace that is joined now gets to see the request of the handshake.
  const chat = socket.io.socket('/chat').connect();
  const again = await new Promise((resolve) => chat.once('welcome', resolve));
  assert.equal(again.user.name, 'ann');
});

test('allowRequest is not asked about such a connection: only a middleware refuses it', async (t) => {
  const attach = (server, login) => {
    const allowRequest = authorize({ ...login, redis: redis.url });
    const io = new Server(server, { transports: TRANSPORTS, allowRequest });
    io.on('connection', (socket) => socket.emit('welcome', socket.request));
    return io;
  };
  const app = await startApp(t, { store: await redisStoreFor(t, redis), attach });
  offerWebTransport(t, app.io);
  assert.ok((await connect(t, app.url, { transports: ['websocket'] })).refused);
  assert.equal((await connect(t, app.url, { transports: ['webtransport'] })).welcome, null);
  assert.equal(app.io.sockets.sockets.size, 1);
});

/** What a browser has, and Node has not. */
function offerWebTransport(t, io) {
  globalThis.WebTransport = webTransportTo(io.engine);
  t.after(() => delete globalThis.WebTransport);
}
