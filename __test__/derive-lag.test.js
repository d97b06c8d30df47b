'use strict';

// The addon and the app's client both find the master by themselves, and one of them sooner.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { authorizerOf, assertAdmitted, prove, warningsDuring } = require('./support/proof');
const { until } = require('./support/redis-cluster');
const { startSentinel } = require('./support/redis-sentinel');
const { names } = require('./support/redis-store');
const { save } = require('./support/stores');
const { SENTINELS } = require('./support/stores-cluster');

const USERS = names('user', 4);

test('a client that is late to follow a failover: the store counts meanwhile, and look-ups are native again', async (t) => {
  const system = await startSentinel();
  t.after(() => system.stop());
  await system.write(USERS);
  const { name, nodes, replica } = system;
  // ioredis 3 stays with the old master until that one sends it away.
  const { store, options, close } = await SENTINELS['connect-redis 6, ioredis 3 Sentinel']({ name, nodes });
  t.after(close);
  const warnings = warningsDuring(t);
  const authorizer = authorizerOf(t, options);
  await prove(authorizer, USERS[0], USERS[0]);

  await system.sentinels[0].admin.sendCommand(['SENTINEL', 'FAILOVER', name]);
  await system.untilMaster(replica);
  await until(() => authorizer.stats().reconnects > 0);
  await save(store, 'late', 'late');
  for (let i = 0; i < 20; i++) await assertAdmitted(authorizer, 'late', 'late');

  await system.attachReplica();
  await prove(authorizer, USERS[0], USERS[0]);
  assert.deepEqual(warnings, []);
});
