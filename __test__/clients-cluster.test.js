'use strict';

// Where each client keeps the settings of a cluster.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { detectClient } = require('../lib/redis/clients');
const { startCluster } = require('./support/redis-cluster');
const { target, assertLeadsTo, assertNotFollowed, nodesAt } = require('./support/targets');
const { IOREDIS_CLUSTERS, NODE_REDIS_FROM_5 } = require('./support/versions');

const SEEDS = nodesAt('a:7001', 'b:7002');
const PLAIN = { ca: null, cert: null, key: null, servername: null, rejectUnauthorized: false };

for (const name of IOREDIS_CLUSTERS) {
  const { Cluster } = require(name);
  const open = (nodes, options) => new Cluster(nodes, { ...options, lazyConnect: true });
  const objects = [
    { host: 'a', port: 7001 },
    { host: 'b', port: '7002', db: 3 },
  ];
  const login = { username: 'u', password: 'p' };
  const table = {
    objects: [objects, {}, { nodes: SEEDS }],
    'texts and ports': [
      ['a:7001', 'redis://b:7002/1', 7003, '7004', '[::1]:7005', '//c:7006'],
      {},
      {
        nodes: [
          ...SEEDS,
          { port: 7003 },
          { port: 7004 },
          { host: '::1', port: 7005 },
          { host: 'c', port: 7006 },
        ],
      },
    ],
    'credentials of all nodes': [objects, { redisOptions: login }, { nodes: SEEDS, ...login }],
    'the same credentials at each node': [
      objects.map((node) => ({ ...node, ...login })),
      { redisOptions: { password: 'p' } },
      { nodes: SEEDS, ...login },
    ],
    'a password in each URL': [
      ['redis://:p%40@a:7001', 'redis://:p%40@b:7002'],
      {},
      { nodes: SEEDS, password: 'p@' },
    ],
    TLS: [objects, { redisOptions: { tls: { rejectUnauthorized: false } } }, { nodes: SEEDS, tls: PLAIN }],
    'a prefix of keys': [objects, { keyPrefix: 'k:' }, { nodes: SEEDS, keyPrefix: 'k:' }],
    'a prefix of keys among the options of nodes': [
      objects,
      { redisOptions: { keyPrefix: 'k:' } },
      { nodes: SEEDS, keyPrefix: name === 'ioredis-4' ? '' : 'k:' },
    ],
    'names that are not resolved beforehand': [
      objects,
      { dnsLookup: (host, callback) => callback(null, host) },
      { nodes: SEEDS },
    ],
    'automatic pipelines': [objects, { enableAutoPipelining: true }, { nodes: SEEDS }],
  };
  for (const [what, [nodes, options, expected]] of Object.entries(table)) {
    test(`${name} Cluster: ${what}`, () =>
      assertLeadsTo(open(nodes, options), { cluster: true, ...expected }));
  }

  test(`${name} Cluster: what the addon cannot follow`, async () => {
    const lookup = (_host, callback) => setImmediate(callback, null, '127.0.0.1');
    const options = [
      [{ natMap: {} }, /natMap/],
      [{ useSRVRecords: true }, /SRV records/],
      [{ dnsLookup: lookup }, /dnsLookup/],
      [{ scaleReads: 'slave' }, /scaleReads/],
      [{ redisOptions: { tls: { host: 'other' } } }, /TLS with an address/],
      [{ redisOptions: { tls: 'RedisCloudFixed' } }, /TLS with a profile/],
      [{ redisOptions: { path: '/run/r.sock' } }, /a Unix socket/],
      [{ redisOptions: { Connector: class {} } }, /a connector of its own/],
    ];
    for (const [option, pattern] of options) await assertNotFollowed(open(objects, option), pattern);
    const [first, second] = objects;
    const nodes = [
      [[{ ...first, password: 'p' }, second], {}, /credentials of single nodes/],
      [[{ ...first, password: 'p' }], { redisOptions: { password: 'q' } }, /credentials of single nodes/],
      [[{ ...first, tls: {} }, second], {}, /TLS of single nodes/],
    ];
    for (const [given, option, pattern] of nodes) await assertNotFollowed(open(given, option), pattern);
    const patched = Object.assign(open(objects), { get() {} });
    await assertNotFollowed(patched, /has a get of its own/);
  });
}

test('the Cluster of ioredis 3 is not followed', async () => {
  const { Cluster } = require('ioredis-3');
  await assertNotFollowed(new Cluster(['a:1'], { lazyConnect: true }), /none that is known/);
});

for (const name of NODE_REDIS_FROM_5) {
  const { createCluster } = require(name);
  const rootNodes = [{ url: 'redis://a:7001' }, { socket: { host: 'b', port: 7002 } }];
  const login = { username: 'u', password: 'p' };

  test(`${name} cluster`, async () => {
    const open = (options) => createCluster({ rootNodes, ...options });
    const base = { nodes: SEEDS, cluster: true };
    await assertLeadsTo(open(), base);
    await assertLeadsTo(open({ defaults: { ...login, database: 3 } }), { ...base, ...login });
    const withLogin = [{ url: 'redis://u:p@[::1]:7001' }];
    const nodes = [{ host: '::1', port: 7001 }];
    await assertLeadsTo(createCluster({ rootNodes: withLogin, defaults: login }), {
      ...{ nodes, cluster: true, ...login },
    });
    const credentialsProvider = { type: 'async-credentials-provider', credentials: async () => login };
    await assertLeadsTo(open({ defaults: { credentialsProvider } }), { ...base, ...login });
    const keyPrefix = name === 'redis' ? 'k:' : '';
    await assertLeadsTo(open({ keyPrefix: 'k:' }), { ...base, keyPrefix });
    const secure = [{ url: 'rediss://a:7001' }, { socket: { host: 'b', port: 7002, tls: true } }];
    const defaults = { socket: { tls: true, rejectUnauthorized: false } };
    await assertLeadsTo(createCluster({ rootNodes: secure, defaults }), { ...base, tls: PLAIN });
    await assertLeadsTo(open({ useReplicas: true }), base);
  });

  test(`${name} cluster: what the addon cannot follow`, async () => {
    const credentialsProvider = { type: 'async-credentials-provider', credentials: async () => login };
    const table = [
      [{ nodeAddressMap: {} }, /nodeAddressMap/],
      [{ defaults: { url: 'redis://a' } }, /a URL for all nodes/],
      [{ rootNodes: [{ url: 'redis://:p@a' }] }, /its root nodes alone/],
      [{ rootNodes: [{ password: 'p' }], defaults: { password: 'q' } }, /its root nodes alone/],
      [{ rootNodes: [{ url: 'rediss://a' }] }, /its root nodes alone/],
      [{ rootNodes: [{ credentialsProvider }] }, /its root nodes alone/],
      [
        { defaults: { credentialsProvider: { type: 'streaming-credentials-provider' } } },
        /credentials that change/,
      ],
      [{ defaults: { socket: { tls: true, pfx: 'x' } }, rootNodes: [{}] }, /TLS with pfx/],
    ];
    for (const [options, pattern] of table) {
      await assertNotFollowed(createCluster({ rootNodes, ...options }), pattern);
    }
    for (const method of ['get', '_execute']) {
      const patched = Object.assign(createCluster({ rootNodes }), { [method]() {} });
      await assertNotFollowed(patched, new RegExp(`has a ${method} of its own`));
    }
  });
}

test('redis-4 cluster: what its nodes show once it is connected', async (t) => {
  const { createCluster } = require('redis-4');
  const cluster = await startCluster({ masters: 2 });
  for (const { admin } of cluster.nodes) await admin.configSet('requirepass', 'p');
  const clients = [];
  t.after(async () => {
    await Promise.all(clients.map((client) => client.disconnect()));
    await cluster.stop();
  });
  const open = async (options) => {
    const defaults = { password: 'p' };
    const client = createCluster({ rootNodes: [{ url: cluster.urls[0] }], defaults, ...options });
    client.on('error', () => {});
    assert.match((await detectClient(client)).later, /not connected/);
    await client.connect();
    clients.push(client);
    return client;
  };
  const nodes = nodesAt(...cluster.urls.map((url) => new URL(url).host));
  const { target: found } = await detectClient(await open());
  for (const list of [found.nodes, nodes]) list.sort((one, other) => one.port - other.port);
  assert.deepEqual(found, target({ nodes, cluster: true, password: 'p' }));

  const nodeAddressMap = (address) => ({ host: 'localhost', port: Number(address.split(':')[1]) });
  await assertNotFollowed(await open({ nodeAddressMap }), /nodeAddressMap/);
});
