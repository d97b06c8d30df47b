'use strict';

// A known `get` in a store that makes something else of it, old versions that are not trusted, and clients with a class of
// their own: the store is asked for every connection.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { after, before, test } = require('node:test');
const { RedisStore } = require('connect-redis');
const { PREAMBLE, runScript } = require('./support/child');
const { GOOD, TIMES, assertHeldBack, heldBackScene } = require('./support/held-back');
const { authorizerOf, assertAdmitted, prove } = require('./support/proof');
const { sessionOf, storeOf } = require('./support/stores');
const { cookieOf, visit } = require('./support/visit');
const { IOREDIS } = require('./support/versions');

const scene = heldBackScene();
let client;
before(async () => ({ client } = await scene.start()));
after(() => scene.stop());

/** Where the revoked one comes from, the store reads under another prefix, or another database. */
const places = new AsyncLocalStorage();
const elsewhere = { within: (visits) => places.run('elsewhere', visits) };
const prefixHere = () => (places.getStore() === 'elsewhere' ? 'elsewhere:' : 'sess:');

test('a prefix that is an object with a text of its own', async (t) => {
  const store = new RedisStore({ client, prefix: { toString: prefixHere } });
  await assertHeldBack(authorizerOf(t, { store }), /the store's prefix is not a string/, elsewhere);
});

test('a prefix that becomes an object after the proof', async (t) => {
  const store = new RedisStore({ client });
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, GOOD[0], GOOD[0]);
  store.prefix = { toString: prefixHere };
  await assertHeldBack(authorizer, /the store's prefix is not a string/, elsewhere);
});

test('a prefix or a client that is a getter, of the store or of its class', async (t) => {
  const { client: ioredis } = await scene.open(t, 6, 'ioredis 6');
  const { client: inOther, select } = await scene.open(t, 6, 'ioredis 6');
  await select(1);
  const clientHere = () => (places.getStore() === 'elsewhere' ? inOther : ioredis);
  const Published = storeOf(6, { client: ioredis }).constructor;
  const getters = { prefix: { get: prefixHere, set() {} }, client: { get: clientHere, set() {} } };
  for (const [name, getter] of Object.entries(getters)) {
    const reason = new RegExp(`the store's ${name} is a getter`);
    const own = Object.defineProperty(new Published({ client: ioredis }), name, getter);
    await assertHeldBack(authorizerOf(t, { store: own }), reason, elsewhere);
    class Tenant extends Published {}
    Object.defineProperty(Tenant.prototype, name, getter);
    await assertHeldBack(authorizerOf(t, { store: new Tenant({ client: ioredis }) }), reason, elsewhere);
  }
});

test('what a store inherits from another one is not its own', async (t) => {
  const store = Object.create(new RedisStore({ client }));
  const authorizer = authorizerOf(t, { store });
  for (let i = 0; i < 20; i++) await assertAdmitted(authorizer, GOOD[0], GOOD[0]);
  assert.match(authorizer.backend.reason, /the store's client is a getter, or not its own/);
});

test('the tombstones of connect-redis 6.1.2', async (t) => {
  const { client: ioredis } = await scene.open(t, 6, 'ioredis 6');
  const { default: session } = await import('express-session');
  const Tombstoned = require('connect-redis-6.1.2')(session);
  const store = new Tombstoned({ client: ioredis });
  await client.set('sess:gone', JSON.stringify(sessionOf('gone')));
  await new Promise((resolve) => store.destroy('gone', resolve));
  assert.equal(await client.get('sess:gone'), 'TOMBSTONE');
  const authorizer = authorizerOf(t, { store });
  await assertHeldBack(authorizer, /connect-redis 6\.1\.0, 6\.1\.2 .*: upgrade to 6\.1\.3, or give/, {
    sid: 'gone',
  });
});

test('connect-redis 1.4.0, which hides errors of Redis', async (t) => {
  const { client: old } = await scene.open(t, 1, 'node-redis 2');
  const session = require('express-session');
  const Old = require('connect-redis-1.4.0')({ session });
  const store = new Old({ client: old });
  const authorizer = authorizerOf(t, { store });
  await assertHeldBack(authorizer, /connect-redis 1\.3\.0, 1\.4\.0 .*: upgrade to 1\.4\.1/, {
    sid: 'nobody',
  });
});

test('a known text that carries a mark', async (t) => {
  const { get } = RedisStore.prototype;
  const marks = { __wrapped: /a monitoring agent has wrapped/, traced: /the store's get is wrapped/ };
  for (const [mark, reason] of Object.entries(marks)) {
    get[mark] = true;
    t.after(() => delete get[mark]);
    const authorizer = authorizerOf(t, { store: new RedisStore({ client }) });
    await assertHeldBack(authorizer, reason, { sid: 'nobody' });
    delete get[mark];
  }
});

test('a serializer beside a version that has none', async (t) => {
  const { client: old } = await scene.open(t, 2, 'node-redis 3');
  const store = new (require('connect-redis-2.4')(require('express-session')))({ client: old });
  await prove(authorizerOf(t, { store }), GOOD[0], GOOD[0]);
  store.serializer = { ...JSON };
  await assertHeldBack(authorizerOf(t, { store }), /a serializer of its own/, { sid: 'nobody' });
});

test('a store of its own that reads through a known get, and has the client only', async (t) => {
  class Bare {
    client = client;
    prefix = 'sess:';
  }
  Bare.prototype.get = RedisStore.prototype.get;
  const authorizer = authorizerOf(t, { store: new Bare() });
  for (let i = 0; i < 20; i++)
    assert.equal((await visit(authorizer, cookieOf(GOOD[0]))).error?.code, 'STORE_ERROR');
  assert.match(authorizer.backend.reason, /the store has no serializer/);
});

for (const version of IOREDIS) {
  test(`${version}: a subclass of the client that overrides get keeps its rule; one that overrides another method is followed`, async (t) => {
    const exported = require(version);
    const Base = exported.default ?? exported;
    class Guarded extends Base {
      async get(key, ...rest) {
        const text = await super.get(key);
        const kept = text?.includes('"revoked":true') ? null : text;
        if (typeof rest[0] === 'function') rest[0](null, kept);
        return kept;
      }
    }
    class Logging extends Base {
      set(...args) {
        return super.set(...args);
      }
    }
    const open = (Client) => {
      const made = new Client({ host: scene.redis.host, port: scene.redis.port });
      t.after(() => made.disconnect());
      return authorizerOf(t, { store: storeOf(6, { client: made }) });
    };
    await assertHeldBack(open(Guarded), /the client's class has a get of its own/);
    await prove(open(Logging), GOOD[0], GOOD[0]);
  });
}

test('a client that is derived from one of node-redis', async (t) => {
  const { client: own } = await scene.open(t, 10, 'node-redis 6');
  const layer = Object.create(own, {
    get: {
      async value(key) {
        const text = await own.get(key);
        return text?.includes('"revoked":true') ? null : text;
      },
    },
  });
  for (const given of [layer, Object.create(layer)]) {
    const authorizer = authorizerOf(t, { store: new RedisStore({ client: given }) });
    await assertHeldBack(authorizer, /the client('s class)? has a get of its own/);
  }
});

test('JSON.parse replaced before the package is loaded', async () => {
  const script = `
    const { openStore } = require('./__test__/support/stores');
    (async () => {
      const opened = await openStore(10, 'node-redis 6', { host: '${scene.redis.host}', port: ${scene.redis.port} });
      const authorizer = authorize({ store: opened.store, secret: SECRET, passport: passportOf() });
      const codes = new Set();
      for (let i = 0; i < ${TIMES}; i++) codes.add((await visit(authorizer, cookieOf('revoked'))).error?.code);
      const { error } = await visit(authorizer, cookieOf('good-0'));
      console.log(...codes, error, authorizer.backend.reason);
      authorizer.close();
      await opened.close();
    })();`;
  const replaced = `
    const { parse } = JSON;
    JSON.parse = (...args) => (parse(...args)?.revoked ? null : parse(...args));`;
  // Refused on purpose: not a first run.
  const env = { NODE_ENV: 'production' };
  const { out, err } = await runScript(script, { preamble: replaced + PREAMBLE, env });
  assert.equal(err, '');
  assert.equal(
    out,
    'SESSION_NOT_FOUND undefined JSON.parse has been replaced: give the option redis (a URL)',
  );
});
