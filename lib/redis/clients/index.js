'use strict';

const { textOf, hashOf } = require('../function-text');
const { isTlsOverSocket, targetOf } = require('../target');
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
 * Where each family of Redis clients keeps its settings. The first family that matches counts.
 * - `name`: as messages name it.
 * - `matches(client)`: recognises the family by the shape of a client. Class names are no proof: forks keep them.
 * - `methods`: the methods that a GET goes through. A patched one may see other data than the addon.
 * - `mayOwn(client, method)`: whether a method that is the client's own property is one that the family puts there.
 * - `inherits`: how many classes of the family define a method, if it is not one.
 * - `settings(client)`: the settings, or a promise of them. Undefined if the client shows them only while it is connected,
 *   and it is not.
 * - `unsupported(settings, client)`: names a setting that the addon cannot follow.
 * - `target(settings)`: nodes, cluster, sentinel, username, password or `credentials()`, and tls as `readTls` takes it.
 * - `database(client, settings)`: the selected database, as far as it is visible. Without settings, the part of it that is
 *   visible at any time.
 * - `keyPrefix(client)`: what the client puts before every key.
 * - `isReady(client)`: whether it is connected; undefined where it does not say.
 * - `master(client)`: the present master, if the client shows nothing else.
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
 * Finds out where a client is connected to.
 * @param {object} client
 * @param {object} [shown] - the object that the store reads through, if that is not the client itself
 * @returns {Promise<{ target: object, credentials?: () => Promise<object>, keyPrefix: string | Uint8Array } |
 *   { unsupported: string, remedy?: string } | { later: string }>} `credentials` is called before each connection;
 *   `later`: the client is not connected, try again
 */
async function detectClient(client, shown = client) {
  const family = familyOf(client);
  if (!family) return whyNoClient(client);
  const patched = whyPatched(family, client) ?? (shown === client ? undefined : whyNoView(shown));
  if (patched) return { unsupported: patched };
  // A busy pool or a master that is down rejects; it may answer the next time.
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
    (isTlsOverSocket(ofNodes.tls, parts.nodes) && 'TLS over a Unix socket') ||
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
  // connect-redis 7 and 8 wrap the client in an object of functions; only their scope has the client.
  const isWrapper = ['get', 'set', 'expire', 'scanIterator'].every(
    (name) => typeof client?.[name] === 'function' && Object.hasOwn(client, name),
  );
  if (!isWrapper) return { unsupported: 'the client of the store is none that is known' };
  return {
    unsupported: 'the store hides its client, as connect-redis 7 and 8 do',
    remedy: 'give the client itself as the option client',
  };
}

/** Which method is the client's own, or that of a class derived from the family's: it may hold back some sessions. */
function whyPatched(family, client) {
  const own = family.methods.find((name) => Object.hasOwn(client, name) && !family.mayOwn?.(client, name));
  if (!own) return whyDerived(family, client);
  // Instana patches each client of node-redis 4 and 5. The name alone is no proof: what the function calls is in its scope.
  const isAgent = typeof client[own] === 'function' && /instanaShimmerWrapInner/.test(textOf(client[own]));
  return `the client has a ${own} of its own${isAgent ? ', which a monitoring agent (Instana) has put there' : ''}`;
}

/**
 * Which method a subclass overrides. A method that was replaced on the family's own prototype before `authorize()` cannot be
 * told from the work of a monitoring agent: only the proof and the audits cover it.
 */
function whyDerived({ methods, inherits = {} }, client) {
  for (const name of methods) {
    if (holdersOf(client, name) > (inherits[name] ?? 1)) return `the client's class has a ${name} of its own`;
  }
  return undefined;
}

/** How many prototypes define a method. */
function holdersOf(client, name) {
  let count = 0;
  for (let proto = Object.getPrototypeOf(client); proto; proto = Object.getPrototypeOf(proto)) {
    if (Object.hasOwn(proto, name)) count += 1;
  }
  return count;
}

/** The `get` of an object that stands for a client, by the hash of its text: of connect-redis 7 and 8, and `client.legacy()`. */
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

/** The database that a client has selected, as far as it is visible. */
function databaseOf(family, client, settings) {
  return Number(family?.database(client, settings) ?? 0);
}

/** What a client puts before every key. */
function keyPrefixOf(family, client) {
  return family?.keyPrefix(client) || '';
}

/** The present master, for a client that shows nothing else. */
function masterOf(family, client) {
  return family?.master?.(client);
}

/** Whether a client says that it is connected; undefined where it does not say. */
function readyOf(client) {
  try {
    return familyOf(client)?.isReady?.(client);
  } catch {
    return undefined;
  }
}

function familyOf(client) {
  if (typeof client !== 'object' || client === null) return undefined;
  return FAMILIES.find((family) => family.matches(client));
}

module.exports = { detectClient, familyOf, databaseOf, keyPrefixOf, masterOf, readyOf };
