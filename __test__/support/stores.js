'use strict';

const { once } = require('node:events');
const { promisify } = require('node:util');
const session = require('express-session');

/**
 * Every Redis client, by name. Each opens with `{ host, port, path, username, password, db, keyPrefix, tls }`
 * or `{ url }`, and gives `{ client, select(db), close() }`. `client` is for a store. If it is a wrapper, `real` is the
 * client itself.
 */
const CLIENTS = {
  'node-redis 2': (settings) => openNodeRedis2Or3('redis-2', settings),
  'node-redis 3': (settings) => openNodeRedis2Or3('redis-3', settings),
  'node-redis 4': (settings) => openNodeRedis('redis-4', settings),
  'node-redis 4 in legacyMode': (settings) => openNodeRedis('redis-4', settings, { legacyMode: true }),
  'node-redis 5': (settings) => openNodeRedis('redis-5', settings),
  'node-redis 5 .legacy()': (settings) => openLegacy('redis-5', settings),
  'node-redis 5 pool': (settings) => openPool('redis-5', settings),
  'node-redis 6': (settings) => openNodeRedis('redis', settings),
  'node-redis 6 .legacy()': (settings) => openLegacy('redis', settings),
  'node-redis 6 pool': (settings) => openPool('redis', settings),
  'ioredis 3': (settings) => openIoredis('ioredis-3', settings),
  'ioredis 4': (settings) => openIoredis('ioredis-4', settings),
  'ioredis 5': (settings) => openIoredis('ioredis-5', settings),
  'ioredis 6': (settings) => openIoredis('ioredis', settings),
  iovalkey: (settings) => openIoredis('iovalkey', settings),
};

/** Stores for tests that need only a few, by name. Each opens as `openStore` does. */
const STORES = Object.fromEntries(
  [
    [10, 'node-redis 6'],
    [10, 'node-redis 5'],
    [9, 'node-redis 6'],
    [9, 'node-redis 5'],
    [6, 'ioredis 6'],
    [6, 'ioredis 5'],
    [6, 'node-redis 3'],
  ].map(([version, client]) => [
    `connect-redis ${version}, ${client}`,
    (settings) => openStore(version, client, settings),
  ]),
);

/**
 * A connect-redis store over one of CLIENTS.
 * @param {number} version - the major of connect-redis
 * @param {string} name - of the client
 * @param {object} settings - of the client; `prefix` is for the store
 * @returns {Promise<{ store, client, real?, select(db: number): Promise, close(): Promise }>}
 */
async function openStore(version, name, settings) {
  const opened = await CLIENTS[name](settings);
  return { ...opened, store: storeOf(version, { client: opened.client, prefix: settings.prefix }) };
}

/**
 * A store of connect-redis 1 to 3 with the client that it creates itself, from the node-redis that it depends on.
 * @param {object} settings - `{ host, port, path, password, db, prefix }`
 */
async function openStoreOfItsOwn(version, { path, password, ...settings }) {
  const store = storeOf(version, {
    ...settings,
    ...(path && { socket: path }),
    ...(password && { pass: password }),
  });
  const { client } = store;
  await ready(client);
  return {
    client,
    store,
    select: promisify(client.select).bind(client),
    close: async () => client.end(false),
  };
}

/** A connect-redis store of a major, created as in its README. */
function storeOf(version, options) {
  const exported = require(version === 10 ? 'connect-redis' : `connect-redis-${version}`);
  const RedisStore = version <= 6 ? exported(session) : (exported.RedisStore ?? exported.default);
  return new RedisStore(options);
}

async function openNodeRedis2Or3(name, settings) {
  const { url, host, port, path, username, password, db, keyPrefix, tls } = settings;
  const { createClient } = require(name);
  const client = url
    ? createClient(url)
    : createClient({ host, port, path, user: username, password, db, prefix: keyPrefix, tls });
  await ready(client);
  return { client, select: promisify(client.select).bind(client), close: async () => client.end(false) };
}

async function openNodeRedis(name, settings, more) {
  const client = require(name).createClient({ ...optionsOfNodeRedis(settings), ...more });
  client.on('error', () => {});
  await client.connect();
  return {
    client,
    // In legacyMode the client itself has callbacks.
    select: (number) => (more?.legacyMode ? client.v4 : client).select(number),
    close: async () => client.isOpen && (client.destroy ?? client.disconnect).call(client),
  };
}

async function openLegacy(name, settings) {
  const { client, ...opened } = await openNodeRedis(name, settings);
  return { ...opened, client: client.legacy(), real: client };
}

/** No select(): each client of a pool has a database of its own. */
async function openPool(name, settings) {
  const client = require(name).createClientPool(optionsOfNodeRedis(settings));
  client.on('error', () => {});
  await client.connect();
  // Not destroy(): it leaves a timer.
  return { client, close: () => client.close() };
}

function optionsOfNodeRedis({ url, host, port, path, username, password, db, keyPrefix, tls }) {
  const socket = path ? { path } : { host, port, ...tls };
  return url ? { url } : { socket, username, password, database: db, keyPrefix };
}

async function openIoredis(name, settings) {
  const Redis = require(name);
  const { url, host, port, path, username, password, db, keyPrefix, tls } = settings;
  const client = url
    ? new Redis(url)
    : new Redis({ host, port, path, username, password, db, keyPrefix, tls });
  await ready(client);
  return { client, select: (number) => client.select(number), close: async () => client.disconnect() };
}

async function ready(client) {
  client.on('error', () => {});
  await once(client, 'ready');
}

/** A session of express-session with a logged-in user. */
function sessionOf(user) {
  return { cookie: { originalMaxAge: null, httpOnly: true, path: '/' }, passport: { user } };
}

/** Writes a session through the store itself. */
function save(store, sid, user) {
  return new Promise((resolve, reject) =>
    store.set(sid, sessionOf(user), (error) => (error ? reject(error) : resolve())),
  );
}

let sessions = 0;

/** Writes a session for a user of the same name. Without `sid`, no other test of the file has it. */
async function newSession(store, sid = `sid-${(sessions += 1)}`) {
  await save(store, sid, sid);
  return sid;
}

/** Closes what is opened with the test. */
async function closedWith(t, opening) {
  const opened = await opening;
  t.after(opened.close);
  return opened;
}

module.exports = {
  ...{ CLIENTS, STORES, openStore, openStoreOfItsOwn, storeOf },
  ...{ closedWith, newSession, save, sessionOf },
};
