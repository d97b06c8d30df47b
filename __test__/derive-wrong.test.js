'use strict';

// Derivations that go wrong on purpose, over clients of every age: the store's answer counts, at once or in the
// end, and nobody is refused or taken for another in between.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { after, before, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { freePort, startRedis } = require('../scripts/support/redis-server');
const { openStore, save, sessionOf } = require('./support/stores');
const { authorizerOf, assertAdmitted, prove, untilStore, warningsDuring } = require('./support/proof');
const { cookieOf, visit } = require('./support/visit');

/** How a client of each family is made to say something else than what it does. */
const NODE_REDIS_3 = {
  sayPort: (client, port) => (client.connection_options.port = port),
  sayDatabase: (client, number) => (client.selected_db = number),
  showsDatabase: true,
};
const NODE_REDIS = {
  sayPort: (client, port) => (client.options.socket.port = port),
  sayDatabase: (client, number) => (client.options.database = number),
};
const IOREDIS = {
  sayPort: (client, port) => (client.options.port = port),
  sayDatabase: (client, number) => (client.condition.select = number),
  showsDatabase: true,
};

/** connect-redis, client, family; with the option `client` where the store hides its client. */
const WAYS = [
  way(1, 'node-redis 2', NODE_REDIS_3),
  way(2, 'ioredis 3', IOREDIS),
  way(3, 'node-redis 3', NODE_REDIS_3),
  way(4, 'ioredis 4', IOREDIS),
  // Each client has its own get in this mode.
  way(5, 'node-redis 4 in legacyMode', { ...NODE_REDIS, ownGet: true }),
  way(7, 'node-redis 4', NODE_REDIS),
  way(8, 'ioredis 6', IOREDIS),
  way(8, 'node-redis 6', NODE_REDIS),
  way(9, 'node-redis 5', NODE_REDIS),
];

/** @type {Awaited<ReturnType<typeof startRedis>>[]} */
let servers;
before(async () => (servers = await Promise.all([startRedis(), startRedis()])));
after(() => Promise.all((servers ?? []).map((server) => server.stop())));

for (const { name, family, open } of WAYS) {
  test(`${name}: re-selected after the proof`, async (t) => {
    const { store, select, given } = await open(t, ['ann']);
    const authorizer = authorizerOf(t, given);
    await prove(authorizer, 'ann', 'ann');
    await select(1);
    await saveAll(store, ['bob', 'cat']);
    await assertAllAdmitted(authorizer, ['bob', 'cat']);
    await assertRefused(authorizer, 'ann');
    await select(0);
    await assertAllAdmitted(authorizer, ['ann']);
  });

  test(`${name}: re-selected after the proof, and the session is in both databases`, async (t) => {
    const { store, select, given } = await open(t, ['both']);
    const authorizer = authorizerOf(t, given);
    await prove(authorizer, 'both', 'both');
    await select(2);
    await save(store, 'both', 'another one');
    // What cannot be seen is found out by comparing now and then.
    for (let tries = 0; !family.showsDatabase && authorizer.backend.kind === 'redis'; tries++) {
      assert.ok(tries < 500, 'never found out');
      await visit(authorizer, cookieOf('both'));
      await sleep(20);
    }
    await assertAdmitted(authorizer, 'both', 'another one');
  });

  test(`${name}: another prefix after the proof, and another user under it`, async (t) => {
    const { store, given } = await open(t, ['ann']);
    const authorizer = authorizerOf(t, given);
    await prove(authorizer, 'ann', 'ann');
    store.prefix = 'later:';
    await save(store, 'ann', 'the later ann');
    await assertAdmitted(authorizer, 'ann', 'the later ann');
  });

  for (const when of ['before authorize()', 'after the proof']) {
    test(`${name}: get patched on the client ${when}`, async (t) => {
      const { client, given } = await open(t, ['ann', 'revoked']);
      const authorizer = await authorizerThat(t, given, when, () => patchGet(client));
      await assertStaysWithStore(authorizer, /a get of its own/);
    });

    test(`${name}: a client that says another database ${when}`, async (t) => {
      const { client, given } = await open(t, ['ann', 'bob']);
      const authorizer = await authorizerThat(t, given, when, () => family.sayDatabase(client, 5));
      await assertAllAdmitted(authorizer, ['ann', 'bob']);
      await untilStore(authorizer, 'ann', 'ann', /saw different sessions/);
    });
  }

  for (const part of family.ownGet ? ['store'] : ['store', 'client']) {
    test(`${name}: get patched on the prototype of the ${part} after the proof`, async (t) => {
      const opened = await open(t, ['ann', 'revoked']);
      const proto = prototypeWithGet(opened[part]);
      const { get } = proto;
      t.after(() => (proto.get = get));
      const authorizer = await authorizerThat(t, opened.given, 'after the proof', () => patchGet(proto));
      const reason = {
        store: /the store's get is wrapped: give the option redis/,
        client: /another get than before: start a monitoring agent before the app, or give the option redis/,
      };
      await assertStaysWithStore(authorizer, reason[part]);
    });
  }

  test(`${name}: a client that says another port, where the same id is another user's`, async (t) => {
    const { client, given } = await open(t, ['ann']);
    const { store: other } = await open(t, [], servers[1]);
    await save(other, 'ann', 'another ann');
    family.sayPort(client, servers[1].port);
    const warnings = warningsDuring(t);
    const authorizer = authorizerOf(t, given);
    await untilStore(authorizer, 'ann', 'ann', /saw different sessions/);
    await assertAllAdmitted(authorizer, ['ann']);
    assert.deepEqual(warnings, ['NATIVE_LOOKUP_OFF']);
  });

  test(`${name}: a client that says another port, where one has the same session`, async (t) => {
    const { client, given } = await open(t, ['twin', 'dan', 'eve']);
    await open(t, ['twin'], servers[1]);
    family.sayPort(client, servers[1].port);
    const authorizer = authorizerOf(t, given);
    await prove(authorizer, 'twin', 'twin');
    await assertAllAdmitted(authorizer, ['dan', 'eve', 'twin']);
    await untilStore(authorizer, 'dan', 'dan', /saw different sessions/);
  });

  test(`${name}: a client that says another port, where nobody answers`, async (t) => {
    const { client, given } = await open(t, ['ann']);
    family.sayPort(client, await freePort());
    await untilStore(authorizerOf(t, given), 'ann', 'ann', /does not reach the store's Redis: .*refused/);
  });

  test(`${name}: the option client is another one than the store's`, async (t) => {
    const { store } = await open(t, ['twin', 'dan', 'eve']);
    const { client } = await open(t, ['twin'], servers[1]);
    const authorizer = authorizerOf(t, { store, client });
    await assertAllAdmitted(authorizer, ['twin']);
    await assertAllAdmitted(authorizer, ['dan', 'eve', 'twin']);
    await untilStore(authorizer, 'dan', 'dan', /saw different sessions/);
  });

  test(`${name}: another client after the proof`, async (t) => {
    const { store, given } = await open(t, ['ann']);
    const { store: other } = await open(t, [], servers[1]);
    await save(other, 'ann', 'the later ann');
    const authorizer = authorizerOf(t, given);
    await prove(authorizer, 'ann', 'ann');
    store.client = other.client;
    for (let i = 0; i < 10; i++) await assertAdmitted(authorizer, 'ann', 'the later ann');
  });

  test(`${name}: a prefix that is a getter, another one for each tenant`, async (t) => {
    const { store, given } = await open(t, []);
    const tenants = new AsyncLocalStorage();
    Object.defineProperty(store, 'prefix', { get: () => `${tenants.getStore()}:` });
    const authorizer = authorizerOf(t, given);
    const inTenant = (tenant, action) => tenants.run(tenant, action);
    for (const tenant of ['red', 'blue']) await inTenant(tenant, () => save(store, 'ann', `${tenant} ann`));
    for (let i = 0; i < 10; i++) {
      const visits = ['red', 'blue', 'red', 'red'].map((tenant) =>
        inTenant(tenant, () => assertAdmitted(authorizer, 'ann', `${tenant} ann`)),
      );
      await Promise.all(visits);
      await sleep(2);
    }
  });
}

test('a view of the client that does without its prefix, given with the client', async (t) => {
  const settings = { host: servers[0].host, port: servers[0].port, keyPrefix: 'tenant:' };
  const { store, real, close } = await openStore(6, 'node-redis 6 .legacy()', settings);
  t.after(close);
  await saveAll(store, ['ann', 'bob']);
  await real.set('sess:ann', JSON.stringify(sessionOf('the ann of the tenant')));
  const authorizer = authorizerOf(t, { store, client: real });
  await untilStore(authorizer, 'ann', 'ann', /saw different sessions/);
  await assertAllAdmitted(authorizer, ['ann', 'bob']);
});

function way(version, client, family) {
  const hides = version === 7 || version === 8;
  return {
    name: `connect-redis ${version}, ${client}${hides ? ', option client' : ''}`,
    family,
    /** A store over a server, with a session for each user, with the name as its id; `given` is for authorize(). */
    async open(t, users, { host, port } = servers[0]) {
      const opened = await openStore(version, client, { host, port });
      t.after(opened.close);
      await saveAll(opened.store, users);
      const { store, client: hidden } = opened;
      return { ...opened, given: hides ? { store, client: hidden } : { store } };
    },
  };
}

/** An authorizer that something goes wrong with, sooner or later. */
async function authorizerThat(t, given, when, goesWrong) {
  if (when === 'before authorize()') goesWrong();
  const authorizer = authorizerOf(t, given);
  if (when === 'after the proof') {
    await prove(authorizer, 'ann', 'ann');
    goesWrong();
  }
  return authorizer;
}

async function saveAll(store, users) {
  for (const user of users) await save(store, user, user);
}

/** Replaces `get` by one that has never heard of one session. */
function patchGet(object) {
  const { get } = object;
  object.get = function (key, ...rest) {
    return get.call(this, key.endsWith('revoked') ? 'nothing' : key, ...rest);
  };
}

function prototypeWithGet(client) {
  let proto = Object.getPrototypeOf(client);
  while (!Object.hasOwn(proto, 'get')) proto = Object.getPrototypeOf(proto);
  return proto;
}

async function assertRefused(authorizer, sid) {
  const { error } = await visit(authorizer, cookieOf(sid));
  assert.equal(error?.code, 'SESSION_NOT_FOUND');
}

/** Many at once: most come before the first one has shown that anything is different. */
function assertAllAdmitted(authorizer, users) {
  const rush = Array.from({ length: 200 }, (_, i) => users[i % users.length]);
  return Promise.all(rush.map((user) => assertAdmitted(authorizer, user, user)));
}

/** Over more connections than a proof takes. */
async function assertStaysWithStore(authorizer, reason) {
  for (let i = 0; i < 10; i++) {
    await assertRefused(authorizer, 'revoked');
    await assertAdmitted(authorizer, 'ann', 'ann');
    await sleep(2);
  }
  assert.equal(authorizer.backend.kind, 'store');
  assert.match(authorizer.backend.reason, reason);
}
