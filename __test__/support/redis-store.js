'use strict';

const { after, before } = require('node:test');
const { createClient } = require('redis');
const { startRedis } = require('../../scripts/support/redis-server');
const { sessionOf } = require('./stores');

/** A Redis of a test's own, with a session `ann` in it; stopped with the test. */
async function redisFor(t, options) {
  const redis = await startRedis(options);
  t.after(() => redis.stop());
  return redis;
}

/**
 * A Redis that the tests of a file share, and a client that manages it: started before the first test, ended after the last.
 * @param {(started: { redis, admin }) => unknown} keep - takes them, before the first test
 * @param {string[]} [users] - whose sessions are written first
 */
function sharedRedis(keep, users = []) {
  const started = {};
  before(async () => {
    started.redis = await startRedis();
    started.admin = await openAdmin(started.redis);
    await write(started.admin, users);
    await keep(started);
  });
  after(async () => {
    started.admin?.destroy();
    await started.redis?.stop();
  });
}

/** A client that manages a Redis over its unix socket, so that the port is left to what is tested. */
async function openAdmin(redis) {
  const admin = createClient({ socket: { path: redis.socketPath, reconnectStrategy: 20 } });
  admin.on('error', () => {});
  await admin.connect();
  return admin;
}

/** The same, closed with the test. */
async function adminOf(t, redis) {
  const admin = await openAdmin(redis);
  t.after(() => admin.isOpen && admin.destroy());
  return admin;
}

/** Writes sessions, by default as express-session and connect-redis do. */
async function write(admin, users, { prefix = 'sess:' } = {}) {
  for (const user of users) await admin.set(`${prefix}${user}`, JSON.stringify(sessionOf(user)));
}

/** Names of users, for sessions of the same names. */
function names(prefix, count) {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

/** How often Redis has run each command since it started or since `CONFIG RESETSTAT`. */
async function commandCounts(admin) {
  const lines = (await admin.info('commandstats')).matchAll(/cmdstat_(\S+?):calls=(\d+)/g);
  return Object.fromEntries([...lines].map(([, command, calls]) => [command, Number(calls)]));
}

module.exports = { redisFor, sharedRedis, openAdmin, adminOf, write, names, commandCounts };
