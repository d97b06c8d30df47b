'use strict';

const { textOf, hashOf } = require('../function-text');
const { targetOf } = require('../target');
const { readTls } = require('../tls');
const { ioredis, ioredisCluster } = require('./ioredis');
const {
  nodeRedis,
  nodeRedisPool,
  nodeRedisCluster,
  nodeRedisSentinel,
  nodeRedis5Sentinel,
} = require('./node-redis');
const { nodeRedisLegacy } = require('./node-redis-legacy');

/**
 * Where each family of Redis clients keeps its settings. The first family that matches is used.
 * - `matches(client)`: recognizes the family by the client's shape. Class names are not reliable.
 * - `methods`: if one of these is patched, the client may read other data than the addon. `mayOwn(client, method)`: the
 *   client has such a method as an own property, and it still is the family's.
 * - `inherits`: how many classes of the family have the method, if it is not one.
 * - `settings(client)`: the object with the settings, or a promise of it; undefined if the client shows it only while
 *   it is connected, and it is not.
 * - `unsupported(settings, client)`: the name of a setting that the addon cannot follow.
 * - `target(settings)`: nodes, cluster, sentinel, username, password or `credentials()`, tls (input of `readTls`).
 * - `database(client, settings)`: the selected database, if it is visible. Without settings, only what is visible at any
 *   time; this also holds for `keyPrefix(client)`, the prefix of every key, and for `master(client)`.
 */
const FAMILIES = [
  ioredisCluster,
  ioredis,
  nodeRedisLegacy,
  nodeRedisSentinel,
  nodeRedis5Sentinel,
  nodeRedisPool,
  nodeRedisCluster,
  nodeRedis,
];

/**
 * The Redis that a client is connected to.
 * @param {object} client
 * @param {object} [shown] - the object that the store reads through, if it is not the client itself
 * @returns {Promise<{ target: object, credentials?: () => Promise<object>, keyPrefix: string | Uint8Array } |
 *   { unsupported: string, remedy?: string } | { later: string }>} `credentials` is called before each connection;
 *   `later`: ask again when the client is connected
 */
async function derive(client, shown = client) {
  const family = familyOf(client);
  if (!family) return whyNoClient(client);
  const patched = whyPatched(family, client) ?? (shown === client ? undefined : whyNoView(shown));
  if (patched) return { unsupported: patched };
  // The pool may be busy, or the master down: the next attempt may succeed.
  const settings = await Promise.resolve(family.settings(client)).catch(() => undefined);
  if (!settings) return { later: `the client (${family.name}) is not connected` };
  const setting = family.unsupported(settings, client);
  if (setting) return { unsupported: `the client (${family.name}) uses ${setting}` };
  return complete(
    family.target(settings),
    family,
    databaseOf(family, client, settings),
    keyPrefixOf(family, client),
  );
}

function complete({ tls, sentinel, credentials, ...parts }, family, db, keyPrefix) {
  const ofNodes = readTls(tls);
  const ofSentinels = readTls(sentinel?.tls);
  const option = ofNodes.unsupported ?? ofSentinels.unsupported;
  const unsupported =
    (option && `TLS with ${option}`) ||
    (ofNodes.tls && parts.nodes.some(({ path }) => path) && 'TLS over a Unix socket') ||
    (!Number.isSafeInteger(db) && 'a database that is no number');
  if (unsupported) return { unsupported: `the client (${family.name}) uses ${unsupported}` };
  const ready = {
    ...parts,
    db,
    tls: ofNodes.tls,
    sentinel: sentinel && { ...sentinel, tls: ofSentinels.tls },
  };
  return { target: targetOf(ready), credentials, keyPrefix };
}

function whyNoClient(client) {
  // connect-redis 7 and 8 keep the client in a closure and expose only functions that use it.
  const isWrapper = ['get', 'set', 'expire', 'scanIterator'].every(
    (name) => typeof client?.[name] === 'function' && Object.hasOwn(client, name),
  );
  if (!isWrapper) return { unsupported: 'the client of the store is none that is known' };
  return {
    unsupported: 'the store hides its client, as connect-redis 7 and 8 do',
    remedy: 'give the client itself as the option client',
  };
}

/** The method that a client or a subclass replaces, if any: the replacement may hide some sessions. */
function whyPatched(family, client) {
  const own = family.methods.find((name) => Object.hasOwn(client, name) && !family.mayOwn?.(client, name));
  if (!own) return whyDerived(family, client);
  // Instana patches each client of node-redis 4 and 5. Its function is a closure, so its text proves nothing.
  const isAgent = typeof client[own] === 'function' && /instanaShimmerWrapInner/.test(textOf(client[own]));
  return `the client has a ${own} of its own${isAgent ? ', which a monitoring agent (Instana) has put there' : ''}`;
}

/**
 * A subclass that overrides a method. A method that was replaced on the family's own prototype looks the same as the
 * work of a monitoring agent. It is not rejected here: the proof and the audits cover it.
 */
function whyDerived({ methods, inherits = {} }, client) {
  for (const name of methods) {
    if (holdersOf(client, name) > (inherits[name] ?? 1)) return `the client's class has a ${name} of its own`;
  }
  return undefined;
}

/** How many prototypes of the chain have the method. */
function holdersOf(client, name) {
  let count = 0;
  for (let proto = Object.getPrototypeOf(client); proto; proto = Object.getPrototypeOf(proto)) {
    if (Object.hasOwn(proto, name)) count += 1;
  }
  return count;
}

/** Hashes of the text of `get` in the wrappers of a client: those of connect-redis 7 and 8, and `client.legacy()`. */
const VIEWS = new Set([
  // (key) => client.get(key)
  hashOf('(key) => client.get(key)'),
  // @redis/client 5.0.0 to 6.3.1
  '5473f1c0ff1ffeafa05e565640b5849c43b37ca5e8a3efac78296377cb6e0b09',
]);

/** Why a store that reads through `shown` may read other data than the client. */
function whyNoView(shown) {
  const family = familyOf(shown);
  if (family) return whyPatched(family, shown);
  return typeof shown?.get === 'function' && VIEWS.has(hashOf(textOf(shown.get)))
    ? undefined
    : 'the store reads through a get that is not the one of the option client';
}

/** The database that a client has selected, if it is visible. */
function databaseOf(family, client, settings) {
  return Number(family?.database(client, settings) ?? 0);
}

/** The prefix that a client adds to every key. */
function keyPrefixOf(family, client) {
  return family?.keyPrefix(client) || '';
}

/** The master that a client has chosen, if the client shows nothing else. */
function masterOf(family, client) {
  return family?.master?.(client);
}

function familyOf(client) {
  if (typeof client !== 'object' || client === null) return undefined;
  return FAMILIES.find((family) => family.matches(client));
}

module.exports = { derive, familyOf, databaseOf, keyPrefixOf, masterOf };
