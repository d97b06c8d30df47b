'use strict';

// Where each client keeps the settings of Sentinel, and of a pool. What a client shows only when it is connected
// is read from one that is.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { detectClient } = require('../lib/redis/clients');
const { Snapshot } = require('../lib/sessions/proven/snapshot');
const { startRedis } = require('../scripts/support/redis-server');
const { startSentinel } = require('./support/redis-sentinel');
const { assertLeadsTo, assertNotFollowed, nodesAt } = require('./support/targets');
const { IOREDIS, NODE_REDIS_FROM_5 } = require('./support/versions');

const PLAIN = { ca: null, cert: null, key: null, servername: null, rejectUnauthorized: false };

for (const name of IOREDIS) {
  const open = (options) =>
    new (require(name))({
      sentinels: [{ host: 's' }, { host: 't', port: '7' }],
      name: 'm',
      lazyConnect: true,
      ...options,
    });
  const nodes = nodesAt('s:26379', 't:7');

  test(`${name} Sentinel`, async () => {
    await assertLeadsTo(open(), { nodes, sentinel: { name: 'm' } });
    await assertLeadsTo(open({ username: 'u', password: 'p', db: 2, keyPrefix: 'k:' }), {
      ...{ nodes, sentinel: { name: 'm' }, username: 'u', password: 'p', db: 2, keyPrefix: 'k:' },
    });
    await assertLeadsTo(open({ sentinelUsername: 'u', sentinelPassword: 'p' }), {
      ...{ nodes, sentinel: { name: 'm', username: 'u', password: 'p' } },
    });
    const tls = { rejectUnauthorized: false };
    await assertLeadsTo(open({ sentinelTLS: tls, tls }), { nodes, sentinel: { name: 'm', tls: PLAIN } });
    await assertLeadsTo(open({ tls, enableTLSForSentinelMode: true }), {
      ...{ nodes, sentinel: { name: 'm' }, tls: PLAIN },
    });
  });

  test(`${name} Sentinel: what the addon cannot follow`, async () => {
    const table = [
      [{ role: 'slave' }, /replicas of Sentinel/],
      [{ natMap: {} }, /natMap/],
      [{ preferredSlaves: [] }, /preferredSlaves/],
      [{ sentinelTLS: { host: 'x' } }, /sentinelTLS with an address/],
      [{ sentinelTLS: { ciphers: 'x' } }, /TLS with ciphers/],
      [{ tls: { host: 'x' }, enableTLSForSentinelMode: true }, /TLS with an address/],
    ];
    for (const [options, pattern] of table) await assertNotFollowed(open(options), pattern);
  });
}

test('redis Sentinel', async () => {
  const { createSentinel } = require('redis');
  const sentinelRootNodes = [
    { host: 's', port: 26379 },
    { host: 't', port: 7 },
  ];
  const open = (options) => createSentinel({ name: 'm', sentinelRootNodes, ...options });
  const nodes = nodesAt('s:26379', 't:7');
  await assertLeadsTo(open(), { nodes, sentinel: { name: 'm' } });
  const login = { username: 'u', password: 'p' };
  const tls = { socket: { tls: true, rejectUnauthorized: false } };
  await assertLeadsTo(
    open({
      nodeClientOptions: { ...login, database: 2, ...tls },
      sentinelClientOptions: login,
      keyPrefix: 'k:',
    }),
    { nodes, sentinel: { name: 'm', ...login }, ...login, db: 2, tls: PLAIN, keyPrefix: 'k:' },
  );
  await assertLeadsTo(open({ sentinelClientOptions: tls }), { nodes, sentinel: { name: 'm', tls: PLAIN } });
  const credentialsProvider = { type: 'async-credentials-provider', credentials: async () => login };
  await assertLeadsTo(open({ nodeClientOptions: { credentialsProvider } }), {
    ...{ nodes, sentinel: { name: 'm' }, ...login },
  });

  const streaming = { credentialsProvider: { type: 'streaming-credentials-provider' } };
  const table = [
    [{ nodeAddressMap: {} }, /nodeAddressMap/],
    [{ sentinelClientOptions: { credentialsProvider } }, /a credentials provider for Sentinel/],
    [{ nodeClientOptions: streaming }, /credentials that change/],
    [{ nodeClientOptions: { socket: { tls: true, ciphers: 'x' } } }, /TLS with ciphers/],
    [{ sentinelClientOptions: { socket: { tls: true, ciphers: 'x' } } }, /TLS with ciphers/],
  ];
  for (const [options, pattern] of table) await assertNotFollowed(open(options), pattern);
});

test('redis-5 Sentinel: the present master, for as long as it is the master', async (t) => {
  const system = await startSentinel();
  const { createSentinel } = require('redis-5');
  const client = createSentinel({
    name: system.name,
    sentinelRootNodes: system.nodes,
    nodeClientOptions: { database: 2 },
  });
  client.on('error', () => {});
  t.after(async () => {
    await client.destroy();
    await system.stop();
  });
  assert.match((await detectClient(client)).later, /not connected/);
  await client.connect();
  const snapshot = new Snapshot({ get() {}, client, prefix: 'sess:' }, client);
  const { host, port } = system.master;
  await assertLeadsTo(client, { nodes: [{ host, port }], db: 2 });
  assert.ok(snapshot.holds());

  const changed = new Promise((resolve) => {
    client.on('topology-change', ({ type }) => type === 'MASTER_CHANGE' && resolve());
  });
  const heir = system.replica;
  await system.sentinels[0].admin.sendCommand(['SENTINEL', 'FAILOVER', system.name]);
  await Promise.all([changed, system.untilMaster(heir)]);
  assert.ok(!snapshot.holds());
  await assertLeadsTo(client, { nodes: [{ host: heir.host, port: heir.port }], db: 2 });
});

for (const name of NODE_REDIS_FROM_5) {
  test(`${name} pool: what the clients in it are made of`, async (t) => {
    const redis = await startRedis({ args: ['--requirepass', 'p'] });
    const { host, port } = redis;
    const { createClientPool } = require(name);
    const options = { socket: { host, port }, password: 'p', database: 3, keyPrefix: 'k:' };
    const pool = createClientPool(options);
    pool.on('error', () => {});
    t.after(async () => {
      pool.destroy();
      await redis.stop();
    });
    assert.match((await detectClient(pool)).later, /not connected/);
    await pool.connect();
    const keyPrefix = name === 'redis' ? 'k:' : '';
    await assertLeadsTo(pool, { nodes: [{ host, port }], password: 'p', db: 3, keyPrefix });
    for (const method of ['get', 'execute']) {
      const patched = Object.assign(createClientPool(options), { [method]() {} });
      await assertNotFollowed(patched, new RegExp(`has a ${method} of its own`));
    }
  });
}
