'use strict';

// Each version of Socket.IO from 1 on, with the client of its time, the original beside ours.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { filterSocketsByUser } = require('..');
const { startRedis } = require('../scripts/support/redis-server');
const { redisStoreFor, startApp, visitorsOf } = require('./support/app');
const { heardByEach } = require('./support/libraries');
const { LIBRARIES } = require('./support/oracle');
const { connect, upgraded } = require('./support/socket-client');
const { VERSIONS, serve } = require('./support/socket-server');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

/** What the default `fail` says to each; of ours, clients from 3.0 on receive the code too. */
const REFUSALS = {
  'without a cookie': ['No session found', 'NO_COOKIE'],
  forged: ['No session found', 'BAD_SIGNATURE'],
  'whose session is gone': ['No session found', 'SESSION_NOT_FOUND'],
  'never logged in': ['Passport was not initialized', 'PASSPORT_NOT_INITIALIZED'],
};

const TRANSPORTS = [['websocket'], ['polling'], ['polling', 'websocket']];

/** An authorizer in the default namespace and one in /chat. */
function attachTo(version, library, settings) {
  return (server, login) => {
    const io = serve(version, server, settings);
    for (const namespace of [io, io.of('/chat')]) {
      namespace.use(library.authorize({ ...login, redis: redis.url }));
      namespace.on('connection', greet);
    }
    return io;
  };
}

/** Tells the client what the authorizer has put on the request. */
function greet(socket) {
  const { user, sessionID, cookie, socketio_version_1: marked } = socket.request;
  socket.emit('welcome', { user, sessionID, cookie, marked });
}

for (const version of VERSIONS) {
  for (const transports of TRANSPORTS) {
    const way = `Socket.IO ${version} by ${transports.join(', then ')}`;

    test(`${way}: let in, and known as by the original`, async (t) => {
      const attach = (library) => attachTo(version, library);
      const heard = await heardByEach(t, redis, attach, async (app, { 'logged in': cookie }) => {
        const welcomes = [];
        for (const namespace of ['/', '/chat']) {
          const { socket, welcome } = await connect(t, app.url + namespace, { version, cookie, transports });
          if (transports.length === 2) await upgraded(socket);
          welcomes.push(welcome);
        }
        return welcomes;
      });
      assert.deepEqual(
        heard.ours.map(({ user }) => user),
        [
          { name: 'ann', logged_in: true },
          { name: 'ann', logged_in: true },
        ],
      );
      assert.deepEqual(heard.ours, heard.original);
    });
  }

  for (const [name, library] of Object.entries(LIBRARIES)) {
    test(`Socket.IO ${version}: refused by ${name}`, async (t) => {
      const store = await redisStoreFor(t, redis);
      const app = await startApp(t, { store, attach: attachTo(version, library) });
      const visitors = await visitorsOf(app);
      for (const transports of [['websocket'], ['polling']]) {
        for (const namespace of ['/', '/chat']) {
          for (const [visitor, [message, code]] of Object.entries(REFUSALS)) {
            const cookie = visitors[visitor];
            const { refused } = await connect(t, app.url + namespace, { version, cookie, transports });
            // Before 3.0 the client gets `err.data || err.message`, from then on an Error of both.
            if (version < 3) assert.equal(refused, message, visitor);
            else {
              const data = name === 'ours' ? { code } : undefined;
              assert.deepEqual([refused?.message, refused?.data], [message, data], visitor);
            }
          }
        }
      }
    });
  }

  test(`Socket.IO ${version}: filterSocketsByUser on the server and on a namespace`, async (t) => {
    const store = await redisStoreFor(t, redis);
    const app = await startApp(t, { store, attach: attachTo(version, LIBRARIES.ours) });
    for (const name of ['ann', 'bob', 'ann']) {
      await connect(t, app.url, { version, cookie: await app.logIn(name) });
    }
    await connect(t, `${app.url}/chat`, { version, cookie: await app.logIn('cat') });
    const wanted = (user) => user.logged_in && user.name !== 'bob';
    const names = (target) => filterSocketsByUser(target, wanted).map(({ request }) => request.user.name);

    // A client of 1 or 2 is in the default namespace too, wherever it goes.
    const inDefault = version < 3 ? ['ann', 'ann', 'cat'] : ['ann', 'ann'];
    assert.deepEqual(names(app.io), inDefault);
    assert.deepEqual(names(app.io.sockets), inDefault);
    assert.deepEqual(names(app.io.of('/chat')), ['cat']);

    if (version >= 4) assert.deepEqual(names(await app.io.fetchSockets()), inDefault);

    // The original knows the sockets of a server of 1 and 2, and of nothing else.
    const { original } = LIBRARIES;
    const known = original.filterSocketsByUser(app.io, wanted);
    assert.deepEqual(known, version < 3 ? filterSocketsByUser(app.io, wanted) : []);
    assert.deepEqual(original.filterSocketsByUser(app.io.of('/chat'), wanted), []);

    filterSocketsByUser(app.io, wanted)[0].disconnect(true);
    assert.deepEqual(names(app.io), inDefault.slice(1));
  });
}

for (const version of VERSIONS.filter((each) => each >= 3)) {
  for (const clients of [1, 2]) {
    test(`Socket.IO ${version} with allowEIO3 and clients of ${clients}`, async (t) => {
      const store = await redisStoreFor(t, redis);
      const attach = attachTo(version, LIBRARIES.ours, { allowEIO3: true });
      const app = await startApp(t, { store, attach });
      const cookie = await app.logIn('ann');
      for (const transports of TRANSPORTS) {
        for (const namespace of ['/', '/chat']) {
          const visit = (more) => connect(t, app.url + namespace, { version: clients, transports, ...more });
          assert.equal((await visit({ cookie })).welcome?.user.name, 'ann');
          assert.equal((await visit()).refused, 'No session found');
        }
      }
      assert.equal(filterSocketsByUser(app.io.of('/chat'), (user) => user.name === 'ann').length, 3);
    });
  }
}
