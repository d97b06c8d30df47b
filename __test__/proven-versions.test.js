'use strict';

// One version of each text of connect-redis' `get`, both builds where there are two: the trusted ones are asked natively.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const known = require('../lib/sessions/proven/known-gets.json');
const { classesOf } = require('../scripts/support/connect-redis');
const { startRedis } = require('../scripts/support/redis-server');
const { authorizerOf, assertAdmitted, prove, warningsDuring } = require('./support/proof');
const { CLIENTS, sessionOf } = require('./support/stores');
const { cookieOf, visit } = require('./support/visit');

const MODULES = path.join(__dirname, '..', 'node_modules');
const PACKAGES = fs.readdirSync(MODULES).filter((name) => /^connect-redis(-|$)/.test(name));

let redis;
let admin;
before(async () => {
  redis = await startRedis();
  admin = await CLIENTS['node-redis 6']({ host: redis.host, port: redis.port });
  for (const user of ['ann', 'bob']) await admin.client.set(`app:${user}`, JSON.stringify(sessionOf(user)));
});
after(async () => {
  await admin?.close();
  await redis?.stop();
});

/** What a version takes as its client. */
function clientFor(major) {
  if (major <= 3) return 'node-redis 3';
  return major <= 6 ? 'ioredis 6' : 'node-redis 6';
}

test('each trusted text is among them', () => {
  const installed = new Set(PACKAGES.map(versionOf));
  const missing = known.filter(
    ({ trusted, versions }) => trusted && !versions.some((each) => installed.has(each)),
  );
  assert.deepEqual(missing, []);
});

for (const name of PACKAGES) {
  const version = versionOf(name);
  const { trusted } = known.find(({ versions }) => versions.includes(version));
  if (!trusted) continue;
  test(`connect-redis ${version}`, async (t) => {
    const warnings = warningsDuring(t);
    const { client, close } = await CLIENTS[clientFor(Number.parseInt(version, 10))]({
      host: redis.host,
      port: redis.port,
    });
    t.after(close);
    for (const RedisStore of await classesOf(path.join(MODULES, name))) {
      const store = new RedisStore({ client, prefix: 'app:' });
      const authorizer = authorizerOf(t, store.client === client ? { store } : { store, client });
      await prove(authorizer, 'ann', 'ann');
      await assertAdmitted(authorizer, 'bob', 'bob');
      assert.equal((await visit(authorizer, cookieOf('nobody'))).error.code, 'SESSION_NOT_FOUND');
      assert.equal(authorizer.backend.kind, 'redis');
    }
    assert.deepEqual(warnings, []);
  });
}

function versionOf(name) {
  return JSON.parse(fs.readFileSync(path.join(MODULES, name, 'package.json'), 'utf8')).version;
}
