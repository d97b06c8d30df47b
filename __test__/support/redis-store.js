'use strict';

const { createClient } = require('redis');
const { freePort, startRedis } = require('../../scripts/support/redis-server');
const { tlsArgs } = require('./certificates');
const { sessionOf } = require('./stores');

/** A Redis of a test's own, stopped with the test. */
async function redisFor(t, options) {
  const redis = await startRedis(options);
  t.after(() => redis.stop());
  return redis;
}

/**
 * A Redis that speaks TLS at `port` too.
 * @param {{ ca: string, cert: string, key: string }} files
 * @param {{ clients?: 'yes' | 'no', args?: string[] }} [options] - whether clients need a certificate; more arguments
 */
async function startWithTls(files, { clients, args = [] } = {}) {
  const port = await freePort();
  return { redis: await startRedis({ args: [...tlsArgs(port, files, clients), ...args] }), port };
}

/** A client that manages a Redis over its Unix socket, so that only the tested code uses the port. */
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

/** A Redis with a session of ann, and a client that manages it; both closed with the test. */
async function redisWithAnn(t, options) {
  const redis = await redisFor(t, options);
  const admin = await adminOf(t, redis);
  await write(admin, ['ann']);
  return { redis, admin };
}

/** Writes sessions, by default as express-session and connect-redis do. */
async function write(admin, users, { prefix = 'sess:' } = {}) {
  for (const user of users) await admin.set(`${prefix}${user}`, JSON.stringify(sessionOf(user)));
}

/** Names of users, whose sessions have the same names. */
function names(prefix, count) {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

/** How often Redis has run each command since it started or since `CONFIG RESETSTAT`. */
async function commandCounts(admin) {
  const lines = (await admin.info('commandstats')).matchAll(/cmdstat_(\S+?):calls=(\d+)/g);
  return Object.fromEntries([...lines].map(([, command, calls]) => [command, Number(calls)]));
}

module.exports = { redisFor, startWithTls, openAdmin, adminOf, redisWithAnn, write, names, commandCounts };
