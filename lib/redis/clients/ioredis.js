'use strict';

const { URL } = require('node:url');
const dns = require('node:dns');

/** ioredis 3 to 6 and iovalkey, for one Redis, or for the master that Sentinel names. */
const ioredis = {
  name: 'ioredis',
  matches: (client) =>
    typeof client.status === 'string' && client.connector && client.options && client.sendCommand,
  methods: ['get', 'sendCommand'],
  // From ioredis 5 on that of Commander, too.
  inherits: { sendCommand: 2 },
  settings: ({ options }) => options,
  unsupported: (options, client) =>
    (options.Connector && 'a connector of its own') ||
    (options.sentinels && unsupportedSentinel(options)) ||
    transformed(client),
  target: (options) => (options.sentinels ? sentinelTarget(options) : singleTarget(options)),
  // During a reconnect, `condition` has the database of the options, and `prevCondition` the selected one.
  database: ({ prevCondition, condition, options }) =>
    prevCondition?.select ?? condition?.select ?? options.db,
  keyPrefix: ({ options }) => options.keyPrefix,
  isReady,
};

/** The Cluster of ioredis 4 to 6 and iovalkey. */
const ioredisCluster = {
  name: 'ioredis Cluster',
  matches: (client) =>
    client.isCluster === true && Array.isArray(client.startupNodes) && client.connectionPool,
  methods: ['get', 'sendCommand'],
  // From ioredis 5 on that of Commander, too.
  inherits: { sendCommand: 2 },
  settings: ({ startupNodes, options }) => ({
    ...options,
    nodes: startupNodes.map(startupNode),
    node: options.redisOptions ?? {},
  }),
  unsupported: ({ nodes, node, natMap, dnsLookup, useSRVRecords, scaleReads }, client) =>
    (natMap && 'natMap') ||
    (useSRVRecords && 'SRV records') ||
    (!isPlainLookup(dnsLookup, nodes[0]?.host) && 'dnsLookup') ||
    (scaleReads !== 'master' && 'scaleReads') ||
    (node.Connector && 'a connector of its own') ||
    (node.path && 'a Unix socket') ||
    (nodes.some(({ tls }) => tls) && 'TLS of single nodes') ||
    (hasAddress(node.tls) && 'TLS with an address') ||
    (nodes.some((each) => !sameLogin(each, nodes[0], node)) && 'credentials of single nodes') ||
    transformed(client),
  target: ({ nodes, node }) => ({
    nodes,
    cluster: true,
    username: nodes[0].username ?? node.username,
    password: nodes[0].password ?? node.password,
    tls: node.tls,
  }),
  database: () => 0,
  // ioredis 5 and later copy the one of `redisOptions` here; ioredis 4 ignores it.
  keyPrefix: ({ options }) => options.keyPrefix,
  isReady,
};

/** With `lazyConnect` it connects at the first command, and says nothing before. */
function isReady({ status }) {
  return status === 'wait' ? undefined : status === 'ready';
}

function singleTarget({ host, port, path, username, password, tls }) {
  // ioredis spreads the TLS options over the address.
  return { nodes: [{ host, port, path, ...addressIn(tls) }], username, password, tls };
}

function sentinelTarget(options) {
  const { sentinels, name, username, password, tls, enableTLSForSentinelMode } = options;
  return {
    nodes: sentinels.map(({ host, port }) => ({ host, port: port || 26379 })),
    sentinel: {
      name,
      username: options.sentinelUsername,
      password: options.sentinelPassword,
      tls: options.sentinelTLS,
    },
    username,
    password,
    tls: enableTLSForSentinelMode && tls,
  };
}

function unsupportedSentinel({ role, natMap, preferredSlaves, sentinelTLS, tls, enableTLSForSentinelMode }) {
  return (
    (role !== 'master' && 'replicas of Sentinel') ||
    (preferredSlaves && 'preferredSlaves') ||
    (natMap && 'natMap') ||
    (hasAddress(sentinelTLS) && 'sentinelTLS with an address') ||
    (enableTLSForSentinelMode && hasAddress(tls) && 'TLS with an address')
  );
}

/** An element of `startupNodes` as ioredis reads it: a port, `host:port`, a URL or options. */
function startupNode(node) {
  if (typeof node === 'number' || /^\d+$/.test(node)) return { port: Number(node) };
  if (typeof node === 'object') return node;
  const url = new URL(/^rediss?:/i.test(node) ? node : `redis://${node.replace(/^\/\//, '')}`);
  return {
    ...Object.fromEntries(url.searchParams),
    host: url.hostname,
    port: url.port,
    ...(url.username && { username: decodeURIComponent(url.username) }),
    ...(url.password && { password: decodeURIComponent(url.password) }),
  };
}

/** Credentials of a start-up node are used for that node alone. The addon has one set for all, so they have to be the same. */
function sameLogin(node, first, others) {
  return ['username', 'password'].every((part) => {
    const own = node[part] ?? others[part];
    return own === (first[part] ?? others[part]) && (others[part] == null || own === others[part]);
  });
}

/** Whether names are resolved as usual: by `dns.lookup`, or passed on unresolved, as AWS advises for TLS. */
function isPlainLookup(lookup, host = '127.0.0.1') {
  if (!lookup || lookup === dns.lookup) return true;
  let same = false;
  lookup(host, (error, address) => {
    same = !error && address === host;
  });
  return same;
}

/**
 * Whether a transformer changes GET. Transformers are set for all clients, on the class of commands. A PING that is made but
 * not sent shows the class; it is made without `enableAutoPipelining`, since a pipeline would keep it.
 */
function transformed(client) {
  let command;
  const maker = Object.create(client, {
    options: { value: { ...client.options, enableAutoPipelining: false } },
    sendCommand: { value: (made) => (command = made) },
  });
  maker.ping();
  const { argument, reply } = command.constructor._transformer;
  return (argument.get || reply.get) && 'a transformer for GET';
}

function hasAddress(tls) {
  return Object.keys(addressIn(tls)).length > 0;
}

/** The parts of an address among TLS options. */
function addressIn(tls) {
  const parts = ['host', 'port', 'path'].filter((part) => tls?.[part] != null);
  return Object.fromEntries(parts.map((part) => [part, tls[part]]));
}

module.exports = { ioredis, ioredisCluster };
