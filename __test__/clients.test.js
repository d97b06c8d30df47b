'use strict';

// Where each version of each client keeps its settings: read from clients that are made and not connected.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { detectClient } = require('../lib/redis/clients');
const known = require('../lib/sessions/proven/known-gets.json');
const { assertLeadsTo, assertNotFollowed, nodesAt } = require('./support/targets');
const { NODE_REDIS } = require('./support/versions');

const LOCAL = nodesAt('127.0.0.1:7001');

/** Those of node-redis 2 and 3 connect when they are made. */
const opened = [];
after(() => opened.forEach((client) => client.end(true)));

function openLegacy(name, ...args) {
  const client = require(name).createClient(...args);
  client.on('error', () => {});
  opened.push(client);
  return client;
}

for (const name of NODE_REDIS) {
  const { createClient } = require(name);
  const provider = (credentials) => ({
    type: 'async-credentials-provider',
    credentials: async () => credentials,
  });
  const table = {
    'host and port': [{ socket: { host: '127.0.0.1', port: 7001 } }, { nodes: LOCAL }],
    'a port as text': [{ socket: { host: '127.0.0.1', port: '7001' } }, { nodes: LOCAL }],
    'a Unix socket': [{ socket: { path: '/run/r.sock' } }, { nodes: [{ path: '/run/r.sock' }] }],
    'a password': [
      { ...{ socket: { host: 'h', port: 1 } }, password: 'p' },
      { nodes: nodesAt('h:1'), password: 'p' },
    ],
    'an ACL user and a database': [
      { socket: { host: 'h', port: 1 }, username: 'u', password: 'p', database: 3 },
      { nodes: nodesAt('h:1'), username: 'u', password: 'p', db: 3 },
    ],
    'a URL, which wins': [
      {
        url: 'redis://al%20ice:p%40ss@h:7/4',
        username: 'x',
        password: 'y',
        database: 1,
        socket: { host: 'x' },
      },
      { nodes: nodesAt('h:7'), username: 'al ice', password: 'p@ss', db: 4 },
    ],
    'IPv6 in a URL': [{ url: 'redis://[::1]:7001' }, { nodes: [{ host: '::1', port: 7001 }] }],
    'IPv6 as it is': [{ socket: { host: '::1', port: 7001 } }, { nodes: [{ host: '::1', port: 7001 }] }],
    'an object as tls, which is TCP': [
      { socket: { host: '127.0.0.1', port: 7001, tls: {} } },
      { nodes: LOCAL },
    ],
  };
  if (name !== 'redis-4') {
    table['a provider, which wins'] = [
      {
        socket: { host: 'h', port: 1 },
        username: 'x',
        password: 'y',
        credentialsProvider: provider({ username: 'u', password: 'p' }),
      },
      { nodes: nodesAt('h:1'), username: 'u', password: 'p' },
    ];
    table['a URL with a password beside a provider, which loses'] = [
      { url: 'redis://:p@h:1', credentialsProvider: provider({ username: 'x', password: 'x' }) },
      { nodes: nodesAt('h:1'), password: 'p' },
    ];
  } else {
    table.legacyMode = [
      { url: 'redis://:p@h:1/2', legacyMode: true },
      { nodes: nodesAt('h:1'), password: 'p', db: 2 },
    ];
  }
  // Versions before 6.1 take the option and do nothing with it.
  const keyPrefix = name === 'redis' ? 'k:' : '';
  table['a prefix of keys'] = [
    { url: 'redis://h:1', keyPrefix: 'k:' },
    { nodes: nodesAt('h:1'), keyPrefix },
  ];

  test(`${name}: nothing at all`, async () => {
    // node-redis 4 writes its defaults into what it is given, 5 and 6 leave them to Node.
    const port = name === 'redis-4' ? 6379 : null;
    await assertLeadsTo(createClient({ socket: {} }), { nodes: [{ host: 'localhost', port }] });
    await assertLeadsTo(createClient(), { nodes: [{ host: 'localhost' }] });
  });
  for (const [what, [options, expected]] of Object.entries(table)) {
    test(`${name}: ${what}`, () => assertLeadsTo(createClient(options), expected, what));
  }

  test(`${name}: what the addon cannot follow`, async () => {
    await assertNotFollowed(createClient({ socket: { lookup() {} } }), /a lookup of its own/);
    const tls = { path: '/run/r.sock', tls: true };
    await assertNotFollowed(createClient({ socket: tls }), /TLS over a Unix socket/);
    await assertNotFollowed(createClient({ database: 'x' }), /a database that is no number/);
    for (const method of ['get', 'sendCommand']) {
      const patched = Object.assign(createClient(), { [method]: () => {} });
      await assertNotFollowed(patched, new RegExp(`has a ${method} of its own`));
    }
    if (name === 'redis-4') {
      const patched = Object.assign(createClient({ legacyMode: true }), { get: () => {} });
      await assertNotFollowed(patched, /has a get of its own/);
    } else {
      await assertNotFollowed(createClient().legacy(), /none that is known/);
      const credentialsProvider = { type: 'streaming-credentials-provider', subscribe() {} };
      await assertNotFollowed(createClient({ credentialsProvider }), /credentials that change by themselves/);
    }
  });
}

for (const name of ['redis-2', 'redis-3', 'connect-redis-2/node_modules/redis']) {
  const isOld = name.includes('/');
  const table = {
    'host and port': [['7001', '127.0.0.1'], { nodes: LOCAL }],
    'nothing at all': [[], { nodes: nodesAt('127.0.0.1:6379') }],
    'a Unix socket': [['/run/none.sock'], { nodes: [{ path: '/run/none.sock' }] }],
    'a password': [[7001, '127.0.0.1', { auth_pass: 'p' }], { nodes: LOCAL, password: 'p' }],
    'a prefix of keys': [
      [7001, '127.0.0.1', { prefix: 'k:' }],
      { nodes: LOCAL, keyPrefix: isOld ? '' : 'k:' },
    ],
  };
  if (!isOld) {
    table['a URL with a database'] = [
      ['redis://:p@127.0.0.1:7001/4'],
      { nodes: LOCAL, password: 'p', db: 4 },
    ];
    table['options and a database as text'] = [
      [{ host: '127.0.0.1', port: '7001', password: 'p', db: '3' }],
      { nodes: LOCAL, password: 'p', db: 3 },
    ];
    table['IPv6'] = [[{ host: '::1', port: 7001 }], { nodes: [{ host: '::1', port: 7001 }] }];
  }
  if (name === 'redis-3') {
    table['an ACL user'] = [
      [{ host: '127.0.0.1', port: 7001, user: 'u', password: 'p' }],
      { nodes: LOCAL, username: 'u', password: 'p' },
    ];
  }
  for (const [what, [args, expected]] of Object.entries(table)) {
    test(`${name}: ${what}`, () => assertLeadsTo(openLegacy(name, ...args), expected, what));
  }

  test(`${name}: the database selected later, also while it connects anew`, async () => {
    const client = openLegacy(name, 7001, '127.0.0.1');
    client.selected_db = '5';
    await assertLeadsTo(client, { nodes: LOCAL, db: 5 });
    Object.assign(client, { selected_db: null, old_state: { selected_db: 5 } });
    await assertLeadsTo(client, { nodes: LOCAL, db: 5 });
  });

  test(`${name}: what the addon cannot follow`, async () => {
    const renamed = openLegacy(name, 7001, '127.0.0.1', { rename_commands: { get: 'x' } });
    await assertNotFollowed(renamed, /a renamed GET/);
    const imitation = Object.assign(openLegacy(name, 7001, '127.0.0.1'), { getKeyspace() {} });
    await assertNotFollowed(imitation, /an imitation of Redis/);
    const piped = openLegacy(name, 7001, '127.0.0.1');
    piped.options.stream = {};
    await assertNotFollowed(piped, /a stream of its own/);
    for (const method of ['get', 'send_command', 'internal_send_command']) {
      const patched = Object.assign(openLegacy(name, 7001, '127.0.0.1'), { [method]() {} });
      await assertNotFollowed(patched, new RegExp(`has a ${method} of its own`));
    }
  });
}

/** What Instana makes of a method. */
function asInstana(original) {
  return function instanaShimmerWrapInner() {
    return original.apply(this, arguments);
  };
}

test("node-redis 4 in legacyMode: its own methods are known by their text, not by each other's", async () => {
  const { createClient } = require('redis-4');
  const options = { url: 'redis://127.0.0.1:7001', legacyMode: true };
  await assertLeadsTo(createClient(options), { nodes: LOCAL });
  const wraps = {
    'all of them': (method) =>
      function (...args) {
        return method.apply(this, args);
      },
    'as Instana does': asInstana,
    'to pass for others': (method) => {
      const wrapped = (...args) => method(...args);
      wrapped.toString = () => String(method);
      return wrapped;
    },
  };
  for (const wrap of Object.values(wraps)) {
    const client = createClient(options);
    for (const name of Object.getOwnPropertyNames(client)) {
      if (typeof client[name] === 'function') client[name] = wrap(client[name]);
    }
    await assertNotFollowed(client, /has a get of its own/);
  }
  const sending = createClient(options);
  sending.sendCommand = wraps['all of them'](sending.sendCommand);
  await assertNotFollowed(sending, /has a sendCommand of its own/);
  const swapped = createClient(options);
  swapped.sendCommand = swapped.get;
  await assertNotFollowed(swapped, /has a sendCommand of its own/);
  await assertNotFollowed(Object.assign(createClient(options), { get: 7 }), /has a get of its own/);
  // Without the mode, a method of that text is the app's.
  const plain = Object.assign(createClient(), { get: createClient(options).get });
  await assertNotFollowed(plain, /has a get of its own/);
});

test('a client that a monitoring agent has patched', async () => {
  for (const name of NODE_REDIS) {
    const client = require(name).createClient();
    client.get = asInstana(client.get);
    await assertNotFollowed(
      client,
      /has a get of its own, which a monitoring agent \(Instana\) has put there/,
    );
    await assertNotFollowed(Object.assign(client, { get() {} }), /has a get of its own$/);
  }
});

test('what a store reads through, where that is not the client itself', async () => {
  const { createClient } = require('redis');
  const client = createClient();
  const isFollowed = async (shown) => (await detectClient(client, shown)).unsupported;
  const wrappers = known.filter(({ wrapper }) => wrapper).map(({ wrapper }) => wrapper);
  assert.deepEqual(new Set(wrappers), new Set(['(key) => client.get(key)']));
  assert.equal(await isFollowed({ get: (key) => client.get(key) }), undefined);
  assert.equal(await isFollowed(client.legacy()), undefined);
  assert.equal(await isFollowed(require('redis-5').createClient().legacy()), undefined);
  assert.equal(await isFollowed(createClient()), undefined);
  for (const shown of [{ get: (key) => client.get(key, 1) }, { get: 7 }, {}, null, new Map()])
    assert.match(await isFollowed(shown), /reads through a get that is not the one of the option client/);
  const patched = Object.assign(createClient(), { get() {} });
  assert.match(await isFollowed(patched), /has a get of its own/);
});

test('what is no client that is known', async () => {
  const objects = [{}, { get() {} }, new Map(), Object.create(null), []];
  for (const object of objects) await assertNotFollowed(object, /none that is known/);
});
