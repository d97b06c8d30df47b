'use strict';

// Socket.IO 1, 2 and 3, each with the client of its time.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { authorize, filterSocketsByUser } = require('..');
const { startRedis } = require('../scripts/support/redis-server');
const { redisStoreFor, startApp } = require('./support/app');
const { connect } = require('./support/socket-client');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

const SERVERS = {
  1: (server) => require('socket.io-1')(server),
  2: (server) => require('socket.io-2')(server),
  3: (server) => require('socket.io-3')(server),
};

function attachTo(version, authorization) {
  return (server, login) => {
    const io = SERVERS[version](server);
    authorization(io, { ...login, redis: redis.url });
    return io;
  };
}

function greet(socket) {
  socket.emit('welcome', socket.request.user.name);
}

/** `io.use` in the default namespace and in /chat. */
function byMiddleware(io, options) {
  for (const namespace of [io, io.of('/chat')]) {
    namespace.use(authorize(options));
    namespace.on('connection', greet);
  }
}

/** `io.set('authorization', …)`, as code from the time of 0.9 still has it on 1 and 2. */
function bySetting(io, options) {
  io.set('authorization', authorize(options));
  io.on('connection', greet);
}

for (const version of [1, 2, 3]) {
  test(`Socket.IO ${version}: let in`, async (t) => {
    const store = await redisStoreFor(t, redis);
    const app = await startApp(t, { store, attach: attachTo(version, byMiddleware) });
    const cookie = await app.logIn('ann');
    for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
      const { welcome, refused } = await connect(t, app.url, { version, cookie, transports });
      assert.equal(welcome, 'ann', JSON.stringify(refused));
    }
    const { welcome } = await connect(t, `${app.url}/chat`, { version, cookie });
    assert.equal(welcome, 'ann');
  });

  test(`Socket.IO ${version}: refused`, async (t) => {
    const store = await redisStoreFor(t, redis);
    const app = await startApp(t, { store, attach: attachTo(version, byMiddleware) });
    const loggedOut = await app.logIn('ann');
    await app.post('/logout', loggedOut);
    const table = [
      [undefined, 'NO_COOKIE'],
      [`${loggedOut}x`, 'BAD_SIGNATURE'],
      [loggedOut, 'SESSION_NOT_FOUND'],
    ];
    for (const [cookie, code] of table) {
      const { refused } = await connect(t, app.url, { version, cookie });
      if (version === 3) assert.deepEqual([refused?.message, refused?.data], ['No session found', { code }]);
      // Before 3.0 the client gets `err.data || err.message`; of the original, which has no data, the message.
      else assert.equal(refused, 'No session found');
    }
  });

  test(`Socket.IO ${version}: filterSocketsByUser`, async (t) => {
    const store = await redisStoreFor(t, redis);
    const app = await startApp(t, { store, attach: attachTo(version, byMiddleware) });
    for (const name of ['ann', 'bob', 'ann']) {
      await connect(t, app.url, { version, cookie: await app.logIn(name) });
    }
    await connect(t, `${app.url}/chat`, { version, cookie: await app.logIn('cat') });
    const names = (target) =>
      filterSocketsByUser(target, (user) => user.logged_in && user.name !== 'bob').map(
        ({ request }) => request.user.name,
      );
    // A client of 1 or 2 is in the default namespace too.
    const inDefault = version < 3 ? ['ann', 'ann', 'cat'] : ['ann', 'ann'];
    assert.deepEqual(names(app.io), inDefault);
    assert.deepEqual(names(app.io.sockets), inDefault);
    assert.deepEqual(names(app.io.of('/chat')), ['cat']);
  });
}

test('Socket.IO 4 with allowEIO3 and a client of 2', async (t) => {
  const attach = (server, login) => {
    const io = new (require('socket.io').Server)(server, { allowEIO3: true });
    byMiddleware(io, { ...login, redis: redis.url });
    return io;
  };
  const app = await startApp(t, { store: await redisStoreFor(t, redis), attach });
  const { welcome } = await connect(t, app.url, { version: 2, cookie: await app.logIn('ann') });
  assert.equal(welcome, 'ann');
  const { refused } = await connect(t, app.url, { version: 2 });
  assert.equal(refused, 'No session found');
});

for (const version of [1, 2]) {
  test(`Socket.IO ${version}: io.set('authorization', …)`, async (t) => {
    const store = await redisStoreFor(t, redis);
    const app = await startApp(t, { store, attach: attachTo(version, bySetting) });
    const cookie = await app.logIn('ann');
    for (const transports of [['websocket'], ['polling']]) {
      assert.equal((await connect(t, app.url, { version, cookie, transports })).welcome, 'ann');
      assert.ok((await connect(t, app.url, { version, transports })).refused);
    }
  });
}
