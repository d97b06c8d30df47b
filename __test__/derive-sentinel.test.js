'use strict';

// Look-ups derived from a store whose client Sentinel leads to the master: the same sessions, whoever is master.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { nativeFor } = require('./support/derived');
const { refusedDuring, untilAdmitted } = require('./support/failover');
const { authorizerOf, assertAdmitted, prove, untilStore, warningsDuring } = require('./support/proof');
const { until } = require('./support/redis-cluster');
const { startSentinel } = require('./support/redis-sentinel');
const { names } = require('./support/redis-store');
const { sharedPair } = require('./support/shared');
const { save, sessionOf, storeOf, closedWith } = require('./support/stores');
const { SENTINELS } = require('./support/stores-cluster');
const { cookieOf, visit } = require('./support/visit');

const NAMES = Object.keys(SENTINELS);
const IOREDIS = NAMES.filter((name) => /io(redis|valkey)/.test(name));
const USERS = names('user', 10);

/** @typedef {Awaited<ReturnType<typeof startSentinel>>} System */
/** @type {System} */
let system;
/** @type {System} */
let secure;
/** How a client finds the master. */
let at;

const files = sharedPair(startSentinel, { users: USERS }, (systems) => {
  [system, secure] = systems;
  at = { name: system.name, nodes: system.nodes };
});

function open(t, name, settings = at, more = {}) {
  return closedWith(t, SENTINELS[name](settings, more));
}

function proven(t, opened, users = USERS) {
  return nativeFor(t, opened, users);
}

/** What a backend says: the Sentinels; with node-redis 5, which does not show them, the master. */
function addressOf(name, db = 0) {
  const { master, nodes } = system;
  if (name.includes('node-redis 5')) return `redis://${master.host}:${master.port}/${db}`;
  const places = nodes.map(({ host, port }) => `${host}:${port}`).join(',');
  return `redis+sentinel://${system.name}@${places}/${db}`;
}

for (const name of NAMES) {
  test(`${name}: the master's sessions`, async (t) => {
    const warnings = warningsDuring(t);
    const authorizer = await proven(t, await open(t, name));
    assert.equal(authorizer.backend.address, addressOf(name));
    const { error } = await visit(authorizer, cookieOf('nobody'));
    assert.equal(error.code, 'SESSION_NOT_FOUND');
    assert.equal(authorizer.backend.kind, 'redis');
    assert.deepEqual(warnings, []);
  });

  test(`${name}: database by option`, async (t) => {
    const authorizer = await proven(t, await open(t, name, { ...at, db: 3 }), []);
    assert.equal(authorizer.backend.address, addressOf(name, 3));
  });

  test(`${name}: log-ins of the master and of the sentinels`, async (t) => {
    // ioredis 3 cannot log in to a Sentinel.
    const sentinel = name.includes('ioredis 3') ? undefined : 'watch';
    await system.setPasswords({ data: 'p@ss', sentinel });
    t.after(() => system.setPasswords({}));
    await proven(t, await open(t, name, { ...at, password: 'p@ss', sentinelPassword: sentinel }));
  });
}

for (const name of NAMES.filter((each) => !each.includes('ioredis 3'))) {
  test(`${name}: TLS`, async (t) => {
    const ca = fs.readFileSync(files.ca);
    const tls = name.includes('node-redis') ? { tls: true, ca } : { ca };
    const authorizer = await proven(t, await open(t, name, { name: secure.name, nodes: secure.nodes, tls }));
    assert.match(authorizer.backend.address, /^rediss/);
  });
}

for (const name of IOREDIS) {
  test(`${name}: database selected later`, async (t) => {
    const { store, client, options } = await open(t, name);
    const authorizer = await proven(t, { store, options });
    await client.select(8);
    await save(store, 'in 8', 'in 8');
    await prove(authorizer, 'in 8', 'in 8');
    assert.equal(authorizer.backend.address, addressOf(name, 8));
  });

  test(`${name}: what cannot be followed is left to the store`, async (t) => {
    const place = ({ host, port }) => `${host}:${port}`;
    const { master, replica } = system;
    const natMap = Object.fromEntries([master, replica].map((each) => [place(each), each]));
    const table = [
      [{ role: 'slave' }, /replicas of Sentinel/],
      [{ natMap }, /natMap/],
    ];
    for (const [more, reason] of table) {
      const { options } = await open(t, name, at, more);
      await untilStore(authorizerOf(t, options), USERS[0], USERS[0], reason);
    }
  });
}

test('prefix of the client', async (t) => {
  for (const name of [...IOREDIS, 'connect-redis 10, node-redis 6 Sentinel']) {
    await system.master.admin.set('tenant:sess:ann', JSON.stringify(sessionOf('ann')));
    await system.master.admin.set('sess:ann', JSON.stringify(sessionOf('somebody else')));
    const authorizer = await proven(t, await open(t, name, { ...at, keyPrefix: 'tenant:' }), []);
    await assertAdmitted(authorizer, 'ann', 'ann');
  }
});

test('node-redis 6: addresses of its own are left to the store', async (t) => {
  const { master, replica } = system;
  const nodeAddressMap = Object.fromEntries(
    [master, replica, ...system.nodes].map(({ host, port }) => [
      `${host}:${port}`,
      { host: 'localhost', port },
    ]),
  );
  const { options } = await open(t, 'connect-redis 10, node-redis 6 Sentinel', at, { nodeAddressMap });
  await untilStore(authorizerOf(t, options), USERS[0], USERS[0], /nodeAddressMap/);
  // What node-redis 5 shows is where the map led.
  const mapped = await open(t, 'connect-redis 9, node-redis 5 Sentinel', at, { nodeAddressMap });
  const authorizer = await proven(t, mapped);
  assert.equal(authorizer.backend.address, `redis://localhost:${master.port}/0`);
});

test('node-redis: not connected yet', async (t) => {
  for (const [module, version] of [
    ['redis-5', 9],
    ['redis', 10],
  ]) {
    const client = require(module).createSentinel({ name: system.name, sentinelRootNodes: system.nodes });
    client.on('error', () => {});
    const authorizer = authorizerOf(t, { store: storeOf(version, { client }), timeout: 300 });
    const { error } = await visit(authorizer, cookieOf(USERS[0]));
    assert.match(error?.code, /^STORE_(ERROR|TIMEOUT)$/);
    await client.connect();
    t.after(() => client.destroy());
    await prove(authorizer, USERS[0], USERS[0]);
  }
});

test('a failover that is ordered: look-ups follow it', async (t) => {
  const authorizers = await allProven(t);
  const { replica } = system;
  const failover = system.sentinels[0].admin
    .sendCommand(['SENTINEL', 'FAILOVER', system.name])
    .then(() => system.untilMaster(replica))
    .then(() => system.attachReplica());
  await Promise.all(authorizers.map((each) => refusedDuring(each, USERS, () => failover)));
  await assertAllFollow(authorizers);
});

test('a master killed: visitors are let in again when the replica is master, and natively', async (t) => {
  const authorizers = await allProven(t);
  const { master, replica } = system;
  await master.stop();
  const promotion = system.untilMaster(replica);
  await Promise.all(authorizers.map((each) => refusedDuring(each, USERS, () => promotion)));
  await assertAllFollow(authorizers);
});

/** One authorizer for each store. */
function allProven(t) {
  return Promise.all(NAMES.map(async (name) => proven(t, await open(t, name))));
}

/** All let everybody in, natively, also who has come since. */
async function assertAllFollow(authorizers) {
  await Promise.all(
    authorizers.map(async (authorizer, i) => {
      await untilAdmitted(authorizer, USERS);
      // node-redis 5 is followed to the old master for as long as it takes that for the master itself.
      await until(async () => {
        await prove(authorizer, USERS[0], USERS[0]);
        return authorizer.backend.address === addressOf(NAMES[i]);
      });
    }),
  );
  await system.master.admin.set('sess:latest', JSON.stringify(sessionOf('latest')));
  for (const authorizer of authorizers) {
    await assertAdmitted(authorizer, 'latest', 'latest');
    assert.equal(authorizer.backend.kind, 'redis');
  }
}
