'use strict';

// Where the store and what was derived from it part ways: the store's answer counts, nobody is refused wrongly.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { after, before, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { freePort, startRedis } = require('../scripts/support/redis-server');
const { makeCertificates } = require('./support/certificates');
const { startWithTls } = require('./support/redis-store');
const { STORES, sessionOf, closedWith, newSession } = require('./support/stores');
const { authorizerOf, assertAdmitted, prove, untilStore, warningsDuring } = require('./support/proof');
const { cookieOf, visit } = require('./support/visit');

const NODE_REDIS = 'connect-redis 10, node-redis 6';
const IOREDIS = 'connect-redis 6, ioredis 6';
const NODE_REDIS_3 = 'connect-redis 6, node-redis 3';

/** @type {Awaited<ReturnType<typeof startRedis>>[]} */
const servers = [];
let at;

before(async () => {
  servers.push(await startRedis(), await startRedis());
  at = { host: servers[0].host, port: servers[0].port };
});

after(() => Promise.all(servers.map((server) => server.stop())));

function open(t, name, settings = at) {
  return closedWith(t, STORES[name](settings));
}

async function assertRefused(authorizer, sid, code) {
  const { error } = await visit(authorizer, cookieOf(sid));
  assert.equal(error?.code, code);
}

/** Over more connections than a proof takes. */
async function assertKeptApart(authorizer, good, revoked) {
  for (let i = 0; i < 10; i++) {
    await assertRefused(authorizer, revoked, 'SESSION_NOT_FOUND');
    await assertAdmitted(authorizer, good, good);
    await sleep(2);
  }
}

/** What a patched `get` says of one session while all others are as they are. */
function refusing(sid, get) {
  return function (id, callback) {
    if (id !== sid) return get.call(this, id, callback);
    callback(null, null);
    return undefined;
  };
}

for (const when of ['before authorize()', 'before the first connection', 'after the proof']) {
  test(`store.get patched ${when}`, async (t) => {
    const { store } = await open(t, NODE_REDIS);
    const [good, revoked] = [await newSession(store), await newSession(store)];
    const patch = () => (store.get = refusing(revoked, store.get));
    if (when === 'before authorize()') patch();
    const authorizer = authorizerOf(t, { store });
    if (when === 'before the first connection') patch();
    if (when === 'after the proof') {
      await prove(authorizer, good, good);
      patch();
    }
    await assertKeptApart(authorizer, good, revoked);
    assert.match(authorizer.backend.reason, /a get of its own/);
  });
}

for (const name of [NODE_REDIS, IOREDIS, NODE_REDIS_3]) {
  for (const when of ['before authorize()', 'after the proof']) {
    test(`${name}: client.get patched ${when}`, async (t) => {
      const { store, client } = await open(t, name);
      const [good, revoked] = [await newSession(store), await newSession(store)];
      const { get } = client;
      const patch = () => {
        client.get = function (key, ...rest) {
          return get.call(this, key.endsWith(revoked) ? 'nothing' : key, ...rest);
        };
      };
      if (when === 'before authorize()') patch();
      const authorizer = authorizerOf(t, { store });
      if (when === 'after the proof') {
        await prove(authorizer, good, good);
        patch();
      }
      await assertKeptApart(authorizer, good, revoked);
      assert.match(authorizer.backend.reason, /the client has a get of its own/);
    });
  }
}

test('a serializer of its own, given at the start or set later', async (t) => {
  const { store } = await open(t, NODE_REDIS);
  const rot = (text) => text.split('').reverse().join('');
  const serializer = {
    stringify: (value) => rot(JSON.stringify(value)),
    parse: (text) => JSON.parse(rot(text)),
  };
  const plain = await newSession(store);
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, plain, plain);

  store.serializer = serializer;
  const reversed = await newSession(store);
  await untilStore(authorizer, reversed, reversed, /a serializer of its own/);
  const second = authorizerOf(t, { store });
  await untilStore(second, reversed, reversed, /a serializer of its own/);
});

test('a subclass whose get filters what its base class found', async (t) => {
  const { store, client } = await open(t, NODE_REDIS);
  const { RedisStore } = require('connect-redis');
  class Filtering extends RedisStore {
    get(sid, callback) {
      return super.get(sid, (error, session) =>
        callback(error, session?.passport?.user === 'banned' ? null : session),
      );
    }
  }
  await newSession(store, 'banned');
  const good = await newSession(store);
  const authorizer = authorizerOf(t, { store: new Filtering({ client }) });
  await untilStore(authorizer, good, good, /above that of its base class/);
  await assertRefused(authorizer, 'banned', 'SESSION_NOT_FOUND');
});

test('a subclass that leaves get alone is followed', async (t) => {
  const { store, client } = await open(t, NODE_REDIS);
  const { RedisStore } = require('connect-redis');
  class Logging extends RedisStore {
    set(...args) {
      return super.set(...args);
    }
  }
  const good = await newSession(store);
  await prove(authorizerOf(t, { store: new Logging({ client }) }), good, good);
});

test('an imitation of a client, with its data in memory', async (t) => {
  const { store, client } = await open(t, NODE_REDIS_3);
  const good = await newSession(store);
  const imitation = Object.assign(Object.create(client), { getKeyspace() {} });
  store.client = imitation;
  await untilStore(authorizerOf(t, { store }), good, good, /an imitation of Redis/);

  store.client = { get: (_key, callback) => callback(null, JSON.stringify(sessionOf('from memory'))) };
  await untilStore(authorizerOf(t, { store }), good, 'from memory', /none that is known/);
});

test('a client that is taken away from the store', async (t) => {
  const { store } = await open(t, NODE_REDIS);
  const good = await newSession(store);
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, good, good);
  for (const nothing of [null, undefined, 7]) {
    store.client = nothing;
    await assertRefused(authorizer, good, 'STORE_ERROR');
  }
});

test('a client under TLS with a check of its own', async (t) => {
  const files = makeCertificates();
  t.after(() => fs.rmSync(files.dir, { recursive: true }));
  const { redis, port } = await startWithTls(files);
  t.after(() => redis.stop());
  const own = { ca: fs.readFileSync(files.ca), checkServerIdentity() {} };
  for (const [name, tls] of [
    [NODE_REDIS, { tls: true, ...own }],
    [IOREDIS, own],
    [NODE_REDIS_3, own],
  ]) {
    const { store } = await open(t, name, { host: redis.host, port, tls });
    const good = await newSession(store);
    await untilStore(authorizerOf(t, { store }), good, good, /uses TLS with checkServerIdentity/);
  }
});

test('the wrong Redis: contradicted, with one warning', async (t) => {
  const [right, wrong] = servers;
  const { store, client } = await open(t, NODE_REDIS, { host: right.host, port: right.port });
  const good = await newSession(store);
  client.options.socket.port = wrong.port;
  const warnings = warningsDuring(t);
  const authorizer = authorizerOf(t, { store });
  await untilStore(authorizer, good, good, /saw different sessions/);
  for (let i = 0; i < 20; i++) await assertAdmitted(authorizer, good, good);
  await sleep(20);
  assert.deepEqual(warnings, ['NATIVE_LOOKUP_OFF']);
});

test('nothing at the derived address: the store goes on answering', async (t) => {
  const { store, client } = await open(t, NODE_REDIS);
  const good = await newSession(store);
  client.options.socket.port = await freePort();
  const authorizer = authorizerOf(t, { store });
  await untilStore(authorizer, good, good, /under way/);
  await Promise.all(Array.from({ length: 50 }, () => assertAdmitted(authorizer, good, good)));
  assert.equal(authorizer.backend.kind, 'store');
});

function prototypeWithGet(client) {
  let proto = Object.getPrototypeOf(client);
  while (!Object.hasOwn(proto, 'get')) proto = Object.getPrototypeOf(proto);
  return proto;
}

test('a method of the client’s class, patched between authorize() and the first connection', async (t) => {
  const { store, client } = await open(t, NODE_REDIS);
  const good = await newSession(store);
  const authorizer = authorizerOf(t, { store });
  const prototype = prototypeWithGet(client);
  const { get } = prototype;
  t.after(() => (prototype.get = get));
  prototype.get = function (...args) {
    return get.apply(this, args);
  };
  await untilStore(
    authorizer,
    good,
    good,
    /another get than before: start a monitoring agent before the app/,
  );
});

test('native misses are confirmed by the store, within a budget', async (t) => {
  const { store, client } = await open(t, NODE_REDIS);
  // A prototype that was patched before anybody looked: all that shows is what it is now.
  const prototype = prototypeWithGet(client);
  const { get } = prototype;
  let asked = 0;
  prototype.get = function (...args) {
    asked += 1;
    return get.apply(this, args);
  };
  t.after(() => (prototype.get = get));
  const good = await newSession(store);
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, good, good);
  await assertRefused(authorizer, 'no such session', 'SESSION_NOT_FOUND');

  asked = 0;
  const outdated = Array.from({ length: 2000 }, (_, i) => `outdated ${i}`);
  await Promise.all(outdated.map((sid) => assertRefused(authorizer, sid, 'SESSION_NOT_FOUND')));
  assert.ok(asked > 0 && asked < 200, `the store was asked ${asked} times`);
  assert.equal(authorizer.backend.kind, 'redis');
});

test('a native connection that is lost where the client has its own: the store answers', async (t) => {
  const { store, client } = await open(t, NODE_REDIS);
  const good = await newSession(store);
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, good, good);

  // From now on, new connections need a password that the client does not know.
  await client.configSet('requirepass', 'changed');
  try {
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    for (let i = 0; i < 5; i++) {
      await Promise.all(Array.from({ length: 100 }, () => assertAdmitted(authorizer, good, good)));
      await sleep(20);
    }
    assert.equal(authorizer.backend.kind, 'store');
  } finally {
    await client.configSet('requirepass', '');
  }
  await prove(authorizer, good, good);
});

test('close() ends what waits for the store too', async (t) => {
  const { store } = await open(t, NODE_REDIS);
  const good = await newSession(store);
  const authorizer = authorizerOf(t, { store });
  const pending = Array.from({ length: 20 }, () => visit(authorizer, cookieOf(good)));
  authorizer.close();
  for (const { error } of await Promise.all(pending)) assert.equal(error?.code, 'CLOSED');
  await assertRefused(authorizer, good, 'CLOSED');
});
