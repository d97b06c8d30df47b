'use strict';

// Where ioredis and iovalkey keep their settings, for one Redis: read from clients that are made and not connected.

const { test } = require('node:test');
const { assertLeadsTo, assertNotFollowed, nodesAt } = require('./support/targets');
const { IOREDIS, IOREDIS_WITH_USERS } = require('./support/versions');

const LOCAL = nodesAt('127.0.0.1:7001');

function lazily(name, ...args) {
  const options = typeof args.at(-1) === 'object' ? args.pop() : {};
  return new (require(name))(...args, { ...options, lazyConnect: true });
}

for (const name of IOREDIS) {
  const hasUsers = IOREDIS_WITH_USERS.includes(name);
  const table = {
    'nothing at all': [[], { nodes: nodesAt('localhost:6379') }],
    'host and port': [['7001', '127.0.0.1'], { nodes: LOCAL }],
    options: [
      [{ host: 'h', port: '7', username: 'u', password: 'p', db: '3', family: 6 }],
      { nodes: nodesAt('h:7'), username: 'u', password: 'p', db: 3 },
    ],
    'a Unix socket, which wins': [
      [{ path: '/run/r.sock', host: 'h', port: 7, db: 1 }],
      { nodes: [{ path: '/run/r.sock' }], db: 1 },
    ],
    'a URL with a database': [['redis://:p@h:7/4'], { nodes: nodesAt('h:7'), password: 'p', db: 4 }],
    'a URL with options': [
      ['redis://h:7/4?keyPrefix=k:&family=6'],
      { nodes: nodesAt('h:7'), db: 4, keyPrefix: 'k:' },
    ],
    IPv6: [['redis://[::1]:7001'], { nodes: [{ host: '::1', port: 7001 }] }],
    'a prefix of keys': [[{ keyPrefix: 'k:' }], { nodes: nodesAt('localhost:6379'), keyPrefix: 'k:' }],
    'a prefix of bytes': [
      [{ keyPrefix: Buffer.from('k:') }],
      { nodes: nodesAt('localhost:6379'), keyPrefix: Buffer.from('k:') },
    ],
    'automatic pipelines': [[{ enableAutoPipelining: true }], { nodes: nodesAt('localhost:6379') }],
  };
  if (hasUsers) {
    table['a URL with a user'] = [
      ['redis://al%20ice:p%40ss@h:7'],
      { nodes: nodesAt('h:7'), username: 'al ice', password: 'p@ss' },
    ];
  }
  for (const [what, [args, expected]] of Object.entries(table)) {
    test(`${name}: ${what}`, () => assertLeadsTo(lazily(name, ...args), expected, what));
  }

  test(`${name}: the database selected later, also while it connects anew`, async () => {
    const client = lazily(name, { db: 1 });
    const nodes = nodesAt('localhost:6379');
    client.condition = { select: 6 };
    await assertLeadsTo(client, { nodes, db: 6 });
    Object.assign(client, { condition: { select: 1 }, prevCondition: { select: 6 } });
    await assertLeadsTo(client, { nodes, db: 6 });
  });

  test(`${name}: what the addon cannot follow`, async () => {
    for (const method of ['get', 'sendCommand']) {
      const patched = Object.assign(lazily(name), { [method]() {} });
      await assertNotFollowed(patched, new RegExp(`has a ${method} of its own`));
    }
    if (name !== 'ioredis-3') {
      class Connector {}
      await assertNotFollowed(lazily(name, { Connector }), /a connector of its own/);
    }
    const { Command } = require(name);
    for (const set of ['setReplyTransformer', 'setArgumentTransformer']) {
      Command[set]('get', (value) => value);
      await assertNotFollowed(lazily(name), /a transformer for GET/);
      await assertNotFollowed(lazily(name, { enableAutoPipelining: true }), /a transformer for GET/);
      Command[set]('get', undefined);
    }
    await assertLeadsTo(lazily(name), { nodes: nodesAt('localhost:6379') });
  });
}
