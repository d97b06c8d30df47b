'use strict';

// A rule in the app's own `get`, or in what it reads through, counts for every connection: the addon never answers alone.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const Module = require('node:module');
const { after, before, test } = require('node:test');
const { RedisStore } = require('connect-redis');
const { Store } = require('express-session');
const { GOOD, assertHeldBack, heldBackScene } = require('./support/held-back');
const { authorizerOf, prove, warningsDuring } = require('./support/proof');

const DAY = 86_400_000;

/** Over one Redis; `client` is node-redis 6, of everybody. */
const scene = heldBackScene();
let client;
before(async () => ({ client } = await scene.start()));
after(() => scene.stop());

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
  'a wrapper of Instana, which leaves no mark': {
    make(t) {
      wrapPrototype(t, (get) => {
        const ruled = withRule(get);
        return function instanaShimmerWrapInner(...args) {
          return ruled.apply(this, args);
        };
      });
      return new RedisStore({ client });
    },
    reason: /a monitoring agent has wrapped the store's get/,
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
