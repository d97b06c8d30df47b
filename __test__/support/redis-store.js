'use strict';

const { createClient } = require('redis');
const { startRedis } = require('../../scripts/support/redis-server');
const { sessionOf } = require('./stores');

/** A Redis of a test's own, with a session `ann` in it; stopped with the test. */
async function redisFor(t, options) {
  const redis = await startRedis(options);
  t.after(() => redis.stop());
  return redis;
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

/** How often Redis has run each command since it started or since `CONFIG RESETSTAT`. */
async function commandCounts(admin) {
  const lines = (await admin.info('commandstats')).matchAll(/cmdstat_(\S+?):calls=(\d+)/g);
  return Object.fromEntries([...lines].map(([, command, calls]) => [command, Number(calls)]));
}

module.exports = { redisFor, openAdmin, adminOf, write, commandCounts };
