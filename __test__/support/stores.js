'use strict';

const { once } = require('node:events');
const session = require('express-session');

/**
 * The connect-redis stores over the clients that look-ups are derived from, by name. Each opens with
 * `{ host, port, path, username, password, db, keyPrefix }` or `{ url }`, and `prefix` for the store, and
 * gives `{ store, client, select(db), close() }`.
 */
const STORES = {
  'connect-redis 10, node-redis 6': (settings) => overNodeRedis('connect-redis', 'redis', settings),
  'connect-redis 10, node-redis 5': (settings) => overNodeRedis('connect-redis', 'redis-5', settings),
  'connect-redis 9, node-redis 6': (settings) => overNodeRedis('connect-redis-9', 'redis', settings),
  'connect-redis 9, node-redis 5': (settings) => overNodeRedis('connect-redis-9', 'redis-5', settings),
  'connect-redis 6, ioredis 6': (settings) => overIoredis('ioredis', settings),
  'connect-redis 6, ioredis 5': (settings) => overIoredis('ioredis-5', settings),
  'connect-redis 6, node-redis 3': overNodeRedis3,
};

async function overNodeRedis(storePackage, clientPackage, settings) {
  const { RedisStore } = require(storePackage);
  const { url, host, port, path, username, password, db, keyPrefix, prefix, tls } = settings;
  const socket = path ? { path } : { host, port, ...tls };
  const options = url ? { url } : { socket, username, password, database: db, keyPrefix };
  const client = require(clientPackage).createClient(options);
  client.on('error', () => {});
  await client.connect();
  return {
    client,
    store: new RedisStore({ client, prefix }),
    select: (number) => client.select(number),
    close: async () => client.isOpen && client.destroy(),
  };
}

async function overIoredis(clientPackage, settings) {
  const RedisStore = require('connect-redis-6')(session);
  const Redis = require(clientPackage);
  const { url, host, port, path, username, password, db, keyPrefix, prefix, tls } = settings;
  const client = url
    ? new Redis(url)
    : new Redis({ host, port, path, username, password, db, keyPrefix, tls });
  client.on('error', () => {});
  await once(client, 'ready');
  return {
    client,
    store: new RedisStore({ client, prefix }),
    select: (number) => client.select(number),
    close: async () => client.disconnect(),
  };
}

async function overNodeRedis3(settings) {
  const RedisStore = require('connect-redis-6')(session);
  const { url, host, port, path, username, password, db, keyPrefix, prefix, tls } = settings;
  const { createClient } = require('redis-3');
  const client = url
    ? createClient(url)
    : createClient({ host, port, path, user: username, password, db, prefix: keyPrefix, tls });
  client.on('error', () => {});
  await once(client, 'ready');
  return {
    client,
    store: new RedisStore({ client, prefix }),
    select: (number) =>
      new Promise((resolve, reject) => client.select(number, (error) => (error ? reject(error) : resolve()))),
    close: async () => client.end(false),
  };
}

/** A session of express-session that is logged in. */
function sessionOf(user) {
  return { cookie: { originalMaxAge: null, httpOnly: true, path: '/' }, passport: { user } };
}

/** Puts a session into a store, through the store itself. */
function save(store, sid, user) {
  return new Promise((resolve, reject) =>
    store.set(sid, sessionOf(user), (error) => (error ? reject(error) : resolve())),
  );
}

module.exports = { STORES, save, sessionOf };
