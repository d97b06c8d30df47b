'use strict';

// `new Server(http, { allowRequest: authorizer })`: refused at the HTTP handshake, before there is a socket.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const { after, before, test } = require('node:test');
const { Passport } = require('passport');
const { authorize, filterSocketsByUser } = require('..');
const { startRedis } = require('../scripts/support/redis-server');
const { redisStoreFor, startApp, visitorsOf } = require('./support/app');
const { connect, upgraded } = require('./support/socket-client');
const { VERSIONS, serve } = require('./support/socket-server');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

async function startGuarded(t, version, options) {
  let authorizer;
  const attach = (server, login) => {
    authorizer = authorize({ ...login, redis: redis.url, ...options });
    const io = serve(version, server, { allowRequest: authorizer });
    for (const namespace of [io, io.of('/chat')]) {
      namespace.on('connection', (socket) => socket.emit('welcome', socket.request.user));
    }
    return io;
  };
  const app = await startApp(t, { store: await redisStoreFor(t, redis), attach });
  return { ...app, authorizer };
}

const CODES = {
  'without a cookie': 'NO_COOKIE',
  forged: 'BAD_SIGNATURE',
  'whose session is gone': 'SESSION_NOT_FOUND',
};

/** What an app may answer, and what the client is told; the code where the app has no words of its own. */
const ANSWERS = {
  'the default callbacks': [{}, CODES],
  'accept(null, false)': [{ fail: (_data, _message, _critical, accept) => accept(null, false) }, CODES],
  'accept(message, false)': [
    { fail: (_data, message, _critical, accept) => accept(message, false) },
    'No session found',
  ],
  // On 1 and 4 Engine.IO would throw in the middle of refusing an upgrade, and the client would hang.
  'accept(new Error(message))': [
    { fail: (_data, message, _critical, accept) => accept(new Error(message)) },
    'Error: No session found',
  ],
  // Engine.IO looks at the answer alone; Socket.IO 0.9 and middlewares have an error come first.
  'accept(message, true)': [
    { fail: (_data, message, _critical, accept) => accept(message, true) },
    'No session found',
  ],
};

for (const version of VERSIONS) {
  for (const [answer, [options, message]] of Object.entries(ANSWERS)) {
    test(`Socket.IO ${version}: refused over HTTP, ${answer}`, async (t) => {
      const app = await startGuarded(t, version, options);
      const visitors = await visitorsOf(app);
      for (const transport of ['polling', 'websocket']) {
        for (const stranger of Object.keys(CODES)) {
          const refusal = await handshake(app.url, version, transport, visitors[stranger]);
          const told = typeof message === 'string' ? message : message[stranger];
          assert.deepEqual(refusal, refusalOf(version, transport, told), `${stranger} by ${transport}`);
        }
      }
    });
  }

  test(`Socket.IO ${version}: whom it lets in is known in every namespace`, async (t) => {
    const app = await startGuarded(t, version, {});
    const cookie = await app.logIn('ann');
    for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
      for (const namespace of ['/', '/chat']) {
        const { socket, welcome } = await connect(t, app.url + namespace, { version, cookie, transports });
        assert.deepEqual(welcome, { name: 'ann', logged_in: true });
        if (transports.length === 2) await upgraded(socket);
        const { refused } = await connect(t, app.url + namespace, { version, transports });
        assert.match(refused.message, /^(websocket|xhr poll) error$/);
      }
    }
    // One look-up a connection: the later requests of a session are not authorised again.
    assert.equal(app.authorizer.stats().authorized, 6);
    const isAnn = (user) => user.name === 'ann';
    assert.equal(filterSocketsByUser(app.io, isAnn).length, version < 3 ? 6 : 3);
    assert.equal(filterSocketsByUser(app.io.of('/chat'), isAnn).length, 3);
  });
}

test("nothing but the text of the app's own error is told", async (t) => {
  const passport = new Passport();
  const error = Object.assign(new Error('down'), { query: 'SELECT secrets', detail: { host: 'db-1' } });
  passport.deserializeUser((_name, done) => done(error));
  const given = [];
  const fail = (_data, message, critical, accept) => {
    given.push([message, critical]);
    accept(message, false);
  };
  const app = await startGuarded(t, 4, { passport, fail });
  const cookie = await app.logIn('ann');
  for (const transport of ['polling', 'websocket']) {
    const refusal = await handshake(app.url, 4, transport, cookie);
    assert.deepEqual(refusal, refusalOf(4, transport, 'Error: down'));
  }
  assert.deepEqual(given, [
    [error, true],
    [error, true],
  ]);
});

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** How Engine.IO refuses a handshake over plain HTTP. */
async function handshake(url, version, transport, cookie) {
  const headers = { connection: 'close', ...(cookie && { cookie }) };
  if (transport === 'websocket') Object.assign(headers, UPGRADE);
  const protocol = version < 3 ? 3 : 4;
  // A client that is left hanging is a failure.
  const signal = AbortSignal.timeout(30_000);
  const request = http.get(`${url}/socket.io/?EIO=${protocol}&transport=${transport}`, { headers, signal });
  const [response] = await once(request, 'response');
  const body = Buffer.concat(await response.toArray()).toString();
  return { status: response.statusCode, body };
}

function refusalOf(version, transport, message) {
  if (transport === 'websocket') return { status: 400, body: message };
  if (version === 1) return { status: 400, body: JSON.stringify({ code: message }) };
  return { status: 403, body: JSON.stringify({ code: 4, message }) };
}
