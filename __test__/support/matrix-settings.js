'use strict';

const { COMBINATIONS } = require('./matrix');

/** Arguments for a Redis with a password, and a user `ali` with the same password. */
const PASSWORD = 'p@ss/w%rd%41';
const ARGS = ['--requirepass', PASSWORD, '--user', 'ali', 'on', `>${PASSWORD}`, '~*', '+@all'];

/** node-redis 2, ioredis 3 and connect-redis 3 are older than the users of Redis 6. */
const WITHOUT_USERS = /node-redis 2|ioredis 3|its own client/;
/** node-redis has a key prefix up to 3 and from 6.1 on; connect-redis 1 to 3 read their own `prefix` from the options. */
const WITHOUT_KEY_PREFIX = /node-redis [45]|its own client/;
/** These parse this part of a URL in their own ways. */
const WITHOUT_URL = /its own client/;

/**
 * Ways to locate Redis, by name: the settings of a client for a running Redis, and the address of the look-ups. `without`:
 * the combinations that do not support it.
 */
const SETTINGS = {
  'a password': {
    of: ({ host, port }) => ({ host, port, password: PASSWORD }),
    address: ({ url }) => `${url}/0`,
  },
  'an ACL user': {
    of: ({ host, port }) => ({ host, port, username: 'ali', password: PASSWORD }),
    address: ({ url }) => `${url}/0`,
    without: WITHOUT_USERS,
  },
  'a database': {
    of: ({ host, port }) => ({ host, port, password: PASSWORD, db: 3 }),
    address: ({ url }) => `${url}/3`,
  },
  'a URL': {
    of: ({ host, port }) => ({ url: `redis://:${encodeURIComponent(PASSWORD)}@${host}:${port}/4` }),
    address: ({ url }) => `${url}/4`,
    without: WITHOUT_URL,
  },
  'a Unix socket': {
    of: ({ socketPath }) => ({ path: socketPath, password: PASSWORD }),
    address: ({ socketPath }) => `unix://${socketPath}?db=0`,
  },
  'a prefix of the client': {
    of: ({ host, port }) => ({ host, port, password: PASSWORD, keyPrefix: 'tenant:' }),
    address: ({ url }) => `${url}/0`,
    without: WITHOUT_KEY_PREFIX,
  },
};

/** Each client once. derive.test.js covers connect-redis 9 and 10 over node-redis 5 and 6. */
const CHOSEN = [
  'connect-redis 2, its own client',
  'connect-redis 3, its own client',
  'connect-redis 1, node-redis 2',
  'connect-redis 2, node-redis 3',
  'connect-redis 3, ioredis 3',
  'connect-redis 4, ioredis 4',
  'connect-redis 5, node-redis 4 in legacyMode',
  'connect-redis 5, iovalkey',
  'connect-redis 7, node-redis 4, option client',
  'connect-redis 7, ioredis 5, option client',
  'connect-redis 8, node-redis 5, option client',
  'connect-redis 8, node-redis 6, option client',
  'connect-redis 8, ioredis 6, option client',
  'connect-redis 9, node-redis 4',
  'connect-redis 9, node-redis 5 pool',
  'connect-redis 10, node-redis 6 pool',
];

/** Each chosen combination with each setting that it supports. */
const SETTLED = CHOSEN.map((name) => COMBINATIONS.find((each) => each.name === name)).flatMap((combination) =>
  Object.entries(SETTINGS)
    .filter(([, { without }]) => !without?.test(combination.name))
    .map(([setting, { of, address }]) => ({ ...combination, setting, of, address })),
);

module.exports = { ARGS, SETTLED };
