'use strict';

// What a hint says of a session that is not there or cannot be read, of a store that fails, and of a user whom nobody knows.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { gzipSync, deflateSync } = require('node:zlib');
const { MemoryStore } = require('express-session');
const { Passport } = require('passport');
const { runScript } = require('./support/child');
const { hintOf, infoOf } = require('./support/hints');
const { sharedRedis } = require('./support/shared');
const { cookieOf, passportOf } = require('./support/visit');

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started));

const natively = (more) => ({ store: undefined, redis: redis.url, ...more });

test('SESSION_NOT_FOUND names backend, database and prefix, and not the id', async () => {
  const gone = cookieOf('gone-session-id');
  const url = `${redis.url}/3`;
  const hint = await hintOf(natively({ redis: url, prefix: 'app:' }), gone);
  assert.match(hint, /genuine.*It was looked for in redis:\/\/\S+\/3, with the prefix "app:"\./);
  assert.doesNotMatch(hint, /gone-session-id/);
  class FileStore {
    get(sid, done) {
      done();
    }
  }
  assert.match(await hintOf({ store: new FileStore() }, gone), /through the option store \("FileStore"\)\./);
  const prefixed = Object.assign(new FileStore(), { prefix: 'p:' });
  assert.match(await hintOf({ store: prefixed }, gone), /\("FileStore", with the prefix "p:"\)/);
});

test('a MemoryStore: empty, or of another process', async () => {
  const store = new MemoryStore();
  assert.match(await hintOf({ store }, cookieOf('gone')), /This MemoryStore holds no session at all/);
  store.sessions.ann = '{}';
  const hint = await hintOf({ store }, cookieOf('gone'));
  assert.match(hint, /MemoryStore loses all sessions when the process restarts/);
  assert.doesNotMatch(hint, /no session at all/);
});

test('a MemoryStore in one of several processes', async () => {
  const script = `
    const cluster = require('node:cluster');
    const { MemoryStore } = require('express-session');
    if (cluster.isPrimary && !process.env.NODE_APP_INSTANCE) cluster.setupPrimary({ execArgv: process.execArgv });
    const fail = (data, message, critical, accept, { hint }) => accept(console.log(hint) ?? null, false);
    const authorizer = authorize({ secret: SECRET, store: new MemoryStore(), passport: passportOf(), fail });
    visit(authorizer, cookieOf('gone'));
  `;
  const { out } = await runScript(script, { env: { NODE_APP_INSTANCE: '1' } });
  assert.match(out, /one of several \(a worker of a cluster, or of pm2\)/);
  const worker = await runScript(script, { env: { NODE_UNIQUE_ID: '1', NODE_APP_INSTANCE: undefined } });
  assert.match(worker.out, /one of several/);
  const only = await runScript(script, { env: { NODE_APP_INSTANCE: '0' } });
  assert.doesNotMatch(only.out, /one of several/);
});

const STORED = {
  gzip: [gzipSync('{}'), /no plain JSON \(gzip\).*serializer of its own/],
  zlib: [deflateSync('{}'), /\(zlib\)/],
  base64: [gzipSync('{"passport":{}}').toString('base64'), /\(base64\)/],
  '[object Object]': ['[object Object]', /an object that was not made a text/],
  'another text': ['{"passport":', /^The stored session is not JSON/],
};

for (const [what, [stored, pattern]] of Object.entries(STORED)) {
  test(`BAD_SESSION: ${what}`, async () => {
    await admin.set('sess:bad', stored);
    const { code, hint, cause } = await infoOf(natively(), cookieOf('bad'));
    assert.equal(code, 'BAD_SESSION');
    assert.match(hint, pattern);
    assert.match(cause.message, /^not JSON \(at byte \d+\)/);
  });
}

test('an encrypted session, which is JSON', async () => {
  await admin.set('sess:sealed', JSON.stringify({ hmac: 'ab', ct: 'cd', at: 'ef' }));
  const { code, hint, cause } = await infoOf(natively(), cookieOf('sealed'));
  assert.deepEqual([code, cause], ['PASSPORT_NOT_INITIALIZED', 'the stored session is encrypted']);
  assert.match(hint, /no plain JSON \(encrypted\).*as the option store/);
});

test('a hash where a session should be', async () => {
  await admin.hSet('sess:hash', 'a', '1');
  const { code, hint } = await infoOf(natively(), cookieOf('hash'));
  assert.equal(code, 'STORE_ERROR');
  assert.match(hint, /holds no text but a hash or another type/);
});

test('errors of Redis, of its client and of the network', async () => {
  const cases = [
    ["NOPERM User app has no permissions to run the 'get' command", /ACL user/],
    ['WRONGPASS invalid username-password pair', /another user name or password/],
    ['NOAUTH Authentication required.', /another user name or password/],
    ['The client is closed', /await client\.connect\(\)/],
    ["Stream isn't writeable and enableOfflineQueue options is false", /client\.connect\(\)/],
    // node-redis with `disableOfflineQueue`, while Redis is away.
    ['The client is offline', /lost its connection, and keeps nothing in a queue/],
    ['connect ECONNREFUSED 127.0.0.1:6379', /Nothing listens/],
    // The store may be another database.
    ['connect ECONNREFUSED 127.0.0.1:27017', /start the server there/],
    ['the replica was removed, no titlserver', /^The session store could not be asked; see cause\. See/],
    ['getaddrinfo ENOTFOUND redis', /host name is not known/],
    ['MOVED 1 10.0.0.1:7000', /Cluster/],
    ['something else', /^The session store could not be asked; see cause\. See/],
  ];
  for (const [message, pattern] of cases) {
    const store = { get: (sid, done) => done(new Error(message)) };
    assert.match(await hintOf({ store }, cookieOf('ann')), pattern, message);
  }
});

test('a store whose client waits for its connection', async () => {
  const store = { get() {}, client: { isReady: false } };
  assert.match(
    await hintOf({ store, timeout: 20 }, cookieOf('ann')),
    /not connected, and keeps what it is asked/,
  );
  for (const options of [{ disableOfflineQueue: true }, { enableOfflineQueue: false }]) {
    store.client.options = options;
    assert.match(await hintOf({ store, timeout: 20 }, cookieOf('ann')), /not connected: see its 'error'/);
  }
  store.client.isReady = true;
  assert.doesNotMatch(await hintOf({ store, timeout: 20 }, cookieOf('ann')), /not connected/);
});

test('no deserializer is told from done(null, undefined)', async () => {
  const none = await infoOf({ passport: new Passport() }, cookieOf('ann'));
  assert.equal(none.code, 'DESERIALIZE_ERROR');
  assert.match(none.hint, /has no deserializer.*another instance/);
  const passport = passportOf((key, done) => done(null, undefined));
  assert.match(
    await hintOf({ passport }, cookieOf('ann')),
    /called done\(null, undefined\).*done\(null, false\)/,
  );
  const broken = passportOf((key, done) => done(new Error('db down')));
  assert.match(await hintOf({ passport: broken }, cookieOf('ann')), /look at the app's deserializer/);
});

test('the request of a socket that the app has freed, and a socket over WebTransport', async () => {
  assert.match(await hintOf({}, null, { nsp: {} }), /the app has freed it/);
  const conn = { on() {}, transport: { name: 'webtransport' } };
  assert.match(await hintOf({}, undefined, { conn }), /WebTransport/);
});
