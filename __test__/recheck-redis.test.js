'use strict';

// authorizer.recheck(socket) with sessions in Redis: by a connect-redis store, proven, and by the option redis.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { after, before, test } = require('node:test');
const session = require('express-session');
const { Server } = require('socket.io');
const { authorize } = require('..');
const { startRedis } = require('../scripts/support/redis-server');
const { redisStoreFor, startApp } = require('./support/app');
const { prove } = require('./support/proof');
const { adminOf } = require('./support/redis-store');
const { connect } = require('./support/socket-client');
const { newSession } = require('./support/stores');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

/** An app with sessions in this store, and an authorizer with these options. */
async function start(t, { store, options }) {
  let authorizer;
  const attach = (server, login) => {
    const io = new Server(server);
    authorizer = authorize({ ...login, rooms: ({ name }) => `user:${name}`, ...options });
    t.after(() => authorizer.close());
    io.use(authorizer);
    io.on('connection', (socket) => socket.emit('welcome', socket.request.user.name));
    return io;
  };
  const app = await startApp(t, { store, attach });
  const visit = async (cookie) => {
    const there = once(app.io, 'connection');
    await connect(t, app.url, { cookie });
    return (await there)[0];
  };
  return { ...app, authorizer, visit };
}

const WAYS = {
  MemoryStore: async () => ({ store: new session.MemoryStore() }),
  'a connect-redis store': async (t) => ({ store: await redisStoreFor(t, redis) }),
  'a connect-redis store, proven': async (t) => ({ store: await redisStoreFor(t, redis), isProven: true }),
  'the option redis': async (t) => ({ store: await redisStoreFor(t, redis), options: { redis: redis.url } }),
};

for (const [way, open] of Object.entries(WAYS)) {
  test(`${way}: the same user, log-out, and no session any more`, async (t) => {
    const opened = await open(t);
    const { authorizer, logIn, post, visit, io } = await start(t, opened);
    // The users of this app have no id.
    if (opened.isProven) await prove(authorizer, await newSession(opened.store), undefined);
    const [cookie, other] = [await logIn('ann'), await logIn('bob')];
    const [ann, bob] = [await visit(cookie), await visit(other)];
    if (opened.isProven) assert.equal(authorizer.backend.kind, 'redis');
    assert.deepEqual(await authorizer.recheck(ann), { name: 'ann', logged_in: true });
    await post('/logout', cookie);
    assert.equal(await authorizer.recheck(ann), undefined);
    assert.deepEqual(ann.request.user, { logged_in: false });
    assert.equal(io.of('/').adapter.rooms.has('user:ann'), false);
    assert.equal(bob.request.user.name, 'bob');
    await post('/destroy', other);
    await authorizer.recheck();
    assert.deepEqual(bob.request.user, { logged_in: false });
  });

  if (way === 'MemoryStore') continue;
  test(`${way}: Redis that is out of reach ends nobody`, async (t) => {
    const opened = await open(t);
    const { authorizer, logIn, visit } = await start(t, {
      ...opened,
      options: { ...opened.options, timeout: 300 },
    });
    const ann = await visit(await logIn('ann'));
    const admin = await adminOf(t, redis);
    await admin.sendCommand(['CLIENT', 'PAUSE', '1500', 'ALL']);
    const { user } = ann.request;
    const error = await authorizer.recheck(ann).then(assert.fail, (reason) => reason);
    assert.match(error.code, /^STORE_(TIMEOUT|ERROR)$/);
    assert.equal(ann.request.user, user);
    await assert.rejects(authorizer.recheck(), { code: error.code });
    assert.equal(ann.request.user, user);
  });
}
