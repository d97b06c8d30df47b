'use strict';

// Which namespaces an authorizer guards: up to Socket.IO 2 the default namespace is everybody's way in, from 3.0
// on each namespace has only its own middlewares.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { authorize, filterSocketsByUser } = require('..');
const { startRedis } = require('../scripts/support/redis-server');
const { redisStoreFor, startApp } = require('./support/app');
const { connect } = require('./support/socket-client');
const { VERSIONS, serve } = require('./support/socket-server');
const { passportOf } = require('./support/visit');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

/** An app whose authorizer is where `guard` puts it. */
async function startGuarded(t, version, guard) {
  const attach = (server, login) => {
    const io = serve(version, server);
    guard(io, { ...login, redis: redis.url });
    for (const namespace of [io, io.of('/chat')]) {
      namespace.on('connection', (socket) =>
        socket.emit('welcome', socket.request.user?.name ?? 'a stranger'),
      );
    }
    return io;
  };
  const app = await startApp(t, { store: await redisStoreFor(t, redis), attach });
  const cookie = await app.logIn('ann');
  return {
    ann: (namespace) => connect(t, app.url + namespace, { version, cookie }),
    stranger: (namespace) => connect(t, app.url + namespace, { version }),
  };
}

for (const version of VERSIONS) {
  const title = version < 3 ? 'guards the others too' : 'does not guard the others';
  test(`Socket.IO ${version}: io.use(authorizer) ${title}`, async (t) => {
    const { ann, stranger } = await startGuarded(t, version, (io, options) => io.use(authorize(options)));
    assert.equal((await ann('/')).welcome, 'ann');
    assert.ok((await stranger('/')).refused);
    if (version < 3) {
      assert.equal((await ann('/chat')).welcome, 'ann');
      assert.equal((await stranger('/chat')).refused, 'No session found');
    } else {
      assert.equal((await ann('/chat')).welcome, 'a stranger');
      assert.equal((await stranger('/chat')).welcome, 'a stranger');
    }
  });

  test(`Socket.IO ${version}: io.of('/chat').use(authorizer) guards /chat alone`, async (t) => {
    const { ann, stranger } = await startGuarded(t, version, (io, options) =>
      io.of('/chat').use(authorize(options)),
    );
    assert.equal((await ann('/chat')).welcome, 'ann');
    assert.ok((await stranger('/chat')).refused);
    assert.equal((await stranger('/')).welcome, 'a stranger');
  });
}

for (const version of VERSIONS.filter((each) => each >= 2)) {
  test(`Socket.IO ${version}: io.of(/pattern/), its authorizer and filterSocketsByUser`, async (t) => {
    let rooms;
    const { ann, stranger } = await startGuarded(t, version, (io, options) => {
      rooms = io.of(/^\/room-\d+$/).use(authorize(options));
      rooms.on('connection', (socket) => socket.emit('welcome', socket.request.user.name));
    });
    const found = () => filterSocketsByUser(rooms, (user) => user.name === 'ann').map(({ nsp }) => nsp.name);
    assert.deepEqual(found(), []);
    for (const room of ['/room-1', '/room-2']) {
      assert.equal((await ann(room)).welcome, 'ann');
      assert.ok((await stranger(room)).refused);
    }
    assert.deepEqual(found(), ['/room-1', '/room-2']);
  });
}

test('Socket.IO 4: one authorizer for every namespace that there will be', async (t) => {
  const { ann, stranger } = await startGuarded(t, 4, (io, options) => {
    const authorizer = authorize(options);
    io.on('new_namespace', (namespace) => namespace.use(authorizer));
    io.use(authorizer);
  });
  for (const namespace of ['/', '/chat']) {
    assert.equal((await ann(namespace)).welcome, 'ann');
    assert.equal((await stranger(namespace)).refused?.data.code, 'NO_COOKIE');
  }
});

for (const version of VERSIONS) {
  test(`Socket.IO ${version}: a user stays known while another namespace is being authorised`, async (t) => {
    const store = await redisStoreFor(t, redis);
    const slow = { get: (sid, done) => store.get(sid, (...answer) => setTimeout(done, 20, ...answer)) };
    const seen = [];
    const attach = (server, login) => {
      const io = serve(version, server);
      for (const namespace of [io, io.of('/chat')]) {
        namespace.use(authorize({ ...login, store: slow }));
        namespace.on('connection', (socket) => {
          seen.push(socket.request.user.name);
          socket.emit('welcome');
        });
      }
      return io;
    };
    const app = await startApp(t, { store, attach });
    await connect(t, `${app.url}/chat`, { version, cookie: await app.logIn('ann') });
    assert.deepEqual(new Set(seen), new Set(['ann']));
  });
}

test('a cookie parser that fails in another namespace leaves no user of the first one behind', async () => {
  const request = { headers: {} };
  const store = { get: (sid, done) => done(null, { passport: { user: 'ann' } }) };
  const seen = [];
  const authorizerWith = (cookieParser) =>
    authorize({
      secret: 'keyboard cat',
      store,
      passport: passportOf(),
      cookieParser,
      fail: (data, message, critical, accept) => {
        seen.push(data.user);
        accept();
      },
    });
  const parser = () => (req, _res, next) => {
    req.cookies = { 'connect.sid': 'ann' };
    next();
  };
  const failing = () => () => {
    throw new Error('no parser');
  };
  const enter = (authorizer) => new Promise((resolve) => authorizer({ request }, resolve));
  await enter(authorizerWith(parser));
  assert.equal(request.user.id, 'ann');
  await enter(authorizerWith(failing));
  assert.deepEqual(seen, [{ logged_in: false }]);
});
