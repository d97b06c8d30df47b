'use strict';

// Socket.IO 0.9, server and client of that time, the original beside ours.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { after, before, test } = require('node:test');
const { filterSocketsByUser } = require('..');
const { startRedis } = require('../scripts/support/redis-server');
const { redisStoreFor, startApp } = require('./support/app');
const { heardByEach } = require('./support/libraries');
const { LIBRARIES } = require('./support/oracle');
const { connect } = require('./support/socket-client-09');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

const ANN = { name: 'ann', logged_in: true };

/** In the style of its time: a refusal is a 403, a critical failure a 500. */
const CALLBACKS = {
  success: (_data, accept) => accept(null, true),
  fail: (_data, message, critical, accept) => accept(critical ? new Error(message) : null, false),
};

/** An authorizer for the handshake and, with `more`, one for /chat. */
function attachTo(library, options, more) {
  return (server, login) => {
    const io = require('socket.io-0').listen(server, { log: false, 'client store expiration': 0 });
    const authorizer = () => library.authorize({ ...login, redis: redis.url, ...options });
    if (more !== 'only /chat') io.set('authorization', authorizer());
    if (more) io.of('/chat').authorization(authorizer());
    for (const namespace of [io.sockets, io.of('/chat')]) namespace.on('connection', greet);
    return Object.assign(io, { close: () => closeManager(io) });
  };
}

/** Tells the client what the authorizer has put on the handshake data. */
function greet(socket) {
  const { user, sessionID, cookie, socketio_version_1: marked } = socket.handshake;
  socket.emit('welcome', { user, sessionID, cookie, marked });
}

/** It has no close() of its own; sockets that are still there would keep the process for a minute. */
function closeManager(io) {
  for (const socket of io.sockets.clients()) socket.disconnect();
  io.server.close();
}

/** What each library makes of the same visitors. */
async function compare(t, { options, more, hear }) {
  const heard = await heardByEach(
    t,
    redis,
    (library) => attachTo(library, options, more),
    async (app, visitors) => {
      const answers = {};
      for (const [visitor, cookie] of Object.entries(visitors)) answers[visitor] = await hear(app, cookie);
      return answers;
    },
  );
  assert.deepEqual(heard.ours, heard.original);
  return heard.ours;
}

const UNAUTHORIZED = {
  'without a cookie': 'handshake unauthorized',
  forged: 'handshake unauthorized',
  'whose session is gone': 'handshake unauthorized',
  'never logged in': 'handshake unauthorized',
};

for (const transport of ['websocket', 'xhr-polling']) {
  for (const namespace of ['', '/chat']) {
    const way = `0.9 by ${transport}${namespace && ` in ${namespace}`}`;
    const hear = (t) => async (app, cookie) => {
      const { socket, welcome, refused } = await connect(t, app.url + namespace, { cookie, transport });
      if (welcome) assert.equal(socket.socket.transport.name, transport);
      return welcome ?? refused;
    };

    test(`${way}: the default callbacks, as the original`, async (t) => {
      const { 'logged in': welcome, ...refusals } = await compare(t, { more: 'and /chat', hear: hear(t) });
      assert.deepEqual(welcome.user, ANN);
      assert.equal(welcome.marked, undefined);
      assert.deepEqual(refusals, UNAUTHORIZED);
    });

    test(`${way}: callbacks that tell critical failures, as the original`, async (t) => {
      const { 'logged in': welcome, ...refusals } = await compare(t, { options: CALLBACKS, hear: hear(t) });
      assert.deepEqual(welcome.user, ANN);
      assert.deepEqual(refusals, { ...UNAUTHORIZED, 'never logged in': 'handshake error' });
    });
  }
}

test('0.9: an authorizer of a namespace only, as the original', async (t) => {
  const hear = async (app, cookie) => {
    const root = await connect(t, app.url, { cookie });
    const chat = await connect(t, `${app.url}/chat`, { cookie });
    return { root: root.welcome, chat: chat.welcome ?? chat.refused };
  };
  const heard = await compare(t, { options: {}, more: 'only /chat', hear });
  assert.deepEqual(heard['logged in'].chat.user, ANN);
  for (const visitor of Object.keys(UNAUTHORIZED)) {
    assert.equal(heard[visitor].chat, 'unauthorized');
    assert.ok(heard[visitor].root);
  }
});

test('0.9: the statuses of the handshake, also over JSONP', async (t) => {
  const statuses = async (app, cookie) => {
    const headers = { connection: 'close', ...(cookie && { cookie }) };
    const plain = await fetch(`${app.url}/socket.io/1/`, { headers });
    const jsonp = await fetch(`${app.url}/socket.io/1/?jsonp=0`, { headers });
    // Of one that was let in: the id that 0.9 gave it, and so on.
    const body = (await plain.text()).replace(/^[\w-]+:/, '<id>:');
    return { status: plain.status, body, jsonp: (await jsonp.text()).replace(/"[\w-]+:/, '"<id>:') };
  };
  const heard = await compare(t, { options: CALLBACKS, hear: statuses });
  assert.deepEqual(
    Object.values(heard).map(({ status }) => status),
    [200, 403, 403, 403, 500],
  );
  assert.equal(heard.forged.jsonp, 'io.j[0](new Error("handshake unauthorized"));');
});

test('0.9: a request of another origin needs a session id in its query, as with the original', async (t) => {
  const failures = { original: [], ours: [] };
  const store = await redisStoreFor(t, redis);
  for (const [name, library] of Object.entries(LIBRARIES)) {
    const fail = (data, message, critical, accept) => {
      failures[name].push([message, critical, data.xdomain]);
      accept(null, false);
    };
    const app = await startApp(t, { store, attach: attachTo(library, { fail }) });
    const handshake = async (query, cookie) => {
      const headers = { connection: 'close', origin: 'http://elsewhere.example', ...(cookie && { cookie }) };
      return (await fetch(`${app.url}/socket.io/1/?${query}`, { headers })).status;
    };
    const cookie = await app.logIn('ann');
    const [, sid] = /s:(.*)\./.exec(decodeURIComponent(cookie));
    assert.equal(await handshake(''), 403);
    assert.equal(await handshake('session_id=nobody'), 403);
    assert.equal(await handshake(`session_id=${encodeURIComponent(sid)}`), 200);
    // A browser that sends its cookies across origins is as good as any.
    assert.equal(await handshake('', cookie), 200);
  }
  assert.deepEqual(failures.ours, failures.original);
  assert.match(failures.ours[0][0], /^Can not read cookies from CORS-Requests/);
});

test("0.9: a `fail` that throws, as in the original's own sample, is a 500 and a warning", async (t) => {
  const store = await redisStoreFor(t, redis);
  const fail = (_data, message, critical, accept) => {
    // The original ends the process here.
    if (critical) throw new Error(message);
    accept(null, false);
  };
  const app = await startApp(t, { store, attach: attachTo(LIBRARIES.ours, { fail }) });
  const warned = once(process, 'warning');
  const { refused } = await connect(t, app.url, { cookie: await app.arrive() });
  assert.equal(refused, 'handshake error');
  const [warning] = await warned;
  assert.equal(warning.code, 'FAIL_CALLBACK_ERROR');
});

test('0.9: filterSocketsByUser on the manager, io.sockets and a namespace', async (t) => {
  const store = await redisStoreFor(t, redis);
  const app = await startApp(t, { store, attach: attachTo(LIBRARIES.ours, {}) });
  const cookies = { ann: await app.logIn('ann'), bob: await app.logIn('bob') };
  await connect(t, app.url, { cookie: cookies.bob });
  const { socket } = await connect(t, app.url, { cookie: cookies.ann, transport: 'xhr-polling' });
  await connect(t, `${app.url}/chat`, { cookie: cookies.ann });
  const names = (target) =>
    filterSocketsByUser(target, (user) => user.logged_in).map(({ handshake }) => handshake.user.name);

  // Whoever is in a namespace is in the default one too.
  assert.deepEqual(names(app.io), ['bob', 'ann', 'ann']);
  assert.deepEqual(names(app.io.sockets), ['bob', 'ann', 'ann']);
  assert.deepEqual(names(app.io.of('/chat')), ['ann']);
  assert.deepEqual(names(app.io.of('/elsewhere')), []);

  const [left] = filterSocketsByUser(app.io, (user) => user.name === 'ann');
  const gone = once(left, 'disconnect');
  socket.socket.disconnect();
  await gone;
  assert.deepEqual(names(app.io), ['bob', 'ann']);
});
