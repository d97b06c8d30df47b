'use strict';

// Redis Sentinel by the option redis: the master that Sentinel names now, with the right database and log-ins.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { after, before, test } = require('node:test');
const { freePort } = require('../scripts/support/redis-server');
const { makeCertificates } = require('./support/certificates');
const { GONE, admitAll, refusedDuring, untilAdmitted } = require('./support/failover');
const { authorizerOf } = require('./support/proof');
const { startSentinel } = require('./support/redis-sentinel');
const { until } = require('./support/redis-cluster');
const { redisFor, names } = require('./support/redis-store');
const { sessionOf } = require('./support/stores');
const { cookieOf, visit } = require('./support/visit');

const USERS = names('user', 50);

/** @type {Awaited<ReturnType<typeof startSentinel>>} */
let system;

before(async () => {
  system = await startSentinel();
  await system.write(USERS);
});
after(() => system?.stop());

function addressOf(nodes, tail = '/0') {
  const places = nodes.map(({ host, port }) => `${host}:${port}`).join(',');
  return `redis+sentinel://${system.name}@${places}${tail}`;
}

async function assertStoreError(authorizer, cause) {
  for (let i = 0; i < 2; i++) {
    const { error } = await visit(authorizer, cookieOf(USERS[0]));
    assert.equal(error?.code, 'STORE_ERROR');
    assert.match(error.cause.message, cause);
  }
}

test('the sentinels lead to the master', async (t) => {
  const { name, nodes } = system;
  const urls = nodes.map(({ host, port }) => `redis://${host}:${port}`);
  for (const given of [nodes, urls]) {
    const authorizer = authorizerOf(t, { redis: { sentinel: { name, nodes: given } } });
    assert.deepEqual(authorizer.backend, {
      kind: 'redis',
      address: addressOf(nodes),
      reason: 'the option redis',
      state: 'idle',
      lastError: null,
    });
    await admitAll(authorizer, USERS);
    const { error } = await visit(authorizer, cookieOf('nobody'));
    assert.equal(error.code, 'SESSION_NOT_FOUND');
  }
});

test('one sentinel that answers is enough', async (t) => {
  const gone = { host: '127.0.0.1', port: await freePort() };
  const nodes = [gone, system.nodes[1]];
  const authorizer = authorizerOf(t, { redis: { sentinel: { name: system.name, nodes } } });
  await admitAll(authorizer, USERS);
  const lost = authorizerOf(t, { redis: { sentinel: { name: system.name, nodes: [gone] } } });
  await assertStoreError(lost, new RegExp(`Sentinel 127\\.0\\.0\\.1:${gone.port}: .*refused`, 'i'));
});

test('a name that no sentinel knows, and a Redis that is no sentinel', async (t) => {
  const { nodes } = system;
  const sentinel = { name: 'another', nodes };
  await assertStoreError(authorizerOf(t, { redis: { sentinel } }), /knows no master named another/);
  const { host, port } = await redisFor(t);
  const none = { name: system.name, nodes: [{ host, port }] };
  await assertStoreError(authorizerOf(t, { redis: { sentinel: none } }), /unknown command ['`]SENTINEL['`]/);
});

test('the database is that of the master, under a prefix of the client', async (t) => {
  const { name, nodes, master } = system;
  await master.admin.select(5);
  await system.write(['five'], { prefix: 'tenant:sess:' });
  await master.admin.select(0);
  const redis = { sentinel: { name, nodes }, db: 5, keyPrefix: 'tenant:', clientName: 'sockets' };
  const authorizer = authorizerOf(t, { redis });
  assert.equal(authorizer.backend.address, addressOf(nodes, '/5'));
  await admitAll(authorizer, ['five']);
  assert.match(await master.admin.sendCommand(['CLIENT', 'LIST']), / name=sockets .* db=5 /);

  await assertStoreError(authorizerOf(t, { redis: { ...redis, db: 99 } }), /^ERR DB index is out of range/);
});

test('log-ins of the sentinels and of the master are apart', async (t) => {
  const { name, nodes } = system;
  for (const { admin } of [system.master, system.replica]) {
    await admin.sendCommand([
      'ACL',
      'SETUSER',
      'ali',
      'reset',
      'on',
      '>data',
      '~sess:*',
      '+get',
      '+mget',
      '+role',
    ]);
  }
  for (const { admin } of system.sentinels) {
    await admin.sendCommand(['ACL', 'SETUSER', 'sen', 'reset', 'on', '>watch', '+sentinel']);
    await admin.sendCommand(['ACL', 'SETUSER', 'default', 'resetpass', '>asked for']);
  }
  const sentinel = { name, nodes, username: 'sen', password: 'watch' };
  const redis = { sentinel, username: 'ali', password: 'data' };
  await admitAll(authorizerOf(t, { redis }), USERS);
  const byDefault = { ...redis, sentinel: { name, nodes, password: 'asked for' } };
  await admitAll(authorizerOf(t, { redis: byDefault }), USERS);

  const table = [
    [{ ...redis, sentinel: { name, nodes } }, /^Sentinel .*: NOAUTH /],
    [{ ...redis, sentinel: { ...sentinel, password: 'data' } }, /^Sentinel .*: WRONGPASS /],
    [{ ...redis, password: 'watch' }, /^WRONGPASS /],
  ];
  for (const [wrong, cause] of table) await assertStoreError(authorizerOf(t, { redis: wrong }), cause);
  for (const { admin } of system.sentinels) {
    await admin.sendCommand(['ACL', 'SETUSER', 'default', 'nopass']);
  }
});

test('TLS at the sentinels and at the master', async (t) => {
  const files = makeCertificates();
  t.after(() => fs.rmSync(files.dir, { recursive: true }));
  const secure = await startSentinel({ certificates: files });
  t.after(() => secure.stop());
  await secure.write(USERS);
  const { name, nodes } = secure;
  const tls = { ca: fs.readFileSync(files.ca) };
  await admitAll(authorizerOf(t, { redis: { sentinel: { name, nodes, tls }, tls } }), USERS);
  const table = [
    [{ sentinel: { name, nodes, tls: true }, tls }, /^Sentinel .*certificate/i],
    [{ sentinel: { name, nodes, tls }, tls: true }, /^(?!Sentinel).*certificate/i],
  ];
  for (const [redis, cause] of table) await assertStoreError(authorizerOf(t, { redis }), cause);
});

test('a failover that is ordered: the new master is found, and who is let in is let in as himself', async (t) => {
  const { name, nodes, replica } = system;
  const authorizer = authorizerOf(t, { redis: { sentinel: { name, nodes } } });
  await admitAll(authorizer, USERS);
  await refusedDuring(authorizer, USERS, async () => {
    await system.sentinels[0].admin.sendCommand(['SENTINEL', 'FAILOVER', name]);
    await system.untilMaster(replica);
  });
  // Only the new master has this one: Sentinel lets the old one be for some ten seconds.
  await system.master.admin.set('sess:later', JSON.stringify(sessionOf('later')));
  await until(async () => !(await visit(authorizer, cookieOf('later'))).error);
  await admitAll(authorizer, USERS);
  await system.attachReplica();
});

test('a master killed: visitors are refused and told why, until the replica is master', async (t) => {
  const { name, nodes, master, replica } = system;
  const authorizer = authorizerOf(t, { redis: { sentinel: { name, nodes } } });
  await admitAll(authorizer, USERS);
  await master.stop();
  const refused = await refusedDuring(authorizer, USERS, () => system.untilMaster(replica));
  assert.ok(refused.length > 0);
  for (const { code, cause } of refused) {
    assert.equal(code, 'STORE_ERROR');
    assert.match(cause.message, GONE);
  }
  await untilAdmitted(authorizer, USERS);
});
