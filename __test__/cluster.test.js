'use strict';

// Redis Cluster by the option redis: every session where its slot is, and what happens when masters go and slots move.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { freePort } = require('../scripts/support/redis-server');
const { GONE, admitAll, refusedDuring, untilAdmitted } = require('./support/failover');
const { authorizerOf } = require('./support/proof');
const { startCluster } = require('./support/redis-cluster');
const { redisFor, commandCounts, names } = require('./support/redis-store');
const { sharedPair } = require('./support/shared');
const { cookieOf, visit } = require('./support/visit');

const USERS = names('user', 200);

/** @typedef {Awaited<ReturnType<typeof startCluster>>} Cluster */
/** @type {Cluster} */
let cluster;
/** @type {Cluster} */
let secure;

const files = sharedPair(startCluster, { options: { masters: 3, replicas: 1 }, users: USERS }, (clusters) => {
  [cluster, secure] = clusters;
});

/** The address of a backend: the seeds, joined by commas. */
function addressOf(nodes, scheme = 'redis') {
  return `${scheme}://${nodes.map(({ host, port }) => `${host}:${port}`).join(',')}`;
}

function places(nodes) {
  return nodes.map(({ host, port }) => ({ host, port }));
}

async function assertStoreError(authorizer, cause, user = USERS[0]) {
  const { error } = await visit(authorizer, cookieOf(user));
  assert.equal(error?.code, 'STORE_ERROR');
  assert.match(error.cause.message, cause);
}

test('an array of URLs: each visitor gets their own user, and only the master of their slot is asked', async (t) => {
  const authorizer = authorizerOf(t, { redis: cluster.urls });
  assert.deepEqual(authorizer.backend, {
    kind: 'redis',
    address: addressOf(cluster.nodes),
    reason: 'the option redis',
    state: 'idle',
    lastError: null,
  });
  await admitAll(authorizer, USERS);
  for (const { admin } of cluster.nodes) await admin.sendCommand(['CONFIG', 'RESETSTAT']);

  await admitAll(authorizer, USERS);
  const { error } = await visit(authorizer, cookieOf('nobody'));
  assert.equal(error.code, 'SESSION_NOT_FOUND');
  const asked = await Promise.all(cluster.nodes.map(({ admin }) => commandCounts(admin)));
  const gets = asked.map(({ get = 0 }) => get);
  assert.equal(
    gets.reduce((sum, count) => sum + count),
    USERS.length + 1,
  );
  assert.equal(gets.filter(Boolean).length, 3, `the masters, and no replica: ${gets}`);
  assert.equal(authorizer.stats().reconnects, 0);
});

test('seeds as { host, port }, one of them gone, one a replica', async (t) => {
  const [, , , replica] = cluster.nodes;
  const nodes = [{ host: '127.0.0.1', port: await freePort() }, ...places([replica])];
  const authorizer = authorizerOf(t, { redis: { nodes } });
  assert.equal(authorizer.backend.address, addressOf(nodes));
  await admitAll(authorizer, USERS);
});

test('prefixes and hash tags count for the slot as they do in Redis', async (t) => {
  const tagged = names('{tag}', 5).concat('{}empty', '{open', 'a{b}c');
  await cluster.write(tagged, { prefix: 'tenant:app:' });
  await cluster.write(tagged, { prefix: '{one}:app:' });
  for (const keyPrefix of ['tenant:', '{one}:', Buffer.from('tenant:')]) {
    const redis = { nodes: places(cluster.nodes), keyPrefix };
    await admitAll(authorizerOf(t, { redis, prefix: 'app:' }), tagged);
  }
});

test('a user with a password, beside the nodes or in their URLs; a wrong one', async (t) => {
  const rights = ['reset', 'on', '>p@ss', '~sess:*', '+get', '+cluster|slots'];
  for (const { admin } of cluster.nodes) await admin.sendCommand(['ACL', 'SETUSER', 'ali', ...rights]);
  const nodes = places(cluster.nodes);
  await admitAll(authorizerOf(t, { redis: { nodes, username: 'ali', password: 'p@ss' } }), USERS);
  const urls = nodes.map(({ host, port }) => `redis://ali:p%40ss@${host}:${port}`);
  const authorizer = authorizerOf(t, { redis: urls });
  await admitAll(authorizer, USERS);
  assert.equal(authorizer.backend.address, addressOf(nodes));

  const mistaken = authorizerOf(t, { redis: { nodes, username: 'ali', password: 'hunter2' } });
  for (let i = 0; i < 3; i++) await assertStoreError(mistaken, /WRONGPASS (?!.*hunter2)/);
});

test('what is no cluster says so', async (t) => {
  const single = await redisFor(t);
  await assertStoreError(authorizerOf(t, { redis: [single.url] }), /cluster support disabled/);
  const alone = await redisFor(t, { args: ['--cluster-enabled', 'yes'] });
  await assertStoreError(authorizerOf(t, { redis: [alone.url] }), /belongs to no cluster/);
  const nowhere = `redis://127.0.0.1:${await freePort()}`;
  await assertStoreError(authorizerOf(t, { redis: [nowhere, nowhere] }), GONE);
});

test('a slot that moves to another master: every session is found at each step', async (t) => {
  const users = names('{moving}', 20);
  await cluster.write(users);
  const authorizer = authorizerOf(t, { redis: cluster.urls });
  const from = await cluster.masterOf(`sess:${users[0]}`);
  const to = cluster.nodes.slice(0, 3).find((node) => node !== from);
  const slot = String(await from.admin.sendCommand(['CLUSTER', 'KEYSLOT', users[0]]));
  const assign = (node, ...state) => node.admin.sendCommand(['CLUSTER', 'SETSLOT', slot, ...state]);
  const move = (user) =>
    from.admin.sendCommand(['MIGRATE', to.host, String(to.port), `sess:${user}`, '0', '5000']);

  const refused = await refusedDuring(authorizer, users, async () => {
    await assign(to, 'IMPORTING', from.id);
    await assign(from, 'MIGRATING', to.id);
    for (const user of users) {
      await move(user);
      await admitAll(authorizer, users);
    }
    for (const node of [to, from]) await assign(node, 'NODE', to.id);
    await admitAll(authorizer, users);
  });
  assert.deepEqual(refused, []);
});

test('TLS, verified by the authority that is given', async (t) => {
  const urls = places(secure.nodes).map(({ host, port }) => `rediss://${host}:${port}`);
  const ca = fs.readFileSync(files.ca);

  const authorizer = authorizerOf(t, { redis: { nodes: urls, tls: { ca } } });
  await admitAll(authorizer, USERS);
  assert.equal(authorizer.backend.address, addressOf(secure.nodes, 'rediss'));
  await admitAll(authorizerOf(t, { redis: { nodes: places(secure.nodes), tls: { ca } } }), USERS);
  await assertStoreError(authorizerOf(t, { redis: urls }), /certificate/i);
});

test('close() ends look-ups in flight at all masters', async (t) => {
  const authorizer = authorizerOf(t, { redis: cluster.urls });
  await admitAll(authorizer, USERS);
  const pending = USERS.map((user) => visit(authorizer, cookieOf(user)));
  authorizer.close();
  for (const { error } of await Promise.all(pending)) assert.equal(error?.code, 'CLOSED');
});

test('a failover that is ordered: nobody is refused', async (t) => {
  const authorizer = authorizerOf(t, { redis: cluster.urls });
  await admitAll(authorizer, USERS);
  const master = await cluster.masterOf(`sess:${USERS[0]}`);
  const replica = await cluster.replicaOf(master);
  const refused = await refusedDuring(authorizer, USERS, async () => {
    await replica.admin.sendCommand(['CLUSTER', 'FAILOVER']);
    await cluster.untilPromoted(replica);
  });
  assert.deepEqual(refused, []);
  await admitAll(authorizer, USERS);
});

test('a master killed: its visitors are refused and told why, until its replica is master', async (t) => {
  const authorizer = authorizerOf(t, { redis: cluster.urls });
  await admitAll(authorizer, USERS);
  const { master, replica, theirs, others } = await partOf(USERS[0]);
  await cluster.kill(master);
  const refused = await refusedUntilPromoted(authorizer, { replica, theirs, others });
  for (const { code, cause } of refused) {
    assert.equal(code, 'STORE_ERROR');
    assert.ok(cause.message.startsWith(`127.0.0.1:${master.port}: `), cause.message);
    assert.match(cause.message, GONE);
  }
  await untilAdmitted(authorizer, USERS);
});

test('a master hung, which comes back as a replica', async (t) => {
  const authorizer = authorizerOf(t, { redis: cluster.urls });
  await admitAll(authorizer, USERS);
  const { master, replica, theirs, others } = await partOf(await userOfWholePart());
  cluster.hang(master);
  const refused = await refusedUntilPromoted(authorizer, { replica, theirs, others });
  for (const { cause } of refused) assert.match(cause.message, /no answer/);
  await untilAdmitted(authorizer, USERS);

  const refusedLater = await refusedDuring(authorizer, USERS, async () => {
    cluster.resume(master);
    await cluster.untilReplica(master);
  });
  assert.deepEqual(refusedLater, []);
});

test('a cluster that serves nobody while one master is missing', async (t) => {
  const authorizer = authorizerOf(t, { redis: cluster.urls });
  await admitAll(authorizer, USERS);
  const { master, others } = await partOf(USERS[0]);
  const left = cluster.nodes.filter((node) => node !== master && !node.isLost);
  for (const { admin } of left) {
    await admin.sendCommand(['CONFIG', 'SET', 'cluster-require-full-coverage', 'yes']);
  }
  await cluster.kill(master);
  await cluster.untilDown();
  await assertStoreError(authorizer, /^CLUSTERDOWN /, others[0]);

  await Promise.all(left.map((node) => cluster.kill(node)));
  for (const user of USERS) await assertStoreError(authorizer, GONE, user);
});

/** The part of the cluster that has the session of this user: its master, a replica, its users, and all others. */
async function partOf(user) {
  const master = await cluster.masterOf(`sess:${user}`);
  const masters = await Promise.all(USERS.map((each) => cluster.masterOf(`sess:${each}`)));
  return {
    master,
    replica: await cluster.replicaOf(master),
    theirs: USERS.filter((_each, i) => masters[i] === master),
    others: USERS.filter((_each, i) => masters[i] !== master),
  };
}

/** One whose session is on a master with a replica. */
async function userOfWholePart() {
  for (const user of USERS) {
    if (await cluster.replicaOf(await cluster.masterOf(`sess:${user}`))) return user;
  }
  return assert.fail('every master has lost its replica');
}

/** Why visitors of the lost master were refused until its replica was master. All others are let in all along. */
async function refusedUntilPromoted(authorizer, { replica, theirs, others }) {
  let refused;
  const refusedOthers = await refusedDuring(authorizer, others, async () => {
    refused = await refusedDuring(authorizer, theirs, () => cluster.untilPromoted(replica));
  });
  assert.deepEqual(refusedOthers, []);
  assert.ok(refused.length > 0);
  return refused;
}
