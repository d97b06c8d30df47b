'use strict';

// The option onSessionEnd with sessions in Redis: with the option redis, and with a store that the addon follows.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { adminOf, redisFor } = require('./support/redis-store');
const { until } = require('./support/live/app');
const { startOver } = require('./support/live/redis-app');

const ANN = { id: 1, name: 'ann' };
const KEYS = 'sess:*';

for (const [name, setup] of [
  ['the option redis', { isOption: true }],
  ['a followed store over node-redis', {}],
  ['a followed store over ioredis', { client: 'ioredis 6' }],
]) {
  test(`${name}: what ends a session is told, and nothing else`, async (t) => {
    const redis = await redisFor(t);
    const admin = await adminOf(t, redis);
    const app = await startOver(t, redis, setup);
    const cookies = {};
    for (const user of ['destroyed', 'out', 'switched', 'edited', 'expired', 'stays']) {
      cookies[user] = await app.logIn({ id: user, name: user });
      const visitor = await app.visit(cookies[user]);
      assert.equal(visitor.welcome, user);
    }
    await until(() => app.authorizer.stats().watch.tier === 'tracking');
    assert.equal(app.authorizer.stats().watch.sessions, 6);
    const told = async (user, reason) => {
      await until(() => app.ends.length > 0);
      assert.deepEqual(app.ends.splice(0), [[user, reason]]);
    };
    const keys = {};
    for (const key of await admin.keys(KEYS))
      keys[JSON.parse(await admin.get(key)).passport?.user.name] = key;
    const put = async (user, change) => {
      const stored = JSON.parse(await admin.get(keys[user]));
      change(stored);
      await admin.set(keys[user], JSON.stringify(stored), { EX: 1000 });
    };

    await put('edited', ({ passport }) => (passport.user = { nick: 'new', id: 'edited', name: 'edited' }));
    await app.post('/touch', cookies.stays);
    await app.post('/destroy', cookies.destroyed);
    await told('destroyed', 'destroyed');
    await put('out', ({ passport }) => delete passport.user);
    await told('out', 'logged-out');
    await put('switched', ({ passport }) => (passport.user.id = 'other'));
    await told('switched', 'user-changed');
    assert.equal(app.authorizer.stats().watch.sessions, 3);
    await admin.pExpire(keys.expired, 20);
    await told('expired', 'expired');
    assert.equal(app.authorizer.stats().watch.sockets, 2);
    await admin.flushAll();
    await until(() => app.ends.length === 2);
    assert.deepEqual(app.ends.sort(), [
      ['edited', 'destroyed'],
      ['stays', 'destroyed'],
    ]);
    const { sessions, sockets, ended } = app.authorizer.stats().watch;
    assert.deepEqual({ sessions, sockets }, { sessions: 0, sockets: 0 });
    assert.deepEqual(ended, { destroyed: 3, expired: 1, 'logged-out': 1, 'user-changed': 1 });
  });

  test(`${name}: while Redis is out of reach nobody is ended, and afterwards all is seen`, async (t) => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'live-'));
    t.after(() => fs.rmSync(dir, { recursive: true, force: true }));
    let running = await redisFor(t, { dir });
    const redis = running;
    const admin = await adminOf(t, redis);
    const app = await startOver(t, redis, setup);
    await app.visit(await app.logIn({ id: 1, name: 'ann' }));
    await app.visit(await app.logIn({ id: 2, name: 'bob' }));
    await until(() => app.authorizer.stats().watch.tier === 'tracking');
    await admin.sendCommand(['SAVE']);
    const end = async () => {
      running.kill('SIGKILL');
      await running.ended;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.deepEqual(app.ends, []);
    };
    await end();
    // With its memory.
    running = await redisFor(t, { port: redis.port, dir });
    const again = await adminOf(t, running);
    for (const key of await again.keys(KEYS)) {
      if (JSON.parse(await again.get(key)).passport?.user.name === 'bob') await again.del(key);
    }
    await until(() => app.ends.length > 0);
    assert.deepEqual(app.ends.splice(0), [['bob', 'destroyed']]);
    // Without it.
    await end();
    fs.rmSync(path.join(dir, 'dump.rdb'));
    running = await redisFor(t, { port: redis.port, dir });
    await until(() => app.ends.length > 0);
    assert.deepEqual(app.ends, [['ann', 'destroyed']]);
  });

  test(`${name}: a client that is killed on the server misses nothing`, async (t) => {
    const redis = await redisFor(t);
    const admin = await adminOf(t, redis);
    const app = await startOver(t, redis, setup);
    const cookie = await app.logIn(ANN);
    await app.visit(cookie);
    await until(() => app.authorizer.stats().watch.tier === 'tracking');
    const [key] = (await admin.keys(KEYS)).filter((each) => !each.includes('prover'));
    await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    for (const each of await admin.keys(KEYS)) await admin.del(each);
    await until(() => app.ends.length > 0);
    assert.deepEqual(app.ends, [['ann', 'destroyed']], key);
  });
}

test('two authorizers and two namespaces: each is told of its own sockets', async (t) => {
  const redis = await redisFor(t);
  const app = await startOver(t, redis, { isOption: true });
  const ends = [];
  const { authorize } = require('..');
  const other = authorize({
    ...{
      secret: require('./support/visit').SECRET,
      redis: redis.url,
      passport: app.passport,
      recheckEvery: 600_000,
    },
    onSessionEnd: (socket, reason) => ends.push([socket.nsp.name, reason]),
  });
  t.after(() => other.close());
  app.io.of('/admin').use(other);
  const cookie = await app.logIn(ANN);
  const { socket } = await app.visit(cookie);
  const admin = socket.io.socket('/admin');
  await new Promise((resolve) => admin.once('connect', resolve));
  assert.deepEqual([other.stats().watch.sessions, app.authorizer.stats().watch.sessions], [1, 1]);
  await app.post('/destroy', cookie);
  await until(() => ends.length + app.ends.length === 2);
  assert.deepEqual([ends, app.ends], [[['/admin', 'destroyed']], [['ann', 'destroyed']]]);
});

test('an authorizer that is closed watches no more, and its connection ends', async (t) => {
  const redis = await redisFor(t);
  const admin = await adminOf(t, redis);
  const app = await startOver(t, redis, { isOption: true });
  const cookie = await app.logIn(ANN);
  await app.visit(cookie);
  await until(() => app.authorizer.stats().watch.tier === 'tracking');
  const trackers = async () =>
    (await admin.sendCommand(['CLIENT', 'LIST'])).split('\n').filter((line) => / flags=\S*t/.test(line));
  assert.equal((await trackers()).length, 1);
  app.authorizer.close();
  for (;;) if ((await trackers()).length === 0) break;
  await app.post('/destroy', cookie);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(app.ends, []);
});

test('without the option there is no second connection', async (t) => {
  const redis = await redisFor(t);
  const admin = await adminOf(t, redis);
  const app = await startOver(t, redis, { isOption: true, options: { onSessionEnd: undefined } });
  const before = Number(/connected_clients:(\d+)/.exec(await admin.info('clients'))[1]);
  await app.visit(await app.logIn(ANN));
  const after = Number(/connected_clients:(\d+)/.exec(await admin.info('clients'))[1]);
  assert.equal(after - before, 1, 'look-ups have their own');
  assert.equal(app.authorizer.stats().watch, null);
});
