'use strict';

// On uWebSockets.js (`io.attachApp`) Engine.IO decorates that package's own request: no IncomingMessage, `url`
// without its query, and methods that are dead once the handler has returned.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { after, before, test } = require('node:test');
const { Server } = require('socket.io');
const { authorize, filterSocketsByUser } = require('..');
const { startRedis } = require('../scripts/support/redis-server');
const { redisStoreFor, startApp, visitorsOf } = require('./support/app');
const { connect } = require('./support/socket-client');
const { UwsApp } = require('./support/uws-app');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

/**
 * The app on a server of its own, Socket.IO beside it on uWebSockets.js.
 * @param {(authorizer: Function) => Server} makeServer
 */
async function startBeside(t, makeServer) {
  const uws = new UwsApp();
  const attach = (server, login) => {
    const io = makeServer(authorize({ ...login, redis: redis.url }));
    io.attachApp(uws);
    io.on('connection', (socket) => socket.emit('welcome', viewOf(socket.request)));
    return {
      io,
      async close() {
        await io.close();
        for (const each of [server, uws.server]) each.close();
        uws.server.closeAllConnections();
      },
    };
  };
  const app = await startApp(t, { store: await redisStoreFor(t, redis), attach });
  uws.server.listen(0, '127.0.0.1');
  await once(uws.server, 'listening');
  return { ...app, io: app.io.io, socketUrl: `http://127.0.0.1:${uws.server.address().port}` };
}

/** What the authorizer has put there, read when the request's methods are dead. */
function viewOf(request) {
  assert.throws(() => request.getHeader('cookie'), /must not be accessed/);
  const { user, sessionID, cookie, url } = request;
  return { user, sessionID, cookie, url };
}

const SERVERS = {
  'io.use': (authorizer) => new Server({ serveClient: false }).use(authorizer),
  allowRequest: (authorizer) => new Server({ serveClient: false, allowRequest: authorizer }),
};

for (const [way, makeServer] of Object.entries(SERVERS)) {
  test(`${way}: whom it lets in, and as whom`, async (t) => {
    const { socketUrl, io, logIn } = await startBeside(t, makeServer);
    const cookie = await logIn('ann');
    const [, sid] = /s:(.*)\./.exec(decodeURIComponent(cookie));
    const known = { user: { name: 'ann', logged_in: true }, sessionID: sid, url: '/socket.io/' };
    const { welcome } = await connect(t, socketUrl, { cookie, transports: ['polling'] });
    assert.deepEqual(welcome, { ...known, cookie: { 'connect.sid': sid } });
    const byQuery = await connect(t, socketUrl, { query: { session_id: sid }, transports: ['polling'] });
    assert.deepEqual(byQuery.welcome, { ...known, cookie: {} });
    assert.equal(filterSocketsByUser(io, (user) => user.name === 'ann').length, 2);
  });
}

/** Why each visitor is refused. */
const CODES = {
  'without a cookie': 'NO_COOKIE',
  forged: 'BAD_SIGNATURE',
  'whose session is gone': 'SESSION_NOT_FOUND',
  'never logged in': 'PASSPORT_NOT_INITIALIZED',
};

test('io.use: refused', async (t) => {
  const { socketUrl, ...app } = await startBeside(t, SERVERS['io.use']);
  const codes = {};
  for (const [visitor, cookie] of Object.entries(await visitorsOf(app))) {
    const { refused } = await connect(t, socketUrl, { cookie, transports: ['polling'] });
    codes[visitor] = refused?.data.code;
  }
  assert.deepEqual(codes, { 'logged in': undefined, ...CODES });
});

test('allowRequest: refused', async (t) => {
  const { socketUrl, ...app } = await startBeside(t, SERVERS.allowRequest);
  const { 'logged in': known, ...strangers } = await visitorsOf(app);
  const url = `${socketUrl}/socket.io/?EIO=4&transport=polling`;
  const codes = {};
  for (const [stranger, cookie] of Object.entries(strangers)) {
    const response = await fetch(url, { headers: { connection: 'close', ...(cookie && { cookie }) } });
    assert.equal(response.status, 403, stranger);
    codes[stranger] = (await response.json()).message;
  }
  assert.deepEqual(codes, CODES);
  const { welcome } = await connect(t, socketUrl, { cookie: known, transports: ['polling'] });
  assert.equal(welcome.user.name, 'ann');
});
