'use strict';

// Where look-ups lead that were derived from the store: the same sessions, for every client and setting.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { createClient } = require('redis');
const { startRedis } = require('../scripts/support/redis-server');
const { STORES, save, sessionOf, closedWith } = require('./support/stores');
const { authorizerOf, assertAdmitted, prove, warningsDuring } = require('./support/proof');
const { cookieOf, visit } = require('./support/visit');

const PASSWORD = 'p@ss:w/rd %41';
const ENCODED = encodeURIComponent(PASSWORD);

/** @type {Awaited<ReturnType<typeof startRedis>>} */
let redis;
let admin;
let at;

before(async () => {
  const ali = ['--user', 'ali', 'on', `>${PASSWORD.replaceAll(' ', '')}`, '~*', '+@all'];
  redis = await startRedis({ args: ['--requirepass', PASSWORD, ...ali] });
  at = { host: redis.host, port: redis.port, password: PASSWORD };
  admin = createClient({ socket: { path: redis.socketPath }, password: PASSWORD });
  await admin.connect();
});

after(async () => {
  await admin?.close();
  await redis?.stop();
});

let sessions = 0;

/** A session id that no other test uses. */
function newSid() {
  return `sid-${(sessions += 1)}`;
}

/** Opens a store for one test. */
function open(t, name, settings) {
  return closedWith(t, STORES[name](settings));
}

/** Sessions written through the store itself are found natively, and users are right. */
async function assertDerived(t, name, settings, address) {
  const { store } = await open(t, name, settings);
  const sid = newSid();
  // connect-redis 9 and later write with options that other clients do not know, and so on; reading is what counts.
  await save(store, sid, 'ann');
  const warnings = warningsDuring(t);
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, sid, 'ann');
  assert.equal(authorizer.backend.address, address);

  const other = newSid();
  await save(store, other, 'bob');
  await assertAdmitted(authorizer, other, 'bob');
  const { error } = await visit(authorizer, cookieOf(newSid()));
  assert.equal(error.code, 'SESSION_NOT_FOUND');
  assert.equal(authorizer.backend.kind, 'redis');
  assert.deepEqual(warnings, []);
}

for (const name of Object.keys(STORES)) {
  const tcp = (db = 0) => `redis://${redis.host}:${redis.port}/${db}`;

  test(`${name}: password`, (t) => assertDerived(t, name, at, tcp()));

  test(`${name}: ACL user`, (t) => {
    const password = PASSWORD.replaceAll(' ', '');
    return assertDerived(t, name, { ...at, username: 'ali', password }, tcp());
  });

  test(`${name}: database by option`, (t) => assertDerived(t, name, { ...at, db: 3 }, tcp(3)));

  test(`${name}: URL with password and database`, (t) => {
    const url = `redis://:${ENCODED}@${redis.host}:${redis.port}/4`;
    return assertDerived(t, name, { url }, tcp(4));
  });

  test(`${name}: unix socket`, (t) => {
    const settings = { path: redis.socketPath, password: PASSWORD };
    return assertDerived(t, name, settings, `unix://${redis.socketPath}?db=0`);
  });

  test(`${name}: prefix of the store, changed later`, async (t) => {
    const { store } = await open(t, name, { ...at, prefix: 'app:' });
    const sid = newSid();
    await save(store, sid, 'ann');
    const authorizer = authorizerOf(t, { store });
    await prove(authorizer, sid, 'ann');

    store.prefix = 'later:';
    await admin.set(`later:${sid}`, JSON.stringify(sessionOf('another ann')));
    await assertAdmitted(authorizer, sid, 'another ann');
    assert.equal(authorizer.backend.kind, 'redis');
  });

  test(`${name}: database selected later`, async (t) => {
    const { store, select } = await open(t, name, at);
    const sid = newSid();
    await save(store, sid, 'ann');
    const authorizer = authorizerOf(t, { store });
    await prove(authorizer, sid, 'ann');

    await select(7);
    const late = [newSid(), newSid(), newSid()];
    await Promise.all(late.map((each) => save(store, each, each)));
    // In a rush: most come before the first one has shown that anything is different.
    const rush = Array.from({ length: 300 }, (_, i) => late[i % late.length]);
    await Promise.all(rush.map((each) => assertAdmitted(authorizer, each, each)));
    const { error } = await visit(authorizer, cookieOf(newSid()));
    assert.equal(error.code, 'SESSION_NOT_FOUND');
  });
}

/** ioredis and node-redis 3 always had one; node-redis has it from 6.1 on, for stores that read through it. */
for (const name of Object.keys(STORES).filter((each) => !each.endsWith('node-redis 5'))) {
  test(`${name}: prefix of the client`, async (t) => {
    const { store } = await open(t, name, { ...at, keyPrefix: 'tenant:' });
    const sid = newSid();
    await admin.set(`tenant:sess:${sid}`, JSON.stringify(sessionOf('ann')));
    await admin.set(`sess:${sid}`, JSON.stringify(sessionOf('somebody else')));
    const authorizer = authorizerOf(t, { store });
    await prove(authorizer, sid, 'ann');
    await assertAdmitted(authorizer, sid, 'ann');
  });
}

test('a client that follows a later select() is followed', async (t) => {
  for (const name of [
    'connect-redis 6, ioredis 6',
    'connect-redis 6, ioredis 5',
    'connect-redis 6, node-redis 3',
  ]) {
    const { store, select } = await open(t, name, at);
    const authorizer = authorizerOf(t, { store });
    const sid = newSid();
    await save(store, sid, 'ann');
    await prove(authorizer, sid, 'ann');
    await select(8);
    await save(store, sid, 'ann in 8');
    await prove(authorizer, sid, 'ann in 8');
    assert.equal(authorizer.backend.address, `redis://${redis.host}:${redis.port}/8`, name);
  }
});

test('sessions of many users, some without a log-in, are read as the store reads them', async (t) => {
  const { store } = await open(t, 'connect-redis 10, node-redis 6', at);
  const keys = [
    'text',
    0,
    null,
    false,
    '',
    -1.5,
    1e300,
    '\ud800',
    'ünï ✓',
    ['a', { b: [] }],
    { id: { deep: [1] } },
  ];
  const sids = keys.map(newSid);
  await Promise.all(keys.map((key, i) => save(store, sids[i], key)));
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, sids[0], 'text');
  for (const [i, sid] of sids.entries()) {
    const { data, error } = await visit(authorizer, cookieOf(sid));
    // Both ways a key that names nobody is nobody's.
    const isNobody = !keys[i] && keys[i] !== 0;
    if (isNobody) assert.equal(error.code, 'NOT_LOGGED_IN');
    else assert.deepEqual(data.user.id, keys[i]);
  }
  const anonymous = newSid();
  await admin.set(`sess:${anonymous}`, '{"cookie":{}}');
  const { error } = await visit(authorizer, cookieOf(anonymous));
  assert.equal(error.code, 'PASSPORT_NOT_INITIALIZED');
  assert.equal(authorizer.backend.kind, 'redis');
});

test('a visitor without a session id is not looked up, from the first moment on', async (t) => {
  const { store } = await open(t, 'connect-redis 10, node-redis 6', at);
  await admin.set('sess:', JSON.stringify(sessionOf('everybody')));
  const authorizer = authorizerOf(t, { store });
  for (const cookie of ['', cookieOf(''), `${cookieOf('x')}forged`]) {
    const { error } = await visit(authorizer, cookie);
    assert.match(error.code, /^(NO_COOKIE|BAD_SIGNATURE)$/);
  }
});
