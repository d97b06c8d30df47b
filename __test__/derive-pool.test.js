'use strict';

// Look-ups derived from a store over a pool of node-redis: the same sessions as its clients see.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const { patchGet } = require('./support/derived');
const { admitAll, untilAdmitted } = require('./support/failover');
const { authorizerOf, assertAdmitted, prove, untilStore, warningsDuring } = require('./support/proof');
const { names } = require('./support/redis-store');
const { sharedTlsRedis } = require('./support/shared');
const { save, sessionOf, storeOf, closedWith } = require('./support/stores');
const { POOLS } = require('./support/stores-cluster');
const { cookieOf, visit } = require('./support/visit');

const NAMES = Object.keys(POOLS);
const USERS = names('user', 50);

let redis;
let admin;
let tlsPort;
/** How a client reaches it. */
let at;

const keep = (started) => {
  ({ redis, admin, port: tlsPort } = started);
  at = { host: redis.host, port: redis.port };
};
const files = sharedTlsRedis(keep, [], ['--user', 'ali', 'on', '>p@ss', '~*', '+@all']);

function open(t, name, settings = at, more = {}) {
  return closedWith(t, POOLS[name](settings, more));
}

/** Proven with a session of the store's own making, then native for all, at this address. */
async function assertProven(t, { store, options }, address) {
  const warnings = warningsDuring(t);
  await Promise.all(USERS.map((user) => save(store, user, user)));
  const authorizer = authorizerOf(t, options);
  await prove(authorizer, USERS[0], USERS[0]);
  await admitAll(authorizer, USERS);
  const { error } = await visit(authorizer, cookieOf('nobody'));
  assert.equal(error.code, 'SESSION_NOT_FOUND');
  const reason = 'the store, as proven';
  assert.deepEqual(authorizer.backend, { kind: 'redis', address, reason, state: 'up', lastError: null });
  assert.deepEqual(warnings, []);
  return authorizer;
}

for (const name of NAMES) {
  test(`${name}: host and port, database, user`, async (t) => {
    await assertProven(t, await open(t, name), `redis://${at.host}:${at.port}/0`);
    const settings = { ...at, db: 3, username: 'ali', password: 'p@ss' };
    await assertProven(t, await open(t, name, settings), `redis://${at.host}:${at.port}/3`);
  });

  test(`${name}: Unix socket`, async (t) => {
    const opened = await open(t, name, { path: redis.socketPath });
    await assertProven(t, opened, `unix://${redis.socketPath}?db=0`);
  });

  test(`${name}: TLS with an authority of its own`, async (t) => {
    const tls = { tls: true, ca: fs.readFileSync(files.ca) };
    const opened = await open(t, name, { host: at.host, port: tlsPort, tls });
    await assertProven(t, opened, `rediss://${at.host}:${tlsPort}/0`);
  });

  test(`${name}: a credentials provider, whose answer changes`, async (t) => {
    const login = { username: 'bea', password: 'first' };
    const allow = () =>
      admin.sendCommand(['ACL', 'SETUSER', login.username, 'on', `>${login.password}`, '~*', '+@all']);
    await allow();
    const credentialsProvider = {
      type: 'async-credentials-provider',
      credentials: async () => ({ ...login }),
    };
    const opened = await open(t, name, { ...at, db: 4 }, { credentialsProvider });
    const authorizer = await assertProven(t, opened, `redis://${at.host}:${at.port}/4`);

    Object.assign(login, { username: 'cid', password: 'second' });
    await allow();
    // Closes the connections of the pool as well.
    await admin.sendCommand(['ACL', 'DELUSER', 'bea']);
    await untilAdmitted(authorizer, USERS);
    await prove(authorizer, USERS[0], USERS[0]);
    const clients = await admin.sendCommand(['CLIENT', 'LIST']);
    assert.doesNotMatch(clients, / user=bea /);
  });

  test(`${name}: a client that is patched, before or later`, async (t) => {
    const { store, client, options } = await open(t, name);
    const authorizer = await assertProven(t, { store, options }, `redis://${at.host}:${at.port}/0`);
    patchGet(client);
    for (const each of [authorizer, authorizerOf(t, options)]) {
      await untilStore(each, USERS[0], USERS[0], /a get of its own/);
    }
  });
}

test('not connected yet', async (t) => {
  await admin.set('sess:ann', JSON.stringify(sessionOf('ann')));
  for (const [module, version] of [
    ['redis-5', 9],
    ['redis', 10],
  ]) {
    const client = require(module).createClientPool({ socket: at });
    client.on('error', () => {});
    const authorizer = authorizerOf(t, { store: storeOf(version, { client }), timeout: 300 });
    const { error } = await visit(authorizer, cookieOf('ann'));
    assert.match(error?.code, /^STORE_(ERROR|TIMEOUT)$/);
    await client.connect();
    t.after(() => client.destroy());
    await prove(authorizer, 'ann', 'ann');
  }
});

test('node-redis 6: prefix of the pool', async (t) => {
  await admin.set('tenant:sess:ann', JSON.stringify(sessionOf('ann')));
  await admin.set('sess:ann', JSON.stringify(sessionOf('somebody else')));
  const opened = await open(t, 'connect-redis 10, node-redis 6 pool', { ...at, keyPrefix: 'tenant:' });
  const authorizer = await assertProven(t, opened, `redis://${at.host}:${at.port}/0`);
  await assertAdmitted(authorizer, 'ann', 'ann');
});

test('what cannot be followed is left to the store', async (t) => {
  const address = { address: redis.host, family: 4 };
  const lookup = (_name, { all }, callback) =>
    all ? callback(null, [address]) : callback(null, redis.host, 4);
  for (const name of NAMES) {
    const { store, options } = await open(t, name, at, {
      socket: { host: 'localhost', port: at.port, lookup },
    });
    await save(store, 'ann', 'ann');
    await untilStore(authorizerOf(t, options), 'ann', 'ann', /a lookup of its own/);
  }
});
