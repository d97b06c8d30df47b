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
 * Where each family of Redis clients keeps its settings; the first that matches counts.
 * - `matches(client)`: tells the family by shape, since class names lie.
 * - `methods`: those through which a patched client would see what we do not. `mayOwn(client, method)`: whether
 *   one that the client has of its own is nevertheless the family's.
 * - `inherits`: how many classes of the family have a method, where that is not one.
 * - `settings(client)`: what holds the settings, or a promise of it; nothing where the client shows it only when
 *   it is connected, and it is not.
 * - `unsupported(settings, client)`: names a setting that the addon cannot follow.
 * - `target(settings)`: nodes, cluster, sentinel, username, password or `credentials()`, tls (`readTls` takes it).
 * - `database(client, settings)`: the one it has selected, as far as one can see. Without settings, what can be
 *   seen of it at any time; so too `keyPrefix(client)`, what it puts before every key, and `master(client)`.
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
 * Where a client is connected to.
 * @param {object} client
 * @param {object} [shown] - what the store reads through, where that is not the client itself
 * @returns {Promise<{ target: object, credentials?: () => Promise<object>, keyPrefix: string | Uint8Array } |
 *   { unsupported: string, remedy?: string } | { later: string }>} `credentials` are asked for before each connection;
 *   `later`: ask again when it is connected
 */
async function detectClient(client, shown = client) {
  const family = familyOf(client);
  if (!family) return whyNoClient(client);
  const patched = whyPatched(family, client) ?? (shown === client ? undefined : whyNoView(shown));
  if (patched) return { unsupported: patched };
  // A pool that is busy, a master that is down: it may answer next time.
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
  // connect-redis 7 and 8 show the store's methods functions in whose scope the client is, and nothing else.
  const isWrapper = ['get', 'set', 'expire', 'scanIterator'].every(
    (name) => typeof client?.[name] === 'function' && Object.hasOwn(client, name),
  );
  if (!isWrapper) return { unsupported: 'the client of the store is none that is known' };
  return {
    unsupported: 'the store hides its client, as connect-redis 7 and 8 do',
    remedy: 'give the client itself as the option client',
  };
}

/** Which method a client, or a class derived from the family's, has of its own: that one may keep some sessions back. */
function whyPatched(family, client) {
  const own = family.methods.find((name) => Object.hasOwn(client, name) && !family.mayOwn?.(client, name));
  if (!own) return whyDerived(family, client);
  // Instana patches each client of node-redis 4 and 5. What its function does is in a closure, so that this is no proof.
  const isAgent = typeof client[own] === 'function' && /instanaShimmerWrapInner/.test(textOf(client[own]));
  return `the client has a ${own} of its own${isAgent ? ', which a monitoring agent (Instana) has put there' : ''}`;
}

/**
 * A subclass that overrides a method. One that was replaced on its own prototype beforehand is not told from what
 * monitoring agents do there, and rests on the proof and the audits.
 */
function whyDerived({ methods, inherits = {} }, client) {
  for (const name of methods) {
    if (holdersOf(client, name) > (inherits[name] ?? 1)) return `the client's class has a ${name} of its own`;
  }
  return undefined;
}

/** How many prototypes have a method. */
function holdersOf(client, name) {
  let count = 0;
  for (let proto = Object.getPrototypeOf(client); proto; proto = Object.getPrototypeOf(proto)) {
    if (Object.hasOwn(proto, name)) count += 1;
  }
  return count;
}

/** The `get` of what stands for a client, by the hash of its text: in connect-redis 7 and 8, and `client.legacy()`. */
const VIEWS = new Set([
  // (key) => client.get(key)
  hashOf('(key) => client.get(key)'),
  // @redis/client 5.0.0 to 6.3.1
  '5473f1c0ff1ffeafa05e565640b5849c43b37ca5e8a3efac78296377cb6e0b09',
]);

/** Why a store that reads through `shown` may not read what the client has. */
function whyNoView(shown) {
  const family = familyOf(shown);
  if (family) return whyPatched(family, shown);
  return typeof shown?.get === 'function' && VIEWS.has(hashOf(textOf(shown.get)))
    ? undefined
    : 'the store reads through a get that is not the one of the option client';
}

/** The database that a client has selected, as far as one can see. */
function databaseOf(family, client, settings) {
  return Number(family?.database(client, settings) ?? 0);
}

/** What a client puts before every key. */
function keyPrefixOf(family, client) {
  return family?.keyPrefix(client) || '';
}

/** Which master a client has chosen, where that is all it shows. */
function masterOf(family, client) {
  return family?.master?.(client);
}

function familyOf(client) {
  if (typeof client !== 'object' || client === null) return undefined;
  return FAMILIES.find((family) => family.matches(client));
}

module.exports = { detectClient, familyOf, databaseOf, keyPrefixOf, masterOf };
