'use strict';

// The package in an app's tests under Jest: an older one, or one with a DOM, has no `performance`, no `setImmediate`, and
// timers of its own. What is missing is noticed only where it is used, so everything that uses time or a URL runs here.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { loadWithBareGlobal } = require('./support/bare-global');
const { prove } = require('./support/proof');
const { sharedRedis } = require('./support/shared');
const { STORES } = require('./support/stores');
const { SECRET, cookieOf, handshake, passportOf, visit } = require('./support/visit');

const { authorize, filterSocketsByUser } = loadWithBareGlobal();
const later = (key, done) => setTimeout(done, 5, null, { id: key });

let redis;

sharedRedis((started) => ({ redis } = started), ['ann']);

function authorizerOf(t, options) {
  const authorizer = authorize({ secret: SECRET, passport: passportOf(later), ...options });
  t.after(() => authorizer.close());
  return authorizer;
}

async function assertAdmitsAnn(authorizer) {
  const { error, data } = await visit(authorizer, cookieOf('ann'));
  assert.equal(error, undefined);
  assert.deepEqual(data.user, { id: 'ann', logged_in: true });
}

test('a store of the app’s own', async (t) => {
  const authorizer = authorizerOf(t, {
    store: { get: (sid, done) => setTimeout(done, 5, null, { passport: { user: sid } }) },
  });
  await assertAdmitsAnn(authorizer);
  assert.equal((await visit(authorizer, '')).error.code, 'NO_COOKIE');
});

test('a store and a deserializeUser that never answer', async (t) => {
  const silent = authorizerOf(t, { store: { get() {} }, timeout: 20 });
  assert.equal((await visit(silent, cookieOf('ann'))).error.code, 'STORE_TIMEOUT');
  const store = { get: (sid, done) => done(null, { passport: { user: sid } }) };
  const stuck = authorizerOf(t, { store, timeout: 20, passport: passportOf(() => {}) });
  assert.equal((await visit(stuck, cookieOf('ann'))).error.code, 'DESERIALIZE_TIMEOUT');
});

test('the option redis', async (t) => {
  await assertAdmitsAnn(authorizerOf(t, { redis: redis.url }));
  await assertAdmitsAnn(authorizerOf(t, { redis: { url: redis.url, clientName: 'another' } }));
});

for (const name of Object.keys(STORES)) {
  test(`a store of connect-redis, ${name}`, async (t) => {
    const { store, close } = await STORES[name]({ host: redis.host, port: redis.port });
    t.after(close);
    const authorizer = authorizerOf(t, { store });
    await prove(authorizer, 'ann', 'ann');
    await assertAdmitsAnn(authorizer);
  });
}

test('warnings, and an index that waits for its sockets', async (t) => {
  const warned = new Promise((resolve) => process.once('warning', resolve));
  const authorizer = authorizerOf(t, { redis: redis.url, index: ['id'] });
  assert.ok((await handshake(authorizer, { headers: { cookie: cookieOf('ann') } })).accepted);
  assert.equal((await warned).code, 'NO_SOCKET_YET');
  const data = { method: 'GET', headers: { cookie: cookieOf('ann') } };
  const waiting = authorizerOf(t, { redis: redis.url, index: ['id'] });
  assert.ok((await handshake(waiting, data)).accepted);
  const sockets = [1, 2].map((id) => ({ request: { user: { id, logged_in: true } } }));
  assert.deepEqual([...filterSocketsByUser(sockets, { id: 2 })], [sockets[1]]);
});
