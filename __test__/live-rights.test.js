'use strict';

// What an ACL user needs to watch sessions, as docs/redis.md has it, and what happens where a right is missing.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { until } = require('./support/live/app');
const { startOver } = require('./support/live/redis-app');
const { adminOf, redisFor } = require('./support/redis-store');

const LOOK_UPS = ['+get', '+mget'];
const ANN = { id: 1, name: 'ann' };

for (const [title, rights, tier, reason] of [
  ['all rights', ['+pttl', '+client|tracking'], 'tracking', 'expired'],
  ['without CLIENT TRACKING', ['+pttl'], 'poll', 'expired'],
  ['without PTTL', ['+client|tracking'], 'tracking', 'destroyed'],
]) {
  test(`${title}: ${tier}; a session that expires is ${reason}`, async (t) => {
    const redis = await redisFor(t);
    const admin = await adminOf(t, redis);
    await admin.sendCommand([
      'ACL',
      'SETUSER',
      'ali',
      'on',
      '>p',
      '~sess:*',
      '-@all',
      ...LOOK_UPS,
      ...rights,
    ]);
    const where = { redis: `redis://ali:p@127.0.0.1:${redis.port}`, recheckEvery: 100 };
    const app = await startOver(t, redis, { isOption: true, options: where });
    const [hers, bobs] = [await app.logIn(ANN), await app.logIn({ id: 2, name: 'bob' })];
    for (const cookie of [hers, bobs]) await app.visit(cookie);
    await until(() => app.authorizer.stats().watch.tier === tier);
    for (const key of await admin.keys('sess:*')) {
      if (JSON.parse(await admin.get(key)).passport.user.id === ANN.id) await admin.pExpire(key, 300);
    }
    await until(() => app.ends.length > 0);
    await app.post('/destroy', bobs);
    await until(() => app.ends.length > 1);
    assert.deepEqual(app.ends, [
      ['ann', reason],
      ['bob', 'destroyed'],
    ]);
  });
}
