'use strict';

// 10,000 sockets that come and go while their sessions in a real Redis end at random, and the connection that watches is
// killed now and then. When all is quiet, exactly the sockets whose session lives are left; each other was told once.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { until } = require('./support/live/app');
const { FakeNamespace, authorizerOf, disconnect, enter, visitorOf } = require('./support/index-sockets');
const { SEED, randomOf } = require('./support/random');
const { adminOf, redisFor } = require('./support/redis-store');
const { cookieOf, passportOf } = require('./support/visit');

const IDS = 300;
const SOCKETS = 10_000;

/** What is written to a session, and whether its sockets may stay. */
const textOf = (user, more) => JSON.stringify({ cookie: {}, more, passport: user === null ? {} : { user } });

test('sockets come and go while sessions end', async (t) => {
  const random = randomOf(SEED);
  const redis = await redisFor(t);
  const admin = await adminOf(t, redis);
  /** The user in each session, in the order of the writes. */
  const users = new Map();
  const connected = new Set();
  const told = new Map();
  const faults = [];
  const namespace = new FakeNamespace();
  const authorizer = authorizerOf({
    redis: redis.url,
    store: undefined,
    passport: passportOf((req, key, done) => done(null, { key: (req.key = key) })),
    recheckEvery: 600_000,
    onSessionEnd(socket, reason) {
      if (!connected.has(socket)) faults.push(`${socket.sid} was told after it had left: ${reason}`);
      told.set(socket, [...(told.get(socket) ?? []), reason]);
      if (random.chance(50)) leave(socket);
    },
  });
  t.after(() => authorizer.close());

  function write(sid) {
    const dice = random.below(100);
    const key = `sess:${sid}`;
    if (dice < 60) {
      const user = random.below(2);
      users.set(sid, user);
      return admin.set(key, textOf(user, random.below(1000)), { EX: 1000 });
    }
    if (dice < 70) {
      users.delete(sid);
      return admin.set(key, textOf(null));
    }
    if (dice < 80) {
      users.delete(sid);
      return admin.set(key, 'no JSON');
    }
    if (dice < 95) {
      users.delete(sid);
      return admin.unlink(key);
    }
    return admin.expire(key, 2000);
  }

  let under = 0;
  function come() {
    const sid = `sid${random.below(IDS)}`;
    const socket = visitorOf(namespace, { name: sid });
    Object.assign(socket, { sid, connected: true });
    socket.request.headers.cookie = cookieOf(sid);
    under += 1;
    authorizer(socket, (error) => {
      under -= 1;
      // A later middleware takes its time, or refuses.
      if (error || random.chance(10)) return;
      const go = () => {
        connected.add(socket);
        enter(socket);
      };
      if (random.chance(50)) go();
      else setTimeout(go, random.below(5));
    });
  }

  let leftUntold = 0;
  function leave(socket) {
    if (!told.has(socket)) leftUntold += 1;
    connected.delete(socket);
    disconnect(socket);
    socket.connected = false;
  }

  for (let i = 0; i < IDS; i++) await write(`sid${i}`);
  for (let come10 = 0; come10 < SOCKETS / 10; come10++) {
    for (let i = 0; i < 10; i++) come();
    const writes = Array.from({ length: 3 }, () => write(`sid${random.below(IDS)}`));
    for (let i = 0; i < 2 && connected.size > 0; i++) leave(random.pick([...connected]));
    if (random.chance(10)) await Promise.all(writes);
    if (come10 === 300 || come10 === 600) await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);
    if (come10 === 500) {
      await Promise.all(writes);
      users.clear();
      await admin.flushAll();
    }
    if (random.chance(20)) await new Promise(setImmediate);
  }
  await until(() => under === 0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await admin.ping();
  const untold = () => [...connected].filter((socket) => !told.has(socket));
  // What is wrong stays wrong, and what is right is so at some time.
  await until(() => untold().every(({ sid, request }) => users.get(sid) === request.key));

  assert.deepEqual(faults, []);
  for (const [socket, reasons] of told) assert.equal(reasons.length, 1, `${socket.sid}: ${reasons}`);
  const left = untold();
  const { sockets, sessions, tier, ended } = authorizer.stats().watch;
  assert.equal(sockets, left.length);
  assert.equal(tier, 'tracking');
  await until(() => authorizer.stats().watch.sessions === new Set(left.map(({ sid }) => sid)).size);
  assert.ok(told.size > 200 && left.length > 100, `${told.size} told, ${left.length} left, ${sessions}`);
  // Some leave when their session has ended, before they are told: they count, and are not told.
  const endedInAll = Object.values(ended).reduce((sum, n) => sum + n);
  assert.ok(endedInAll >= told.size && endedInAll <= told.size + leftUntold, `${endedInAll}, ${told.size}`);
  for (const socket of left) leave(socket);
  await until(() => authorizer.stats().watch.sessions === 0);
});
