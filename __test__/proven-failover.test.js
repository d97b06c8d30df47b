'use strict';

// Differences where both sides find the master by themselves: forgiven for as long as one of them may be late.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { openControlledCluster, textOf } = require('./support/controlled');
const { authorizerOf, assertAdmitted, prove, untilStore, warningsDuring } = require('./support/proof');
const { startCluster, until } = require('./support/redis-cluster');
const { cookieOf, visit } = require('./support/visit');

const SECOND = 1000;

let cluster;
before(async () => {
  cluster = await startCluster({ masters: 1 });
  await cluster.write(['ann']);
});
after(() => cluster?.stop());

/** Look-ups over a cluster, native for `ann`; `later(ms)` lets time pass, `differ()` makes the two differ once. */
async function open(t) {
  const { store, client } = await openControlledCluster(t, cluster.nodes);
  const { now } = performance;
  let passed = 0;
  t.mock.method(performance, 'now', () => now.call(performance) + passed);
  const authorizer = authorizerOf(t, { store });
  await prove(authorizer, 'ann', 'ann');
  return {
    authorizer,
    client,
    later: (ms) => (passed += ms),
    async differ() {
      let asked = 0;
      client.intercept = (key, command, send) => {
        if (key === 'hidden') command.resolve(textOf('hidden'));
        else send();
        asked += 1;
      };
      // An audit may be under way, so that the first ones are not compared.
      await until(async () => {
        await assertAdmitted(authorizer, 'hidden', 'hidden');
        return asked >= 10;
      });
      client.intercept = undefined;
    },
  };
}

test('within half a minute they are forgiven, later they are not', async (t) => {
  const warnings = warningsDuring(t);
  const { authorizer, later, differ } = await open(t);
  await differ();
  await prove(authorizer, 'ann', 'ann');
  later(29 * SECOND);
  await differ();
  await prove(authorizer, 'ann', 'ann');
  assert.deepEqual(warnings, []);
  later(2 * SECOND);
  await differ();
  await untilStore(authorizer, 'ann', 'ann', /saw different sessions/);
  assert.deepEqual(warnings, ['NATIVE_LOOKUP_OFF']);
});

test('the next failover is forgiven as well', async (t) => {
  const warnings = warningsDuring(t);
  const { authorizer, later, differ } = await open(t);
  for (let i = 0; i < 3; i++) {
    await differ();
    await prove(authorizer, 'ann', 'ann');
    later(11 * 60 * SECOND);
  }
  assert.deepEqual(warnings, []);
});

test('an audit that differs is forgiven, but the store answers until both see the same again', async (t) => {
  const warnings = warningsDuring(t);
  const { authorizer, client, later } = await open(t);
  later(SECOND);
  client.intercept = (_key, command) => command.resolve(textOf('another ann'));
  await until(async () => {
    await visit(authorizer, cookieOf('ann'));
    return authorizer.backend.kind === 'store';
  });
  await assertAdmitted(authorizer, 'ann', 'another ann');
  client.intercept = undefined;
  await prove(authorizer, 'ann', 'ann');
  assert.deepEqual(warnings, []);
});
