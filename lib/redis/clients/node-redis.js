'use strict';

const { URL } = require('node:url');
const { textOf, hashOf } = require('../function-text');

/** node-redis 4 to 6. The constructor merges the URL into the options. */
const nodeRedis = {
  name: 'node-redis 4 or later',
  matches: (client) => 'isOpen' in client && 'options' in client && client.scanIterator,
  methods: ['get', 'sendCommand', 'commandsExecutor', '_executeCommand'],
  mayOwn: isOfLegacyMode,
  settings: ({ options }) => options ?? {},
  unsupported: unsupportedNode,
  target: nodeTarget,
  // A later select() is not visible from outside. This is one reason why the store confirms each miss.
  database: ({ options }) => options?.database,
  keyPrefix,
};

/** Pools of node-redis 5.9 and later: only the clients in the pool have the settings. */
const nodeRedisPool = {
  name: 'node-redis pool',
  matches: (client) => client.execute && 'idleClients' in client && 'clientsInUse' in client,
  methods: ['get', 'execute', 'sendCommand'],
  settings: (pool) => (pool.isOpen ? pool.execute(({ options }) => options) : undefined),
  unsupported: unsupportedNode,
  target: nodeTarget,
  database: (_pool, options) => options?.database,
  keyPrefix,
};

/** Clusters of node-redis 4.6 and later; earlier ones have no `masters`. */
const nodeRedisCluster = {
  name: 'node-redis cluster',
  matches: (client) => 'masters' in client && 'slots' in client && client.nodeClient,
  methods: ['get', 'sendCommand', 'commandsExecutor', '_execute', '_executeWithPolicies'],
  settings: (cluster) => optionsGiven(cluster) ?? optionsOfMasters(cluster),
  unsupported: ({ rootNodes, defaults = {}, nodeAddressMap }) =>
    (nodeAddressMap && 'nodeAddressMap') ||
    (defaults.url && 'a URL for all nodes') ||
    (defaults.socket?.path && 'a Unix socket') ||
    (rootNodes.map(rootNode).some(isUnlike(defaults)) && 'credentials or TLS of its root nodes alone') ||
    unsupportedNode(defaults),
  target: ({ rootNodes, defaults = {} }) => ({
    ...nodeTarget(defaults),
    nodes: rootNodes.map(rootNode),
    cluster: true,
  }),
  database: () => 0,
  keyPrefix,
};

/** Sentinel in node-redis 6. */
const nodeRedisSentinel = {
  name: 'node-redis Sentinel',
  matches: (client) => client.getSentinelNode && client.getMasterNode && client.duplicate,
  methods: ['get', '_execute', 'sendCommand'],
  settings: optionsGiven,
  unsupported: ({ nodeAddressMap, nodeClientOptions = {}, sentinelClientOptions = {} }) =>
    (nodeAddressMap && 'nodeAddressMap') ||
    (sentinelClientOptions.credentialsProvider && 'a credentials provider for Sentinel') ||
    unsupportedNode(sentinelClientOptions) ||
    unsupportedNode(nodeClientOptions),
  target({ name, sentinelRootNodes, nodeClientOptions = {}, sentinelClientOptions = {} }) {
    const { username, password, tls } = nodeTarget(sentinelClientOptions);
    return {
      ...nodeTarget(nodeClientOptions),
      nodes: sentinelRootNodes.map(({ host, port }) => ({ host, port })),
      sentinel: { name, username, password, tls },
    };
  },
  database: (_sentinel, options) => options?.nodeClientOptions?.database,
  keyPrefix,
};

/** Sentinel in node-redis 5. It shows only the current master, which is followed until there is another one. */
const nodeRedis5Sentinel = {
  ...nodeRedisSentinel,
  name: 'node-redis 5 Sentinel',
  matches: (client) => client.getSentinelNode && client.getMasterNode,
  settings: (sentinel) => (sentinel.isReady ? sentinel._execute(false, ({ options }) => options) : undefined),
  unsupported: unsupportedNode,
  target: nodeTarget,
  database: (_sentinel, options) => options?.database,
  master(sentinel) {
    const { host, port } = sentinel.getMasterNode() ?? {};
    return `${host}:${port}`;
  },
};

/** The address of one Redis, from the options of its client. */
function nodeTarget({ socket, username, password, credentialsProvider }) {
  const { host = 'localhost', port, path } = socket ?? {};
  return {
    nodes: [{ host, port, path }],
    // A provider overrides user name and password, and node-redis also turns those into one: ask it if there is one.
    ...(credentialsProvider ? { credentials: askerOf(credentialsProvider) } : { username, password }),
    // `tls` is a flag. An object means TCP; the TLS options are siblings of it.
    tls: socket?.tls === true && socket,
  };
}

/** One function for each provider: authorizers with the same function share a connection. */
const askers = new WeakMap();

function askerOf(provider) {
  let asker = askers.get(provider);
  if (!asker) askers.set(provider, (asker = () => provider.credentials()));
  return asker;
}

function unsupportedNode({ socket, credentialsProvider }) {
  return (
    (credentialsProvider &&
      credentialsProvider.type !== 'async-credentials-provider' &&
      'credentials that change by themselves') ||
    (socket?.lookup && 'a lookup of its own')
  );
}

/** Known from 6.1 on; earlier versions ignore the option. */
function keyPrefix({ _keyPrefix }) {
  return _keyPrefix;
}

/** Hashes of the methods that `legacyMode` gives a client of @redis/client 1.0 to 1.6. */
const LEGACY_MODE = new Map([
  ['916e367cda810f9e268428c881d3948091b333850083ee7f3c0307206dd0b60c', 'get'],
  ['2a0302dbfa23f65ad0cda9b5c1deb0b18fb443e9086a3653404e69d168d7af3b', 'sendCommand'], // 1.0.5
  ['ca4978a9f7b73122a74fe16748de6da525a6c7b18d3a6bf5c8f15046db694088', 'sendCommand'], // to 1.4.2
  ['dfa12e989742f02020c3455595ed877fc3101d5bd8c869016e7022a0a12d1ebd', 'sendCommand'], // 1.5.0, 1.5.2
  ['4d6a458c175f845583f09595e61e32bf7ab008cdda5b9d09712d8859ccfda4c4', 'sendCommand'], // 1.5.10
  ['d8a96fb4b8e2d70f86aae77fc05ad06d61462fd06aed0cc80eff62e2f71799cc', 'sendCommand'], // to 1.6.1
]);

/** `legacyMode` gives a client methods of its own. A wrapper around them has another text. */
function isOfLegacyMode(client, method) {
  return (
    client.options?.legacyMode === true &&
    typeof client[method] === 'function' &&
    LEGACY_MODE.get(hashOf(textOf(client[method]))) === method
  );
}

/**
 * The options that a cluster (5.0 and later) or a Sentinel (6.0 and later) was made with. `duplicate()` passes them to
 * the constructor; the constructor used here only keeps them.
 */
function optionsGiven(client) {
  if (!client._self) return undefined;
  let given;
  function Taker(options) {
    given = options;
  }
  const copy = Object.create({ constructor: Taker });
  copy._self = client._self;
  client.duplicate.call(copy);
  return given;
}

/** node-redis 4 shows the options only on its nodes, once it is connected. */
async function optionsOfMasters(cluster) {
  const [first] = cluster.masters;
  if (!first) return undefined;
  const { options: defaults } = await cluster.nodeClient(first);
  const { host, port } = defaults.socket;
  return {
    rootNodes: cluster.masters.map((node) => ({
      socket: { ...defaults.socket, host: node.host, port: node.port },
    })),
    defaults,
    nodeAddressMap: host !== first.host || port !== first.port,
  };
}

/** A root node, read as node-redis does: its URL overrides the other options. */
function rootNode({ url, socket, username, password, credentialsProvider }) {
  if (!url) return { ...socket, username, password, credentialsProvider };
  const given = new URL(url);
  return {
    ...socket,
    host: given.hostname || undefined,
    port: given.port || socket?.port,
    tls: given.protocol === 'rediss:',
    username: decodeURIComponent(given.username) || username,
    password: decodeURIComponent(given.password) || password,
  };
}

/** Credentials and TLS options of root nodes are for discovery only. Discovered nodes get the defaults. */
function isUnlike(defaults) {
  const differs = (own, common) => own != null && own !== common;
  return ({ username, password, credentialsProvider, tls }) =>
    differs(username, defaults.username) ||
    differs(password, defaults.password) ||
    // node-redis turns a user name and password into a provider.
    (!username && !password && differs(credentialsProvider, defaults.credentialsProvider)) ||
    (tls ?? defaults.socket?.tls ?? false) !== (defaults.socket?.tls ?? false);
}

module.exports = { nodeRedis, nodeRedisPool, nodeRedisCluster, nodeRedisSentinel, nodeRedis5Sentinel };
