'use strict';

// Look-ups derived from a store over a client of Redis Cluster: the same sessions, also while masters change.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { nativeFor, patchGet } = require('./support/derived');
const { admitAll, refusedDuring, untilAdmitted } = require('./support/failover');
const { authorizerOf, assertAdmitted, prove, untilStore, warningsDuring } = require('./support/proof');
const { startCluster } = require('./support/redis-cluster');
const { names } = require('./support/redis-store');
const { sharedPair } = require('./support/shared');
const { sessionOf, storeOf, closedWith } = require('./support/stores');
const { CLUSTERS } = require('./support/stores-cluster');
const { cookieOf, visit } = require('./support/visit');

const NAMES = Object.keys(CLUSTERS);
const IOREDIS = NAMES.filter((name) => /io(redis|valkey)/.test(name));
const NODE_REDIS = NAMES.filter((name) => /node-redis/.test(name));
/** More than there are masters, so that every one of them has some. */
const USERS = names('user', 40);

/** @typedef {Awaited<ReturnType<typeof startCluster>>} Cluster */
/** @type {Cluster} */
let cluster;
/** @type {Cluster} */
let secure;
let nodes;

const files = sharedPair(startCluster, { options: { masters: 3, replicas: 1 }, users: USERS }, (clusters) => {
  [cluster, secure] = clusters;
  nodes = placesOf(cluster);
});

function placesOf({ nodes: servers }) {
  return servers.map(({ host, port }) => ({ host, port }));
}

function addressOf(places) {
  return `redis://${places.map(({ host, port }) => `${host}:${port}`).join(',')}`;
}

function open(t, name, settings = { nodes }, more = {}) {
  return closedWith(t, CLUSTERS[name](settings, more));
}

function proven(t, opened, users = USERS) {
  return nativeFor(t, opened, users);
}

async function assertFallsBack(t, { options }, reason) {
  await untilStore(authorizerOf(t, options), USERS[0], USERS[0], reason);
}

for (const name of NAMES) {
  test(`${name}: all slots`, async (t) => {
    const warnings = warningsDuring(t);
    const authorizer = await proven(t, await open(t, name));
    // In node-redis 4 only the masters that it has found can be seen.
    const seeds = name.includes('node-redis 4') ? nodes.slice(0, 3) : nodes;
    assert.deepEqual(partsOf(authorizer.backend.address), partsOf(addressOf(seeds)));
    const { error } = await visit(authorizer, cookieOf('nobody'));
    assert.equal(error.code, 'SESSION_NOT_FOUND');
    assert.equal(authorizer.backend.kind, 'redis');
    assert.deepEqual(warnings, []);
  });

  test(`${name}: a user with a password`, async (t) => {
    for (const { admin } of cluster.nodes) {
      await admin.sendCommand(['ACL', 'SETUSER', 'ali', 'reset', 'on', '>p@ss', '~sess:*', '+@all']);
      await admin.sendCommand(['ACL', 'SETUSER', 'default', 'resetpass', '>another']);
    }
    t.after(() =>
      Promise.all(
        cluster.nodes.map(({ admin }) => admin.sendCommand(['ACL', 'SETUSER', 'default', 'nopass'])),
      ),
    );
    const authorizer = await proven(t, await open(t, name, { nodes, username: 'ali', password: 'p@ss' }));
    assert.doesNotMatch(authorizer.backend.address, /ali|p@ss/);
  });

  test(`${name}: prefix of the store, changed later`, async (t) => {
    const { store, options } = await open(t, name);
    const authorizer = await proven(t, { store, options });
    await cluster.write(USERS, { prefix: 'later:' });
    store.prefix = 'later:';
    await admitAll(authorizer, USERS);
    assert.equal(authorizer.backend.kind, 'redis');
  });
}

/** The scheme and the nodes, which come in any order. */
function partsOf(address) {
  return address.split(/:\/\/|,/).sort();
}

test('prefix of the client', async (t) => {
  await cluster.write(USERS, { prefix: 'tenant:sess:' });
  await cluster.ask('SET', 'sess:tenant', JSON.stringify(sessionOf('somebody else')));
  await cluster.ask('SET', 'tenant:sess:tenant', JSON.stringify(sessionOf('tenant')));
  for (const name of [...IOREDIS, 'connect-redis 10, node-redis 6 cluster']) {
    const authorizer = await proven(t, await open(t, name, { nodes, keyPrefix: 'tenant:' }));
    await assertAdmitted(authorizer, 'tenant', 'tenant');
  }
  // ioredis 4 does nothing with this one, the others take it over.
  for (const name of IOREDIS) {
    const opened = await open(t, name, { nodes }, { redisOptions: { keyPrefix: 'tenant:' } });
    const authorizer = await proven(t, opened);
    await assertAdmitted(authorizer, 'tenant', name.includes('ioredis 4') ? 'somebody else' : 'tenant');
  }
});

test('nodes as ioredis takes them: ports, texts, URLs', async (t) => {
  const [first, second, third] = nodes.map(({ port }) => port);
  const given = [first, String(second), `redis://127.0.0.1:${third}`, `127.0.0.1:${first}`, { port: second }];
  for (const name of IOREDIS) {
    const authorizer = await proven(t, await open(t, name, { nodes: given }));
    assert.match(authorizer.backend.address, new RegExp(`:${third},127\\.0\\.0\\.1:${first},`));
  }
});

test('TLS with an authority of its own', async (t) => {
  const ca = fs.readFileSync(files.ca);
  for (const name of NAMES) {
    const tls = name.includes('node-redis') ? { tls: true, ca } : { ca };
    const authorizer = await proven(t, await open(t, name, { nodes: placesOf(secure), tls }));
    assert.match(authorizer.backend.address, /^rediss:/);
  }
});

test('ioredis: what cannot be followed is left to the store', async (t) => {
  const natMap = Object.fromEntries(nodes.map((node) => [`${node.host}:${node.port}`, node]));
  const table = [
    [{ natMap }, /natMap/],
    [{ scaleReads: 'slave' }, /scaleReads/],
    [{ scaleReads: 'all' }, /scaleReads/],
    [{ dnsLookup: (_name, callback) => setImmediate(callback, null, '127.0.0.1', 4) }, /dnsLookup/],
  ];
  for (const name of IOREDIS) {
    for (const [more, reason] of table)
      await assertFallsBack(t, await open(t, name, { nodes }, more), reason);
    const [first, ...rest] = nodes;
    const mixed = [{ ...first, password: 'hers' }, ...rest];
    await assertFallsBack(t, await open(t, name, { nodes: mixed }), /credentials of single nodes/);
    const plain = (address, callback) => callback(null, address);
    await proven(t, await open(t, name, { nodes }, { dnsLookup: plain }));
  }
});

test('ioredis 3: a Cluster that does not show where it began', async (t) => {
  const { Cluster } = require('ioredis-3');
  const client = new Cluster(nodes);
  t.after(() => client.disconnect());
  await assertFallsBack(t, { options: { store: storeOf(6, { client }) } }, /none that is known/);
});

test('node-redis: what cannot be followed is left to the store', async (t) => {
  const nodeAddressMap = Object.fromEntries(
    nodes.map(({ host, port }) => [`${host}:${port}`, { host: 'localhost', port }]),
  );
  const rootNodes = nodes.map(({ host, port }) => ({ url: `redis://default:hers@${host}:${port}` }));
  for (const name of NODE_REDIS) {
    await assertFallsBack(t, await open(t, name, { nodes }, { nodeAddressMap }), /nodeAddressMap/);
    const opened = await open(t, name, { nodes }, { rootNodes });
    // In node-redis 4 they do not show, and play no part any more once it is connected.
    if (name.includes('node-redis 4')) await proven(t, opened);
    else await assertFallsBack(t, opened, /root nodes alone/);
    await proven(t, await open(t, name, { nodes }, { useReplicas: true }));
  }
});

test('a client that is patched, before or later', async (t) => {
  for (const name of NAMES) {
    const { store, client, options } = await open(t, name);
    const authorizer = await proven(t, { store, options });
    patchGet(client);
    for (const each of [authorizer, authorizerOf(t, options)]) {
      await untilStore(each, USERS[0], USERS[0], /a get of its own/);
    }
  }
});

test('node-redis: not connected yet', async (t) => {
  for (const [module, version] of [
    ['redis-4', 8],
    ['redis-5', 9],
    ['redis', 10],
  ]) {
    const client = require(module).createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
    const store = storeOf(version, { client });
    const authorizer = authorizerOf(t, version === 8 ? { store, client } : { store });
    const { error } = await visit(authorizer, cookieOf(USERS[0]));
    assert.equal(error?.code, 'STORE_ERROR');
    await client.connect();
    t.after(() => (client.destroy ?? client.disconnect).call(client));
    await prove(authorizer, USERS[0], USERS[0]);
  }
});

test('a failover that is ordered: nobody is refused, and look-ups stay native', async (t) => {
  const authorizers = await allProven(t);
  const replica = await cluster.replicaOf(await cluster.masterOf(`sess:${USERS[0]}`));
  const failover = replica.admin
    .sendCommand(['CLUSTER', 'FAILOVER'])
    .then(() => cluster.untilPromoted(replica));
  for (const refused of await Promise.all(
    authorizers.map((each) => refusedDuring(each, USERS, () => failover)),
  )) {
    assert.deepEqual(refused, []);
  }
  await Promise.all(authorizers.map((each) => prove(each, USERS[0], USERS[0])));
});

test('a master killed: visitors are let in again when its replica is master, and natively', async (t) => {
  const authorizers = await allProven(t, { timeout: 2_000 });
  const master = await cluster.masterOf(`sess:${USERS[0]}`);
  const replica = await cluster.replicaOf(master);
  await cluster.kill(master);
  const promotion = cluster.untilPromoted(replica);
  const meanwhile = Promise.all(authorizers.map((each) => refusedDuring(each, USERS, () => promotion)));
  await promotion;
  await Promise.all(
    authorizers.map(async (each) => {
      await untilAdmitted(each, USERS);
      await prove(each, USERS[0], USERS[0]);
    }),
  );
  // node-redis waits for a lost master for ever; look-ups that came before the promotion end at their deadline.
  for (const refused of await meanwhile) {
    for (const { cause } of refused)
      assert.match(cause.message, new RegExp(`^127\\.0\\.0\\.1:${master.port}: `));
  }
});

/** One authorizer for each store. */
function allProven(t, more) {
  return Promise.all(
    NAMES.map(async (name) => {
      const { store, options } = await open(t, name);
      return proven(t, { store, options: { ...options, ...more } });
    }),
  );
}
