'use strict';

// AsyncLocalStorage: the callbacks of a connection see what was stored around it, although one wake-up serves many.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { authorize } = require('..');
const { names } = require('./support/redis-store');
const { openControlled } = require('./support/controlled');
const { authorizerOf, prove } = require('./support/proof');
const { sharedRedis } = require('./support/shared');
const { STORES, save } = require('./support/stores');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');

const COUNT = 400;

let redis;

sharedRedis((started) => ({ redis } = started), names('u', COUNT));

const storage = new AsyncLocalStorage();

/** Records what each callback sees, by connection. */
function observed(options) {
  const seen = [];
  const note = (name, data) => seen.push([data.number, name, storage.getStore()?.number]);
  const passport = passportOf((request, key, done) => {
    note('deserializeUser', request);
    // One half is deserialised later, in a context that the app's own promise keeps.
    if (request.number % 2) sleep(1).then(() => done(null, { id: key }));
    else done(null, { id: key });
  });
  const authorizer = authorize({
    secret: SECRET,
    passport,
    ...options,
    success(data, accept) {
      note('success', data);
      accept();
    },
    fail(data, _message, _critical, accept) {
      note('fail', data);
      accept(new Error('refused'));
    },
  });
  return { authorizer, seen, note };
}

/** Connections at once, each in a context of its own; every third without a session, every seventh without a cookie. */
async function connectAll({ authorizer, seen, note }) {
  const all = Array.from({ length: COUNT }, (_, number) => {
    const sid = number % 3 ? `u${number}` : `missing${number}`;
    const headers = number % 7 ? { cookie: cookieOf(sid) } : {};
    const request = { headers, number };
    return storage.run({ number }, () => {
      return new Promise((resolve) =>
        authorizer({ request }, () => {
          note('next', request);
          resolve();
        }),
      );
    });
  });
  await Promise.all(all);
  assert.ok(seen.length > 2 * COUNT);
  for (const [number, name, stored] of seen) assert.equal(stored, number, `${name} of connection ${number}`);
  for (const name of ['deserializeUser', 'success', 'fail', 'next']) {
    assert.ok(
      seen.some(([, each]) => each === name),
      name,
    );
  }
  assert.equal(storage.getStore(), undefined);
}

test('native look-ups', async (t) => {
  const observation = observed({ redis: redis.url });
  t.after(() => observation.authorizer.close());
  for (let i = 0; i < 3; i++) await connectAll(observation);
});

test('look-ups of a store that shares one connection, proven and not', async (t) => {
  const { store, close } = await STORES['connect-redis 10, node-redis 6']({
    host: redis.host,
    port: redis.port,
  });
  t.after(close);
  const observation = observed({ store });
  t.after(() => observation.authorizer.close());
  for (let i = 0; i < 3; i++) await connectAll(observation);
  await sleep(50);
  await connectAll(observation);
  assert.equal(observation.authorizer.backend.kind, 'redis');
});

test('a store that answers all its callers in one go, in no context', async (t) => {
  const waiting = [];
  const store = { get: (sid, done) => waiting.push([sid, done]) };
  const timer = setInterval(() => {
    for (const [sid, done] of waiting.splice(0))
      done(null, sid.startsWith('u') ? { passport: { user: sid } } : null);
  }, 5);
  t.after(() => clearInterval(timer));
  await connectAll(observed({ store }));
});

test('a store that answers in the call', async () => {
  const { MemoryStore } = require('express-session');
  const store = new MemoryStore();
  await Promise.all(Array.from({ length: COUNT }, (_, i) => save(store, `u${i}`, `u${i}`)));
  await connectAll(observed({ store }));
});

test('the store that has its say about a native miss is asked in the context of the visitor', async (t) => {
  const { store, client } = await openControlled(t, redis);
  const seen = [];
  client.intercept = (_key, _command, send) => {
    seen.push(storage.getStore()?.visitor);
    send();
  };
  const authorizer = authorizerOf(t, { store });
  await storage.run({ visitor: 'ann' }, () => prove(authorizer, 'u1', 'u1'));
  seen.length = 0;
  for (const visitor of ['bob', 'cid']) {
    await storage.run({ visitor }, () => visit(authorizer, cookieOf(`no-${visitor}`)));
  }
  assert.equal(authorizer.backend.kind, 'redis');
  assert.deepEqual(new Set(seen), new Set(['bob', 'cid']));
});
