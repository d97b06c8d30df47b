'use strict';

// Credentials that a provider gives (node-redis 5 and later): asked anew for each connection of the addon.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { RedisStore } = require('connect-redis');
const { authorizerOf, assertAdmitted, prove, untilStore } = require('./support/proof');
const { sharedRedis } = require('./support/shared');
const { save } = require('./support/stores');
const { NODE_REDIS_FROM_5 } = require('./support/versions');

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started));

let users = 0;

/** An ACL user of one test, whose password is what was set last. */
async function newUser() {
  const name = `user-${(users += 1)}`;
  const setPassword = (password) =>
    admin.sendCommand(['ACL', 'SETUSER', name, 'reset', 'on', `>${password}`, '~*', '&*', '+@all']);
  await setPassword('first');
  return { name, setPassword };
}

/** A store over a client with this provider, and a session in it. */
async function open(t, name, credentials) {
  const { host, port } = redis;
  const client = require(name).createClient({
    socket: { host, port },
    credentialsProvider: { type: 'async-credentials-provider', credentials },
  });
  client.on('error', () => {});
  await client.connect();
  t.after(() => client.destroy());
  const store = new RedisStore({ client });
  await save(store, 'ann', 'ann');
  return store;
}

/** The connections of a user. */
async function connectionsOf(user) {
  const lines = (await admin.sendCommand(['CLIENT', 'LIST'])).split('\n');
  return lines.filter((line) => line.includes(` user=${user} `)).map((line) => /^id=(\d+)/.exec(line)[1]);
}

/** Resolves when this is so. */
async function until(isSo) {
  for (let tries = 0; !(await isSo()); tries++) {
    assert.ok(tries < 1000, `not so: ${isSo}`);
    await sleep(10);
  }
}

for (const name of NODE_REDIS_FROM_5) {
  test(`${name}: a password that changes is asked for when the connection is made again`, async (t) => {
    const user = await newUser();
    let password = 'first';
    let asked = 0;
    const store = await open(t, name, async () => {
      asked += 1;
      await sleep(5);
      return { username: user.name, password };
    });
    const ofApp = await connectionsOf(user.name);
    const authorizer = authorizerOf(t, { store });
    await prove(authorizer, 'ann', 'ann');

    for (const next of ['second', 'third']) {
      password = next;
      await user.setPassword(next);
      const [ours, ...more] = (await connectionsOf(user.name)).filter((id) => !ofApp.includes(id));
      assert.deepEqual(more, []);
      const former = { asked, reconnects: authorizer.stats().reconnects };
      await admin.sendCommand(['CLIENT', 'KILL', 'ID', ours]);
      await until(() => authorizer.stats().reconnects > former.reconnects);
      assert.equal(authorizer.backend.kind, 'redis');
      await assertAdmitted(authorizer, 'ann', 'ann');
      assert.equal(authorizer.backend.kind, 'redis');
      assert.equal(asked, former.asked + 1);
    }
  });

  test(`${name}: a rush while the password changes is answered, and look-ups become native again`, async (t) => {
    const user = await newUser();
    let password = 'first';
    const store = await open(t, name, async () => ({ username: user.name, password }));
    const authorizer = authorizerOf(t, { store });
    await prove(authorizer, 'ann', 'ann');
    password = 'second';
    await user.setPassword(password);
    // Not events.once, which fails with the error that comes first.
    const isBack = new Promise((resolve) => store.client.once('ready', resolve));
    await admin.sendCommand(['CLIENT', 'KILL', 'USER', user.name]);
    await isBack;
    for (let i = 0; i < 10; i++) {
      await Promise.all(Array.from({ length: 20 }, () => assertAdmitted(authorizer, 'ann', 'ann')));
    }
    await prove(authorizer, 'ann', 'ann');
  });

  const PROVIDERS = {
    throws() {
      throw new Error('vault is sealed');
    },
    rejects: () => Promise.reject(new Error('vault is sealed')),
    'rejects with no error': () => Promise.reject(),
    'gives nothing': async () => undefined,
    'gives a number': async () => 7,
    'gives a password that is no text': async () => ({ username: 'hidden-name', password: { hidden: 1 } }),
    'gives a wrong password': async () => ({ username: 'hidden-name', password: 'hidden-password' }),
    'gives no password': async () => ({}),
    'never answers': () => new Promise(() => {}),
  };
  for (const [what, credentials] of Object.entries(PROVIDERS)) {
    test(`${name}: a provider that ${what} leaves look-ups to the store, until it is well again`, async (t) => {
      const user = await newUser();
      await admin.sendCommand(['ACL', 'SETUSER', 'default', 'resetpass', '>hidden']);
      t.after(() => admin.sendCommand(['ACL', 'SETUSER', 'default', 'nopass']));
      const good = async () => ({ username: user.name, password: 'first' });
      let provider = good;
      const store = await open(t, name, () => provider());
      provider = credentials;
      const authorizer = authorizerOf(t, { store, timeout: 300 });
      await untilStore(authorizer, 'ann', 'ann', /does not reach the store's Redis: /);
      await Promise.all(Array.from({ length: 50 }, () => assertAdmitted(authorizer, 'ann', 'ann')));
      assert.equal(authorizer.backend.kind, 'store');
      assert.doesNotMatch(authorizer.backend.reason, /hidden|object Object/);
      provider = good;
      await prove(authorizer, 'ann', 'ann');
    });
  }

  test(`${name}: what a provider says is in the reason`, async (t) => {
    const user = await newUser();
    let provider = async () => ({ username: user.name, password: 'first' });
    const store = await open(t, name, () => provider());
    provider = PROVIDERS.rejects;
    const authorizer = authorizerOf(t, { store });
    await untilStore(authorizer, 'ann', 'ann', /the credentials provider failed: vault is sealed/);
  });
}
