'use strict';

const { URL } = require('node:url');
const { textOf, hashOf } = require('../function-text');

/** node-redis 4 to 6. Its constructor merges the parts of a URL into the options. */
const nodeRedis = {
  name: 'node-redis 4 or later',
  matches: (client) => 'isOpen' in client && 'options' in client && client.scanIterator,
  methods: ['get', 'sendCommand', 'commandsExecutor', '_executeCommand'],
  mayOwn: isOfLegacyMode,
  settings: ({ options }) => options ?? {},
  unsupported: unsupportedNode,
  target: nodeTarget,
  // A later select() is not visible. For that reason the store confirms misses, and audits are made.
  database: ({ options }) => options?.database,
  keyPrefix,
  isReady: ({ isReady }) => isReady,
};

/** Pools of node-redis 5.9 and later. Only the clients in a pool show their options. */
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

/** Clusters of node-redis 4.6 and later. Earlier ones have no `masters`. */
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
  isReady: ({ isReady }) => isReady,
};

/** Sentinel in node-redis 5, which shows only the present master. The addon follows that one while it is the master. */
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

/** Where one Redis is, by the options of its client. */
function nodeTarget({ socket, username, password, credentialsProvider }) {
  const { host = 'localhost', port, path } = socket ?? {};
  return {
    nodes: [{ host, port, path }],
    // node-redis turns a password into a provider, and a given provider takes precedence: it is always the one to ask.
    ...(credentialsProvider ? { credentials: askerOf(credentialsProvider) } : { username, password }),
    // `tls` has to be `true`: with an object node-redis uses TCP. The TLS options are members of `socket`.
    tls: socket?.tls === true && socket,
  };
}

/** One function for each provider: authorizers share a connection if they have the same function. */
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

/** An option of 6.1 and later; earlier versions ignore it. */
function keyPrefix({ _keyPrefix }) {
  return _keyPrefix;
}

/** The methods that `legacyMode` puts on a client of @redis/client 1.0 to 1.6, by the hash of their text. */
const LEGACY_MODE = new Map([
  ['916e367cda810f9e268428c881d3948091b333850083ee7f3c0307206dd0b60c', 'get'],
  ['2a0302dbfa23f65ad0cda9b5c1deb0b18fb443e9086a3653404e69d168d7af3b', 'sendCommand'], // 1.0.5
  ['ca4978a9f7b73122a74fe16748de6da525a6c7b18d3a6bf5c8f15046db694088', 'sendCommand'], // to 1.4.2
  ['dfa12e989742f02020c3455595ed877fc3101d5bd8c869016e7022a0a12d1ebd', 'sendCommand'], // 1.5.0, 1.5.2
  ['4d6a458c175f845583f09595e61e32bf7ab008cdda5b9d09712d8859ccfda4c4', 'sendCommand'], // 1.5.10
  ['d8a96fb4b8e2d70f86aae77fc05ad06d61462fd06aed0cc80eff62e2f71799cc', 'sendCommand'], // to 1.6.1
]);

/** Whether `legacyMode` has put this method on the client. A wrapper around such a method has another text. */
function isOfLegacyMode(client, method) {
  return (
    client.options?.legacyMode === true &&
    typeof client[method] === 'function' &&
    LEGACY_MODE.get(hashOf(textOf(client[method]))) === method
  );
}

/**
 * The options of a cluster (from 5.0 on) or a Sentinel (from 6.0 on), which are private. `duplicate()` passes them to
 * `this.constructor`, which here is a function that only keeps them.
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

/** The options of a cluster of node-redis 4, which only its nodes show, once it is connected. */
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

/** A root node as node-redis reads it: the parts of its URL take precedence. */
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

/** Whether a root node has credentials or TLS of its own. node-redis uses them for discovery alone, and the defaults later. */
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
