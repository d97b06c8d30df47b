'use strict';

// A client that floods a real server with CONNECT packets, and one that comes and goes as a page does.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { Socket: Engine } = require('engine.io-client');
const { adminOf, write, redisFor } = require('./support/redis-store');
const { startIndexed } = require('./support/index-app');
const { VERSIONS } = require('./support/socket-server');
const { cookieOf, passportOf } = require('./support/visit');

test('one WebSocket that sends 10,000 CONNECT packets: four look-ups, and others are let in', async (t) => {
  const redis = await redisFor(t);
  const admin = await adminOf(t, redis);
  await write(admin, ['ann', 'bob']);
  let asked = 0;
  let most = 0;
  const held = [];
  const passport = passportOf((key, done) => {
    asked += 1;
    most = Math.max(most, asked);
    const answer = () => {
      asked -= 1;
      done(null, { name: key });
    };
    // Socket.IO closes a connection that asks for a namespace that it is in: the other client is let in when all has been counted.
    if (key === 'ann') held.push(answer);
    else answer();
  });
  const {
    visit: enter,
    authorizer,
    url,
  } = await startIndexed(t, {
    options: { store: undefined, redis: redis.url, passport, maxPending: 500, timeout: 60_000 },
  });
  t.after(() => authorizer.close());
  const engine = new Engine(url, {
    path: '/socket.io/',
    transports: ['websocket'],
    extraHeaders: { cookie: cookieOf('ann') },
  });
  t.after(() => engine.close());
  await new Promise((resolve) => engine.on('open', resolve));
  // Engine.IO puts its own 4 before it.
  for (let i = 0; i < 10_000; i++) engine.write('0');
  const { welcome, refused } = await enter('bob');
  assert.deepEqual([welcome, refused], ['bob', undefined]);
  for (let tries = 0; authorizer.stats().refused < 9996; tries++) {
    assert.ok(tries < 1_500, `${authorizer.stats().refused} were refused`);
    await sleep(10);
  }
  assert.ok(most <= 5, `${most} calls of deserializeUser at a time`);
  assert.deepEqual(authorizer.stats().failures, { TOO_MANY_ATTEMPTS: 9996 });
  held.forEach((answer) => answer());
});

for (const version of VERSIONS) {
  test(`Socket.IO ${version}: a client that comes, goes and comes again is let in`, async (t) => {
    const { visit: enter, io } = await startIndexed(t, {
      version,
      users: { ann: {} },
      options: { store: { get: (sid, done) => setTimeout(done, 10, null, { passport: { user: sid } }) } },
    });
    const { socket, welcome } = await enter('ann');
    assert.equal(welcome, 'ann');
    socket.disconnect();
    const again = enter('ann');
    assert.equal((await again).welcome, 'ann');
    const [connection] = Object.values(io.engine.clients);
    assert.ok(connection.listenerCount('close') < 10);
  });
}
