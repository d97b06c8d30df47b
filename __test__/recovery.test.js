'use strict';

// Connection state recovery (Socket.IO 4.6 and newer), which skips all middlewares by default: with the sessions of Redis,
// beside skipMiddlewares and allowRequest. __test__/recovered.test.js has the order of events.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { after, before, test } = require('node:test');
const { Server } = require('socket.io');
const { authorize, filterSocketsByUser } = require('..');
const { startRedis } = require('../scripts/support/redis-server');
const { redisStoreFor, startApp } = require('./support/app');
const { warningsDuring } = require('./support/proof');
const { connect } = require('./support/socket-client');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

/**
 * Ann, connected and in a room, on a server with connection state recovery.
 * @param {(authorizer: Function) => object} settings - of the server
 * @param {object} [options] - of authorize()
 */
async function startWithAnn(t, settings, options) {
  const attach = (server, login) => {
    const authorizer = authorize({ ...login, redis: redis.url, index: ['name'], ...options });
    const {
      connectionStateRecovery = {},
      allowRequest,
      use = !allowRequest && authorizer,
    } = settings(authorizer);
    const io = new Server(server, { connectionStateRecovery, allowRequest });
    if (use) io.use(use);
    io.on('connection', (socket) => {
      socket.join('news');
      socket.emit('welcome', { user: socket.request.user?.name ?? null, recovered: socket.recovered });
    });
    return Object.assign(io, { authorizer });
  };
  const app = await startApp(t, { store: await redisStoreFor(t, redis), attach });
  const cookie = await app.logIn('ann');
  const { socket, welcome } = await connect(t, app.url, { cookie });
  assert.deepEqual(welcome, { user: 'ann', recovered: false });
  return { ...app, cookie, socket };
}

/** The connection breaks, news is missed, the client comes back: what it hears first, and all that it is sent. */
async function comeBack(io, socket) {
  const [there] = io.sockets.sockets.values();
  const gone = once(there, 'disconnect');
  socket.io.engine.close();
  await gone;
  io.to('news').emit('news', 'what happened');

  const sent = [];
  const heard = [];
  socket.on('news', (news) => heard.push(news));
  socket.io.on('packet', ({ data }) => sent.push(data?.[1]));
  const answer = new Promise((resolve) => {
    socket.once('welcome', (welcome) => resolve({ welcome }));
    socket.once('connect_error', (refused) => resolve({ refused }));
  });
  socket.connect();
  return { ...(await answer), heard, wasSent: sent.includes('what happened') };
}

async function until(isTrue) {
  while (!isTrue()) await new Promise(setImmediate);
}

function names(io) {
  return filterSocketsByUser(io, (user) => user.logged_in).map(({ request }) => request.user.name);
}

/** The authorizer is called by a middleware of the app, which Socket.IO skips. */
const wrapped = (authorizer) => ({ use: (socket, next) => authorizer(socket, next) });

test('by default a recovered socket is authorised, as soon as it is there', async (t) => {
  const { io, socket, cookie, post } = await startWithAnn(t, () => ({}));
  const { welcome, heard } = await comeBack(io, socket);
  // The connection handler is not kept waiting.
  assert.deepEqual(welcome, { user: null, recovered: true });
  assert.deepEqual(heard, ['what happened']);
  await until(() => names(io).length === 1);
  assert.deepEqual(names(io), ['ann']);
  assert.deepEqual(io.authorizer.users('name'), new Map([['ann', 1]]));
  assert.equal(io.authorizer.stats().authorized, 2);

  await post('/destroy', cookie);
  const gone = new Promise((resolve) =>
    socket.io.engine.once('close', () => socket.once('disconnect', resolve)),
  );
  const later = await comeBack(io, socket);
  assert.deepEqual(later.welcome, { user: null, recovered: true });
  assert.equal(await gone, 'io server disconnect');
  await until(() => io.engine.clientsCount === 0);
  assert.equal(io.sockets.sockets.size, 0);
  assert.equal(io.sockets.adapter.rooms.size, 0);
  assert.deepEqual(io.authorizer.users('name'), new Map());
});

test('behind a middleware of the app a recovered socket is not authorised, which is warned of once', async (t) => {
  const codes = warningsDuring(t);
  const { io, socket, cookie, post } = await startWithAnn(t, wrapped);
  await post('/destroy', cookie);
  const { welcome, heard } = await comeBack(io, socket);
  assert.deepEqual(welcome, { user: null, recovered: true });
  assert.deepEqual(heard, ['what happened']);
  assert.equal(io.authorizer.stats().authorized, 1);
  assert.equal(io.sockets.sockets.size, 1);
  assert.deepEqual(names(io), []);
  await comeBack(io, socket);
  assert.deepEqual(codes, ['RECOVERY_BEFORE_AUTHORIZATION', 'RECOVERED_UNAUTHORIZED']);
});

const DECIDED = {
  'skipMiddlewares: false': [() => ({ connectionStateRecovery: { skipMiddlewares: false } })],
  'allowRequest, which asks before anything is recovered': [
    (authorizer) => ({ allowRequest: authorizer, use: authorizer }),
  ],
  'the option onSessionEnd': [() => ({}), { onSessionEnd: 'disconnect' }],
};

for (const [how, [settings, options]] of Object.entries(DECIDED)) {
  test(`recovery before the authorization is not warned of with ${how}`, async (t) => {
    const codes = warningsDuring(t);
    const { io, socket } = await startWithAnn(t, settings, options);
    await comeBack(io, socket);
    assert.deepEqual(codes, []);
  });
}

test('recovery before the authorization is warned of once for each server, at its first socket', async (t) => {
  const codes = warningsDuring(t);
  const { io, socket } = await startWithAnn(t, () => ({}));
  await until(() => codes.length > 0);
  await comeBack(io, socket);
  assert.deepEqual(codes, ['RECOVERY_BEFORE_AUTHORIZATION']);
});

test('skipMiddlewares: false has everybody authorised', async (t) => {
  const { io, socket, cookie, post } = await startWithAnn(t, () => ({
    connectionStateRecovery: { skipMiddlewares: false },
  }));
  const { welcome, heard } = await comeBack(io, socket);
  assert.deepEqual(welcome, { user: 'ann', recovered: true });
  assert.deepEqual(heard, ['what happened']);
  assert.deepEqual(names(io), ['ann']);

  await post('/destroy', cookie);
  const { refused, ...later } = await comeBack(io, socket);
  assert.equal(refused.data.code, 'SESSION_NOT_FOUND');
  assert.equal(io.sockets.sockets.size, 0);
  assert.equal(io.sockets.adapter.rooms.size, 0);
  // Socket.IO sends what was missed before it asks any middleware; the client keeps it back, but has it.
  assert.deepEqual(later.heard, []);
  assert.equal(later.wasSent, true);
});

test('whoever recovers without the user it had is not back in the rooms of that user', async (t) => {
  const { io, socket, cookie, post } = await startWithAnn(
    t,
    () => ({ connectionStateRecovery: { skipMiddlewares: false } }),
    {
      rooms: (user) => [`user:${user.name}`],
      fail: (data, message, critical, accept) => accept(),
    },
  );
  const roomsOf = () =>
    [...io.sockets.sockets.values()].flatMap(({ id, rooms }) => [...rooms].filter((room) => room !== id));
  assert.deepEqual(roomsOf().sort(), ['news', 'user:ann']);
  assert.deepEqual((await comeBack(io, socket)).welcome, { user: 'ann', recovered: true });
  assert.deepEqual(roomsOf().sort(), ['news', 'user:ann']);

  await post('/destroy', cookie);
  assert.deepEqual((await comeBack(io, socket)).welcome, { user: null, recovered: true });
  // That one is joined by the app, for everybody.
  assert.deepEqual(roomsOf(), ['news']);
});

test('allowRequest has everybody authorised before anything is sent', async (t) => {
  const { io, socket, cookie, post } = await startWithAnn(t, (authorizer) => ({ allowRequest: authorizer }));
  const { welcome, heard } = await comeBack(io, socket);
  assert.deepEqual(welcome, { user: 'ann', recovered: true });
  assert.deepEqual(heard, ['what happened']);
  assert.deepEqual(names(io), ['ann']);

  await post('/destroy', cookie);
  const later = await comeBack(io, socket);
  assert.equal(later.refused.message, 'websocket error');
  assert.equal(later.wasSent, false);
  assert.equal(io.authorizer.stats().failures.SESSION_NOT_FOUND, 1);
  assert.equal(io.engine.clientsCount, 0);
});

test('allowRequest beside io.use: whoever recovers is in the index', async (t) => {
  const { io, socket } = await startWithAnn(t, (authorizer) => ({
    allowRequest: authorizer,
    use: authorizer,
  }));
  const online = () => io.authorizer.users('name');
  assert.deepEqual(online(), new Map([['ann', 1]]));
  const { welcome } = await comeBack(io, socket);
  assert.deepEqual(welcome, { user: 'ann', recovered: true });
  assert.deepEqual(online(), new Map([['ann', 1]]));
  const { indexed } = io.authorizer.stats().filters;
  assert.equal(filterSocketsByUser(io, { name: 'ann' }).length, 1);
  assert.equal(io.authorizer.stats().filters.indexed, indexed + 1);
});

test('reindex brings whoever recovered without being authorised into the index', async (t) => {
  const { io, socket } = await startWithAnn(t, wrapped);
  await comeBack(io, socket);
  const [recovered] = io.sockets.sockets.values();
  assert.deepEqual(io.authorizer.users('name'), new Map());
  recovered.request.user = { name: 'ann' };
  io.authorizer.reindex(recovered);
  assert.deepEqual(io.authorizer.users('name'), new Map([['ann', 1]]));
});
