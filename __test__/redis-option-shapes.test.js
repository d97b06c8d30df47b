'use strict';

// The shapes that the option redis may have, and where they lead.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { readRedisOption } = require('../lib/redis/option');
const { authorizerOf, assertAdmitted } = require('./support/proof');
const { write } = require('./support/redis-store');
const { sharedRedis } = require('./support/shared');
const { target, nodesAt } = require('./support/targets');

const REDIS = 'redis://h:7001';
const TLS = { ca: null, cert: null, key: null, servername: null, rejectUnauthorized: true };
/** Stands for PEM: nobody looks into it here. */
const OWN = '-----BEGIN OWN-----';

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started));

/** What is read, from what is not empty in it. */
const RIGHT = [
  [REDIS, { nodes: [{ url: REDIS }] }],
  [[REDIS, 'redis://i'], { nodes: [{ url: REDIS }, { url: 'redis://i' }], cluster: true }],
  [{ url: REDIS }, { nodes: [{ url: REDIS }] }],
  [{ host: 'h' }, { nodes: [{ host: 'h' }] }],
  [{ port: 7001 }, { nodes: nodesAt('127.0.0.1:7001') }],
  [{ host: '[::1]', port: 7001 }, { nodes: [{ host: '::1', port: 7001 }] }],
  [{ path: '/run/r.sock' }, { nodes: [{ path: '/run/r.sock' }] }],
  [
    { nodes: [REDIS, { host: 'i' }, { host: 'j', port: 7 }] },
    { nodes: [{ url: REDIS }, { host: 'i' }, { host: 'j', port: 7 }], cluster: true },
  ],
  [
    { url: REDIS, username: 'u', password: 'p', db: 3, keyPrefix: 'k:', clientName: 'c' },
    { nodes: [{ url: REDIS }], username: 'u', password: 'p', db: 3, keyPrefix: 'k:', clientName: 'c' },
  ],
  [
    { nodes: [REDIS], db: 0 },
    { nodes: [{ url: REDIS }], cluster: true, db: 0 },
  ],
  [
    { sentinel: { name: 'm', nodes: [{ host: 's' }, 'redis://t'], username: 'u', password: 'p' }, db: 1 },
    {
      nodes: [{ host: 's' }, { url: 'redis://t' }],
      sentinel: { name: 'm', username: 'u', password: 'p' },
      db: 1,
    },
  ],
  [{ url: REDIS, host: null, path: undefined, password: '' }, { nodes: [{ url: REDIS }] }],
  [
    { host: 'h', keyPrefix: Buffer.from('k:') },
    { nodes: [{ host: 'h' }], keyPrefix: Buffer.from('k:') },
  ],
  [{ host: 'h', tls: false }, { nodes: [{ host: 'h' }] }],
];

test('right shapes', () => {
  for (const [given, { keyPrefix = '', ...expected }] of RIGHT) {
    assert.deepEqual(readRedisOption(given), { target: target({ db: null, ...expected }), keyPrefix });
  }
});

test('TLS of the servers and of the sentinels', () => {
  const own = { ca: [OWN, Buffer.from(OWN)], servername: 'n', rejectUnauthorized: false };
  const read = { ...TLS, ca: `${OWN}\n${OWN}`, servername: 'n', rejectUnauthorized: false };
  const sentinel = (more) => ({ sentinel: { name: 'm', nodes: [{ host: 's' }], ...more } });
  const table = [
    [{ host: 'h', tls: true }, TLS, undefined],
    [{ host: 'h', tls: own }, read, undefined],
    [{ host: 'h', tls: { cert: OWN, key: Buffer.from('k') } }, { ...TLS, cert: OWN, key: 'k' }, undefined],
    ['rediss://h', TLS, undefined],
    [{ url: 'REDISS://h', tls: own }, read, undefined],
    [['rediss://h', 'valkeys://i'], TLS, undefined],
    [{ nodes: ['rediss://h', { host: 'i' }] }, TLS, undefined],
    [sentinel(), null, null],
    [{ ...sentinel(), tls: true }, TLS, null],
    [sentinel({ tls: own }), null, read],
    [sentinel({ nodes: ['rediss://s'] }), null, TLS],
  ];
  for (const [given, ofServers, ofSentinels] of table) {
    const { tls, sentinel: asked } = readRedisOption(given).target;
    // Whom Node trusts besides depends on this process; tls.test.js is about that.
    const plain = (options) => options && { ...options, ca: options.ca?.includes(OWN) ? options.ca : null };
    assert.deepEqual([plain(tls), plain(asked?.tls)], [ofServers, ofSentinels], JSON.stringify(given));
  }
});

test('each shape of one Redis leads to it', async (t) => {
  const { host, port, socketPath, url } = redis;
  await admin.sendCommand(['ACL', 'SETUSER', 'ann', 'reset', 'on', '>pw', '~*', '+get', '+mget', '+select']);
  await write(admin, ['ann'], { prefix: 'tenant:sess:' });
  await admin.copy('tenant:sess:ann', 'tenant:sess:ann', { DB: 2 });
  const login = { username: 'ann', password: 'pw', keyPrefix: 'tenant:', db: 2 };
  for (const where of [{ url }, { host, port }, { port }, { path: socketPath }]) {
    const authorizer = authorizerOf(t, { redis: { ...where, ...login } });
    await assertAdmitted(authorizer, 'ann', 'ann');
    assert.match(authorizer.backend.address, /^(redis:\/\/127\.0\.0\.1:\d+\/2|unix:.*db=2)$/);
    assert.equal(authorizer.backend.reason, 'the option redis');
  }
});

test('clientName is what CLIENT LIST shows', async (t) => {
  const authorizer = authorizerOf(t, { redis: { url: redis.url, clientName: 'sessions' } });
  await write(admin, ['bob']);
  await assertAdmitted(authorizer, 'bob', 'bob');
  assert.match(await admin.sendCommand(['CLIENT', 'LIST']), / name=sessions /);
});

test('redis beside store: redis leads, and client contradicts it', (t) => {
  const store = { get() {}, client: {} };
  const authorizer = authorizerOf(t, { redis: redis.url, store });
  assert.equal(authorizer.backend.kind, 'redis');
  assert.throws(() => authorizerOf(t, { redis: redis.url, store, client: { get() {} } }), {
    name: 'TypeError',
    message: /option client contradicts the option redis/,
  });
});
