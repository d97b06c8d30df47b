'use strict';

// One connection to a target, whoever asks: apps make an authorizer for each namespace, tenant or even socket.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { RedisStore } = require('connect-redis');
const { createClient } = require('redis');
const { authorize } = require('..');
const { Verifier } = require('../lib/sessions/verifier');
const { RedisBackend } = require('../lib/sessions/redis');
const { targetOf } = require('../lib/redis/target');
const { authorizerOf, assertAdmitted, prove } = require('./support/proof');
const { runScript, PREAMBLE } = require('./support/child');
const { sharedRedis } = require('./support/shared');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');

let redis;
let admin;

sharedRedis((started) => ({ redis, admin } = started), ['ann', 'bob']);

/** Connections over TCP; the test's own come through the Unix socket. */
async function connections() {
  const list = String(await admin.sendCommand(['CLIENT', 'LIST']));
  return list.split('\n').filter((client) => client.includes(' addr=127.0.0.1:'));
}

async function untilConnections(count) {
  for (let tries = 0; tries < 500; tries++) {
    if ((await connections()).length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal((await connections()).length, count);
}

function kill() {
  return admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
}

test('an authorizer for each socket: one connection, which ends with the last of them', async () => {
  const authorizers = [];
  await Promise.all(
    Array.from({ length: 150 }, async () => {
      const authorizer = authorize({ redis: redis.url, secret: SECRET, passport: passportOf() });
      authorizers.push(authorizer);
      await assertAdmitted(authorizer, 'ann', 'ann');
    }),
  );
  assert.equal((await connections()).length, 1);
  for (const authorizer of authorizers.slice(1)) authorizer.close();
  await assertAdmitted(authorizers[0], 'bob', 'bob');
  assert.equal((await connections()).length, 1);
  authorizers[0].close();
  await untilConnections(0);
});

test('the same target in other words is the same, and any other setting is another', async (t) => {
  const { host, port } = redis;
  await admin.sendCommand(['ACL', 'SETUSER', 'eve', 'on', '>pw', '~*', '+@all']);
  const same = [redis.url, { host, port }, { url: `${redis.url}/0` }, { host, port, db: 0, username: '' }];
  for (const option of same) await assertAdmitted(authorizerOf(t, { redis: option }), 'ann', 'ann');
  await assertAdmitted(authorizerOf(t, { redis: redis.url, timeout: 99, maxPending: 7 }), 'ann', 'ann');
  assert.equal((await connections()).length, 1);
  const others = [
    { redis: `${redis.url}/1` },
    { redis: { host, port, username: 'eve', password: 'pw' } },
    { redis: { host, port, clientName: 'one' } },
    { redis: { host, port, clientName: 'two' } },
    { redis: redis.url, prefix: 'other:' },
    { redis: { host, port, keyPrefix: 'app:' } },
  ];
  for (const options of others) await visit(authorizerOf(t, options), cookieOf('ann'));
  assert.equal((await connections()).length, 1 + others.length);
});

test('one that is closed answers CLOSED at once, also what it has in flight, and the other goes on', async (t) => {
  const [closed, open] = [0, 1].map(() => authorizerOf(t, { redis: redis.url }));
  for (const authorizer of [closed, open]) await assertAdmitted(authorizer, 'ann', 'ann');
  redis.kill('SIGSTOP');
  const waiting = [closed, open].map((authorizer) =>
    Promise.all([visit(authorizer, cookieOf('ann')), visit(authorizer, cookieOf('bob'))]),
  );
  // By now they are on their way to Redis.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const later = visit(closed, cookieOf('bob'));
  closed.close();
  for (const { error } of [...(await waiting[0]), await later, await visit(closed, cookieOf('ann'))]) {
    assert.equal(error.code, 'CLOSED');
  }
  redis.kill('SIGCONT');
  for (const { error } of await waiting[1]) assert.equal(error, undefined);
  assert.equal((await connections()).length, 1);
});

test('after the last has closed, the next one has a new connection', async (t) => {
  const first = authorizerOf(t, { redis: redis.url });
  await assertAdmitted(first, 'ann', 'ann');
  const [earlier] = await connections();
  first.close();
  await untilConnections(0);
  await assertAdmitted(authorizerOf(t, { redis: redis.url }), 'ann', 'ann');
  const [now] = await connections();
  assert.notEqual(/id=(\d+)/.exec(now)[1], /id=(\d+)/.exec(earlier)[1]);
});

test('one that is closed before its first look-up opens none', async () => {
  await untilConnections(0);
  const backend = backendOf();
  backend.close();
  const outcome = await new Promise((deliver) => backend.lookUp({ deliver }, cookieOf('ann'), 0));
  assert.equal(require('../lib/outcomes').outcomes[outcome].code, 'CLOSED');
  assert.equal((await connections()).length, 0);
});

test('each has a deadline of its own', async (t) => {
  const [hasty, patient] = [100, 60_000].map((timeout) => authorizerOf(t, { redis: redis.url, timeout }));
  for (const authorizer of [hasty, patient]) await assertAdmitted(authorizer, 'ann', 'ann');
  redis.kill('SIGSTOP');
  const waiting = visit(patient, cookieOf('ann'));
  const { error } = await visit(hasty, cookieOf('ann'));
  assert.equal(error.code, 'STORE_TIMEOUT');
  assert.equal(patient.stats().pending, 1);
  redis.kill('SIGCONT');
  assert.equal((await waiting).error, undefined);
  assert.equal((await connections()).length, 1);
});

test('reconnects are those that an authorizer has seen, and its address is as it was given', async (t) => {
  const first = authorizerOf(t, { redis: redis.url });
  await assertAdmitted(first, 'ann', 'ann');
  // Old enough that its end is taken for an accident.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await kill();
  await untilConnections(1);
  await assertAdmitted(first, 'ann', 'ann');
  assert.equal(first.stats().reconnects, 1);
  const second = authorizerOf(t, { redis: { host: redis.host, port: redis.port } });
  await assertAdmitted(second, 'ann', 'ann');
  assert.equal(second.stats().reconnects, 0);
  assert.equal(second.backend.address, first.backend.address);
  first.close();
  assert.equal(first.stats().reconnects, 1);
  assert.equal((await connections()).length, 1);
});

test('worker threads have connections of their own', async () => {
  await untilConnections(0);
  const worker = JSON.stringify(`${PREAMBLE}
    const { parentPort } = require('node:worker_threads');
    const authorizer = authorize({ redis: '${redis.url}', secret: SECRET, passport: passportOf() });
    visit(authorizer, cookieOf('ann')).then(({ data }) => parentPort.postMessage(data.user.id));
    parentPort.once('message', () => process.exit());`);
  const script = `
    const { Worker } = require('node:worker_threads');
    const { once } = require('node:events');
    const { createClient } = require('redis');
    (async () => {
      const own = [0, 1].map(() => authorize({ redis: '${redis.url}', secret: SECRET, passport: passportOf() }));
      for (const authorizer of own) await visit(authorizer, cookieOf('ann'));
      const workers = [0, 1].map(() => new Worker(${worker}, { eval: true }));
      await Promise.all(workers.map((worker) => once(worker, 'message')));
      const admin = await createClient({ socket: { path: ${JSON.stringify(redis.socketPath)} } }).connect();
      const list = String(await admin.sendCommand(['CLIENT', 'LIST']));
      console.log(list.split('\\n').filter((client) => client.includes(' addr=127.0.0.1:')).length);
      process.exit();
    })();`;
  const { out, err } = await runScript(script);
  assert.equal(out + err, '3');
});

function backendOf({ credentials, timeout = 5000, db = null } = {}) {
  const gate = new Verifier({ secret: SECRET, key: 'connect.sid', passport: { _key: 'passport' } });
  const target = targetOf({ nodes: [{ host: redis.host, port: redis.port }], db });
  return new RedisBackend({ timeout }, gate, target, 'a test', credentials);
}

/** What a backend finds for ann. */
function lookUp(backend) {
  return new Promise((resolve) => {
    backend.lookUp({ deliver: (outcome, value) => resolve(value) }, cookieOf('ann'), 0);
  });
}

test('the same credentials provider is the same login, which outlives the first who brought it', async () => {
  await untilConnections(0);
  let asked = 0;
  const credentials = async () => {
    asked += 1;
    return { username: 'eve', password: 'pw' };
  };
  await admin.sendCommand(['ACL', 'SETUSER', 'eve', 'on', '>pw', '~*', '+@all']);
  const [first, second] = [0, 1].map(() => backendOf({ credentials }));
  for (const backend of [first, second]) assert.equal(await lookUp(backend), 'ann');
  assert.equal((await connections()).length, 1);
  assert.equal(asked, 1);
  first.close();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await kill();
  assert.equal(await lookUp(second), 'ann');
  assert.equal(asked, 2);
  const another = backendOf({ credentials: async () => ({ username: 'eve', password: 'pw' }) });
  assert.equal(await lookUp(another), 'ann');
  assert.equal((await connections()).length, 2);
  second.close();
  another.close();
  await untilConnections(0);
});

test('a provider may take as long as the most patient of those who ask it', async () => {
  const credentials = () => new Promise((resolve) => setTimeout(resolve, 200, { username: 'default' }));
  const [patient, hasty] = [5000, 20].map((timeout) => backendOf({ credentials, timeout }));
  assert.deepEqual(await Promise.all([hasty, patient].map(lookUp)), ['no answer within the timeout', 'ann']);
  hasty.close();
  patient.close();
  await untilConnections(0);
});

test('authorizers of one store whose client asks a provider: one connection', async (t) => {
  await admin.sendCommand(['ACL', 'SETUSER', 'eve', 'on', '>pw', '~*', '+@all']);
  const credentialsProvider = {
    type: 'async-credentials-provider',
    credentials: async () => ({ username: 'eve', password: 'pw' }),
  };
  const client = await createClient({ url: redis.url, credentialsProvider }).connect();
  t.after(() => client.destroy());
  const store = new RedisStore({ client });
  for (let i = 0; i < 5; i++) await prove(authorizerOf(t, { store }), 'ann', 'ann');
  assert.equal((await connections()).length, 2, "the store's and the addon's");
});

test('what asks a provider is collected with it', async () => {
  const script = `
    const { ProviderCredentials } = require('./lib/redis/credentials');
    const refs = [];
    for (let i = 0; i < 20; i++) (() => {
      const provider = async () => ({});
      const credentials = ProviderCredentials.of(provider, 10);
      if (ProviderCredentials.of(provider, 20) !== credentials) throw new Error('another');
      refs.push(new WeakRef(provider), new WeakRef(credentials));
    })();
    (async () => {
      for (let i = 0; i < 50 && refs.some((ref) => ref.deref()); i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        gc();
      }
      console.log(refs.filter((ref) => ref.deref()).length);
    })();`;
  const { out, err } = await runScript(script, { args: ['--expose-gc'] });
  assert.equal(out + err, '0');
});

test('authorizers that are collected take none of the others with them', async () => {
  const script = `
    const options = { redis: '${redis.url}', secret: SECRET, passport: passportOf() };
    const kept = authorize(options);
    (async () => {
      const refs = [];
      const one = () => {
        const authorizer = authorize(options);
        refs.push(new WeakRef(authorizer));
        return visit(authorizer, cookieOf('ann'));
      };
      for (let i = 0; i < 20; i++) await one();
      await visit(kept, cookieOf('ann'));
      for (let i = 0; i < 50 && refs.some((ref) => ref.deref()); i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        gc();
      }
      const { data } = await visit(kept, cookieOf('bob'));
      console.log(refs.filter((ref) => ref.deref()).length, data.user.id, kept.stats().reconnects);
    })();`;
  const { out, err } = await runScript(script, { args: ['--expose-gc'] });
  assert.equal(out + err, '0 bob 0');
});
