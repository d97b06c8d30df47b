'use strict';

// A rule in the app's own `get`, or in what it reads through, counts for every connection: the addon never answers alone.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const fs = require('node:fs');
const Module = require('node:module');
const { after, before, test } = require('node:test');
const { RedisStore } = require('connect-redis');
const { Store } = require('express-session');
const { startRedis } = require('../scripts/support/redis-server');
const { PREAMBLE, runScript } = require('./support/child');
const { authorizerOf, assertAdmitted, prove, warningsDuring } = require('./support/proof');
const { openStore, sessionOf, storeOf } = require('./support/stores');
const { cookieOf, visit } = require('./support/visit');

const TIMES = 200;
const GOOD = Array.from({ length: 20 }, (_, i) => `good-${i}`);
const DAY = 86_400_000;

let redis;
/** node-redis 6, of everybody. */
let client;
let close;

before(async () => {
  redis = await startRedis();
  ({ client, close } = await openStore(10, 'node-redis 6', { host: redis.host, port: redis.port }));
  for (const name of GOOD)
    await client.set(`sess:${name}`, JSON.stringify({ ...sessionOf(name), createdAt: Date.now() }));
  await client.set('sess:revoked', JSON.stringify({ ...sessionOf('revoked'), revoked: true, createdAt: 0 }));
});

after(async () => {
  await close?.();
  await redis?.stop();
});

/** A store over a client of its own, closed with the test. */
async function open(t, version, name) {
  const opened = await openStore(version, name, { host: redis.host, port: redis.port });
  t.after(opened.close);
  return opened;
}

/** 200 times, among many who are let in, one is refused; look-ups stay with the store, for this reason. */
async function assertHeldBack(authorizer, reason, { sid = 'revoked', within = (visits) => visits() } = {}) {
  for (let i = 0; i < TIMES; i++) {
    const good = [0, 1, 2, 3].map((k) =>
      assertAdmitted(authorizer, ...twice(GOOD[(4 * i + k) % GOOD.length])),
    );
    const [{ error }] = await Promise.all([within(() => visit(authorizer, cookieOf(sid))), ...good]);
    assert.equal(error?.code, 'SESSION_NOT_FOUND', `let in at connection ${i}`);
  }
  assert.equal(authorizer.backend.kind, 'store');
  assert.match(authorizer.backend.reason, reason);
  assert.match(authorizer.backend.reason, /give the option redis/);
}

function twice(name) {
  return [name, name];
}

/** A `get` that turns revoked sessions away. */
function withRule(get) {
  return function (sid, callback) {
    return get.call(this, sid, (error, session) => callback(error, session?.revoked ? null : session));
  };
}

/** What an app writes for itself. */
class OwnStore extends Store {
  prefix = 'sess:';
  serializer = JSON;

  constructor(isGood) {
    super();
    this.client = client;
    this.isGood = isGood;
  }

  get(sid, callback) {
    this.client.get(this.prefix + sid).then((text) => {
      const session = text && JSON.parse(text);
      callback(null, session && this.isGood(session) ? session : null);
    }, callback);
  }
}

/** connect-redis 10 with other functions under the same text of `get`. */
function forkWith(optionalCb) {
  const file = require.resolve('connect-redis');
  const source = fs.readFileSync(file, 'utf8');
  const original = /function optionalCb\(err, data, cb\) \{[^}]*\}/;
  assert.match(source, original);
  const fork = new Module(file, module);
  fork.filename = file;
  fork.paths = module.paths;
  fork._compile(source.replace(original, optionalCb), file);
  assert.equal(String(fork.exports.RedisStore.prototype.get), String(RedisStore.prototype.get));
  return new fork.exports.RedisStore({ client });
}

const OTHER_CALLBACK = /does not read sessions as connect-redis does/;

/** What the app has done to its store, and the reason. `make` gives the store; `later` is done to it after the proof. */
const CASES = {
  'a class of its own that turns revoked sessions away': {
    make: () => new OwnStore(({ revoked }) => !revoked),
    reason: /a get of its own, which is not that of connect-redis/,
  },
  'a class of its own with an absolute lifetime': {
    make: () => new OwnStore(({ createdAt }) => Date.now() - createdAt < DAY),
    reason: /a get of its own, which is not that of connect-redis/,
  },
  'a prototype that is wrapped before': {
    make(t) {
      wrapPrototype(t, withRule);
      return new RedisStore({ client });
    },
    reason: /the store's get is wrapped/,
  },
  'a prototype that is wrapped after the proof': {
    make: () => new RedisStore({ client }),
    later: (t) => wrapPrototype(t, withRule),
    reason: /the store's get is wrapped/,
  },
  'a prototype whose get is a Proxy': {
    make(t) {
      wrapPrototype(
        t,
        (get) => new Proxy(get, { apply: (_, store, args) => withRule(get).apply(store, args) }),
      );
      return new RedisStore({ client });
    },
    reason: /the store's get is wrapped/,
  },
  'a prototype whose get is bound': {
    make(t) {
      const store = new RedisStore({ client });
      wrapPrototype(t, (get) => withRule(get).bind(store));
      return store;
    },
    reason: /the store's get is wrapped/,
  },
  'a prototype whose get is a getter': {
    make(t) {
      const { get } = RedisStore.prototype;
      Object.defineProperty(RedisStore.prototype, 'get', { get: () => withRule(get), configurable: true });
      t.after(() => Object.defineProperty(RedisStore.prototype, 'get', { value: get, writable: true }));
      return new RedisStore({ client });
    },
    reason: /the store's get is a getter/,
  },
  "a monitoring agent's wrapper under another Function.prototype.toString": {
    make(t) {
      const { toString } = Function.prototype;
      const { get } = RedisStore.prototype;
      // As Sentry does it: what is wrapped shows the text of the original.
      Function.prototype.toString = function () {
        return toString.call(this.__sentry_original__ ?? this);
      };
      t.after(() => (Function.prototype.toString = toString));
      wrapPrototype(t, () => Object.assign(withRule(get), { __sentry_original__: get }));
      assert.equal(String(RedisStore.prototype.get), toString.call(get));
      return new RedisStore({ client });
    },
    reason: /a monitoring agent has wrapped the store's get/,
  },
  'a wrapper that leaves no mark, under another Function.prototype.toString': {
    make(t) {
      const { toString } = Function.prototype;
      const { get } = RedisStore.prototype;
      // A method, as the original: a function would have a `prototype` more.
      const wrapper = {
        get(sid, callback) {
          return withRule(get).call(this, sid, callback);
        },
      };
      wrapPrototype(t, () => wrapper.get);
      const wrapped = RedisStore.prototype.get;
      Function.prototype.toString = function () {
        return toString.call(this === wrapped ? get : this);
      };
      t.after(() => (Function.prototype.toString = toString));
      return new RedisStore({ client });
    },
    reason: /the store's get is wrapped/,
  },
  'a wrapper of shimmer': {
    make(t) {
      wrapPrototype(t, (get) => Object.assign(withRule(get), { __original: get, __wrapped: true }));
      return new RedisStore({ client });
    },
    reason: /a monitoring agent has wrapped the store's get/,
  },
  'a fork whose optionalCb looks at `revoked`': {
    make: () =>
      forkWith(
        'function optionalCb(err, data, cb) { return cb(err, data && data.revoked === true ? null : data); }',
      ),
    reason: OTHER_CALLBACK,
  },
  'a fork whose optionalCb looks at a member that no dry run has': {
    make: () =>
      forkWith(`function optionalCb(err, data, cb) {
        return cb(err, data && data.passport && data.passport.user === 'revoked' ? null : data);
      }`),
    reason: OTHER_CALLBACK,
  },
  'a fork whose optionalCb looks at a date': {
    make: () =>
      forkWith(`function optionalCb(err, data, cb) {
        return cb(err, data && Date.now() - data.createdAt > ${DAY} ? null : data);
      }`),
    reason: OTHER_CALLBACK,
  },
  'a fork whose optionalCb looks at the error': {
    make: () =>
      forkWith(`function optionalCb(err, data, cb) {
        return err && err.code === 'GONE' ? cb(null, null) : cb(err, data && data.revoked ? null : data);
      }`),
    reason: OTHER_CALLBACK,
  },
  'JSON.parse replaced before': {
    make(t) {
      replaceParse(t);
      return new RedisStore({ client });
    },
    reason: /JSON\.parse has been replaced/,
  },
  'JSON.parse replaced after the proof': {
    make: () => new RedisStore({ client }),
    later: replaceParse,
    reason: /JSON\.parse has been replaced/,
  },
  'a store that is a Proxy': {
    make() {
      const get = withRule(RedisStore.prototype.get);
      return new Proxy(new RedisStore({ client }), {
        get: (store, name) => (name === 'get' ? get : Reflect.get(store, name)),
      });
    },
    reason: /the store, or a class of it, is a Proxy/,
  },
  'a store whose class is a Proxy': {
    make() {
      const get = withRule(RedisStore.prototype.get);
      const handler = { get: (proto, name) => (name === 'get' ? get : Reflect.get(proto, name)) };
      return Object.setPrototypeOf(new RedisStore({ client }), new Proxy(RedisStore.prototype, handler));
    },
    reason: /the store, or a class of it, is a Proxy/,
  },
  'a serializer of its own': {
    make: () => new RedisStore({ client, serializer: { ...JSON, parse: parseGood } }),
    reason: /a serializer of its own/,
  },
  'a serializer of its own after the proof': {
    make: () => new RedisStore({ client }),
    later: (_t, store) => (store.serializer = { ...JSON, parse: parseGood }),
    reason: /a serializer of its own/,
  },
  'a serializer that is a getter': {
    make() {
      const store = new RedisStore({ client });
      let asked = 0;
      // The same as ever to whoever looks at it first.
      const own = { ...JSON, parse: parseGood };
      return Object.defineProperty(store, 'serializer', { get: () => ((asked += 1) > 3 ? own : JSON) });
    },
    reason: /the store's serializer is a getter/,
  },
};

function parseGood(text) {
  const session = JSON.parse(text);
  return session.revoked ? null : session;
}

function wrapPrototype(t, wrap) {
  const { prototype } = RedisStore;
  const { get } = prototype;
  prototype.get = wrap(get);
  t.after(() => (prototype.get = get));
}

function replaceParse(t) {
  const { parse } = JSON;
  JSON.parse = (...args) => {
    const value = parse(...args);
    return value?.revoked ? null : value;
  };
  t.after(() => (JSON.parse = parse));
}

test('JSON.parse replaced before the package is loaded', async () => {
  const script = `
    const { openStore } = require('./__test__/support/stores');
    (async () => {
      const opened = await openStore(10, 'node-redis 6', { host: '${redis.host}', port: ${redis.port} });
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
  const { out, err } = await runScript(script, { preamble: replaced + PREAMBLE });
  assert.equal(err, '');
  assert.equal(
    out,
    'SESSION_NOT_FOUND undefined JSON.parse has been replaced: give the option redis (a URL)',
  );
});

for (const [name, { make, later, reason }] of Object.entries(CASES)) {
  test(name, async (t) => {
    const store = make(t);
    const warnings = warningsDuring(t);
    const authorizer = authorizerOf(t, { store });
    if (later) {
      await prove(authorizer, GOOD[0], GOOD[0]);
      later(t, store);
    }
    await assertHeldBack(authorizer, reason);
    assert.deepEqual(warnings, []);
  });
}

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
  const { client: ioredis } = await open(t, 6, 'ioredis 6');
  const { client: inOther, select } = await open(t, 6, 'ioredis 6');
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
  const { client: ioredis } = await open(t, 6, 'ioredis 6');
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
  const { client: old } = await open(t, 1, 'node-redis 2');
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
  const { client: old } = await open(t, 2, 'node-redis 3');
  const store = new (require('connect-redis-2.4')(require('express-session')))({ client: old });
  await prove(authorizerOf(t, { store }), GOOD[0], GOOD[0]);
  store.serializer = { ...JSON, parse: parseGood };
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
