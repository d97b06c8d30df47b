'use strict';

const { once } = require('node:events');
const { storeOf } = require('./stores');

/**
 * Stores over clients of a Redis Cluster, by name. Each opens with `{ nodes, username, password, tls, keyPrefix }` and gives
 * `{ client, store, options, close() }`; `options` are for authorize(). The second argument has options of the client itself,
 * which override the others.
 */
const CLUSTERS = {
  'connect-redis 6, ioredis 4 Cluster': ioredisCluster('ioredis-4'),
  'connect-redis 6, ioredis 5 Cluster': ioredisCluster('ioredis-5'),
  'connect-redis 6, ioredis 6 Cluster': ioredisCluster('ioredis'),
  'connect-redis 6, iovalkey Cluster': ioredisCluster('iovalkey'),
  'connect-redis 8, node-redis 4 cluster, option client': nodeRedisCluster('redis-4', 8),
  'connect-redis 9, node-redis 5 cluster': nodeRedisCluster('redis-5', 9),
  'connect-redis 10, node-redis 6 cluster': nodeRedisCluster('redis', 10),
};

/** Stores over clients of Sentinel. They open with `{ name, nodes, username, password, db, … }`. */
const SENTINELS = {
  'connect-redis 6, ioredis 3 Sentinel': ioredisSentinel('ioredis-3'),
  'connect-redis 6, ioredis 4 Sentinel': ioredisSentinel('ioredis-4'),
  'connect-redis 6, ioredis 5 Sentinel': ioredisSentinel('ioredis-5'),
  'connect-redis 6, ioredis 6 Sentinel': ioredisSentinel('ioredis'),
  'connect-redis 6, iovalkey Sentinel': ioredisSentinel('iovalkey'),
  'connect-redis 9, node-redis 5 Sentinel': nodeRedisSentinel('redis-5', 9),
  'connect-redis 10, node-redis 6 Sentinel': nodeRedisSentinel('redis', 10),
};

/** Stores over pools of clients. They open as `CLIENTS` do. */
const POOLS = {
  'connect-redis 9, node-redis 5 pool': nodeRedisPool('redis-5', 9),
  'connect-redis 10, node-redis 6 pool': nodeRedisPool('redis', 10),
};

module.exports = { CLUSTERS, SENTINELS, POOLS };

function ioredisCluster(name) {
  return async ({ nodes, username, password, tls, keyPrefix }, more) => {
    const { Cluster } = require(name);
    const redisOptions = { username, password, tls };
    return openIoredis(
      new Cluster(nodes, { keyPrefix, redisOptions, clusterRetryStrategy: () => 50, ...more }),
    );
  };
}

function ioredisSentinel(name) {
  return async ({ name: master, nodes, sentinelPassword, tls, ...settings }, more) => {
    const Redis = require(name);
    return openIoredis(
      new Redis({
        ...settings,
        name: master,
        sentinels: nodes,
        sentinelPassword,
        retryStrategy: () => 50,
        ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
        ...more,
      }),
    );
  };
}

async function openIoredis(client) {
  client.on('error', () => {});
  try {
    await once(client, 'ready');
  } catch (error) {
    client.disconnect();
    throw error;
  }
  const store = storeOf(6, { client });
  return { client, store, options: { store }, close: async () => client.disconnect() };
}

function nodeRedisCluster(name, version) {
  return ({ nodes, username, password, tls, keyPrefix }, more) => {
    const rootNodes = nodes.map(({ host, port }) => ({ socket: { host, port } }));
    const { socket, closing } = socketOf(tls);
    const defaults = { username, password, socket };
    const client = require(name).createCluster({ rootNodes, defaults, keyPrefix, ...more });
    return openNodeRedis(client, version, closing);
  };
}

function nodeRedisSentinel(name, version) {
  return ({ name: master, nodes, username, password, db, sentinelPassword, tls, keyPrefix }, more) => {
    const { socket, closing } = socketOf(tls);
    const client = require(name).createSentinel({
      name: master,
      sentinelRootNodes: nodes,
      nodeClientOptions: { username, password, database: db, socket },
      sentinelClientOptions: { password: sentinelPassword, socket },
      keyPrefix,
      ...more,
    });
    return openNodeRedis(client, version, closing);
  };
}

function nodeRedisPool(name, version) {
  return ({ host, port, path, username, password, db, keyPrefix, tls }, more) => {
    const { socket, closing } = socketOf({ ...(path ? { path } : { host, port }), ...tls });
    const client = require(name).createClientPool({
      socket,
      username,
      password,
      database: db,
      keyPrefix,
      ...more,
    });
    return openNodeRedis(client, version, closing);
  };
}

/** A client that the cluster of node-redis 4 has dropped reconnects for ever, even after the cluster is closed. */
function socketOf(settings) {
  const closing = new AbortController();
  const reconnectStrategy = () => (closing.signal.aborted ? new Error('closed') : 50);
  return { socket: { ...settings, reconnectStrategy }, closing };
}

async function openNodeRedis(client, version, closing) {
  client.on('error', () => {});
  await client.connect();
  const store = storeOf(version, { client });
  return {
    client,
    store,
    options: version === 8 ? { store, client } : { store },
    async close() {
      closing.abort();
      await (client.destroy ?? client.disconnect).call(client);
    },
  };
}
