'use strict';

// What recognition and proof rest on is watched in every family of clients: what can be seen to change voids them.

const assert = require('node:assert/strict');
const { after, test } = require('node:test');
const { Snapshot } = require('../lib/sessions/proven/snapshot');

const rootNodes = [{ url: 'redis://127.0.0.1:1' }];
const sentinels = { name: 'm', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] };

/** How to make a client of each family, the methods that it reads through, and where else it may change. */
const FAMILIES = {
  'node-redis 3': {
    make: () => legacy('redis-3'),
    methods: ['get', 'send_command', 'internal_send_command'],
    changes: [(client) => (client.selected_db = 5), (client) => (client.options.prefix = 'k:')],
  },
  'node-redis 4': { make: () => require('redis-4').createClient(), methods: ['get', 'sendCommand'] },
  'node-redis 4 in legacyMode': {
    make: () => require('redis-4').createClient({ legacyMode: true }),
    methods: ['get', 'sendCommand'],
  },
  'node-redis 6': {
    make: () => require('redis').createClient(),
    methods: ['get', 'sendCommand', '_executeCommand'],
    changes: [(client) => (client.options.database = 5), (client) => (client.options.keyPrefix = 'k:')],
  },
  'node-redis pool': {
    make: () => require('redis').createClientPool({}),
    methods: ['get', 'execute'],
    changes: [(client) => (client._keyPrefix = 'k:')],
  },
  'node-redis cluster': {
    make: () => require('redis').createCluster({ rootNodes }),
    methods: ['get', 'sendCommand', '_execute', '_executeWithPolicies'],
    changes: [(client) => (client._options.keyPrefix = 'k:')],
  },
  'node-redis Sentinel': {
    make: () => require('redis').createSentinel(sentinels),
    methods: ['get', '_execute'],
  },
  'node-redis 5 Sentinel': {
    make: () => require('redis-5').createSentinel(sentinels),
    methods: ['get', '_execute'],
    changes: [(client) => (client.getMasterNode = () => ({ host: 'h', port: 1 }))],
  },
  ioredis: {
    make: () => new (require('ioredis'))({ lazyConnect: true }),
    methods: ['get', 'sendCommand'],
    changes: [
      (client) => (client.condition = { select: 5 }),
      (client) => (client.prevCondition = { select: 5 }),
      (client) => (client.options.keyPrefix = 'k:'),
    ],
  },
  'ioredis Cluster': {
    make: () => new (require('ioredis').Cluster)([1], { lazyConnect: true }),
    methods: ['get', 'sendCommand'],
    changes: [(client) => (client.options.keyPrefix = 'k:')],
  },
};

const opened = [];
after(() => opened.forEach((client) => client.end(true)));

function legacy(name) {
  const client = require(name).createClient(1, '127.0.0.1');
  client.on('error', () => {});
  opened.push(client);
  return client;
}

class Store {
  get() {}
}

/** A store over a new client, and what stands on it; `hidden`: in a wrapper that shows nothing of it. */
function build(make, { hidden = false } = {}) {
  const client = make();
  const shown = hidden ? { get: (key) => client.get(key) } : client;
  const store = Object.assign(new Store(), { client: shown, prefix: 'sess:' });
  return { store, client, snapshot: new Snapshot(store, client) };
}

for (const [name, { make, methods, changes = [] }] of Object.entries(FAMILIES)) {
  test(`${name}: a change is seen, and none where there is none`, () => {
    for (const hidden of [false, true]) {
      const { snapshot, store } = build(make, { hidden });
      assert.ok(snapshot.holds());
      store.prefix = 'later:';
      assert.ok(snapshot.holds(), 'the prefix is read at each connection and needs no new proof');
      for (const change of changes) {
        const one = build(make, { hidden });
        change(one.client);
        assert.ok(!one.snapshot.holds(), String(change));
        assert.equal(one.snapshot.patched, undefined);
      }
      for (const method of methods) {
        const one = build(make, { hidden });
        one.client[method] = () => {};
        assert.ok(!one.snapshot.holds(), method);
        assert.equal(one.snapshot.patched, method);
      }
    }
  });
}

test('changes of the store', () => {
  const { make } = FAMILIES['node-redis 6'];
  const changes = {
    get: (store) => (store.get = () => {}),
    client: (store) => (store.client = make()),
    'no client': (store) => (store.client = null),
    serializer: (store) => (store.serializer = { ...JSON }),
    "a hidden client's get": (store) => (store.client.get = () => {}),
    'a prefix that is an object': (store) => (store.prefix = { toString: () => 'sess:' }),
    'no prefix': (store) => delete store.prefix,
  };
  for (const [what, change] of Object.entries(changes)) {
    const { snapshot, store } = build(make, { hidden: true });
    change(store);
    assert.ok(!snapshot.holds(), what);
  }
});

test('changes of JSON', (t) => {
  const { snapshot } = build(FAMILIES['node-redis 6'].make);
  const loaded = JSON;
  const { parse } = loaded;
  t.after(() => {
    globalThis.JSON = loaded;
    loaded.parse = parse;
  });
  loaded.parse = (...args) => parse(...args);
  assert.ok(!snapshot.holds());
  loaded.parse = parse;
  assert.ok(snapshot.holds());
  globalThis.JSON = { parse, stringify: loaded.stringify };
  assert.ok(!snapshot.holds());
});

test('a method of another client is no patch', () => {
  const { make } = FAMILIES['node-redis 6'];
  const { snapshot, store } = build(make);
  store.client = Object.assign(make(), { get() {} });
  assert.ok(!snapshot.holds());
  assert.equal(snapshot.patched, undefined);
});

test('what cannot be read does not hold', () => {
  const { snapshot, store, client } = build(FAMILIES['node-redis 6'].make);
  Object.defineProperty(store, 'serializer', {
    get() {
      throw new Error('no');
    },
  });
  assert.ok(!snapshot.holds());
  const unreadable = new Snapshot(store, client);
  assert.ok(!unreadable.holds());
  const status = () => {
    throw new Error('no');
  };
  const ofNoFamily = new Snapshot(new Store(), Object.defineProperty({}, 'status', { get: status }));
  assert.ok(!ofNoFamily.holds());
  assert.deepEqual([snapshot.patched, unreadable.patched], [undefined, undefined]);
});
