'use strict';

// The versions that the tests run over, by the names of the dev dependencies, oldest first. A new one is added here.

/**
 * Each version of Socket.IO from 1 on, by its number: the server, and the client of its time. Tests compare the number
 * (`version < 3`), so 4.5 may stand beside 4, which is the latest. 0.9 has tests of its own.
 */
const SOCKET_IO = {
  1: { server: 'socket.io-1', client: 'socket.io-client-1' },
  2: { server: 'socket.io-2', client: 'socket.io-client-2' },
  3: { server: 'socket.io-3', client: 'socket.io-client-3' },
  4: { server: 'socket.io', client: 'socket.io-client' },
};

/** ioredis, and clients of its family. */
const IOREDIS = ['ioredis-3', 'ioredis-4', 'ioredis-5', 'ioredis', 'iovalkey'];
/** Those whose Cluster says what the addon needs. */
const IOREDIS_CLUSTERS = IOREDIS.filter((name) => name !== 'ioredis-3');
/** Those that know users beside passwords. */
const IOREDIS_WITH_USERS = ['ioredis-5', 'ioredis'];

/** node-redis since 4.0; `redis-2` and `redis-3` are another library, with tests of their own. */
const NODE_REDIS = ['redis-4', 'redis-5', 'redis'];
/** Since 5.0: clusters that show their options, and prototypes that agents patch. */
const NODE_REDIS_FROM_5 = NODE_REDIS.filter((name) => name !== 'redis-4');

module.exports = {
  IOREDIS,
  IOREDIS_CLUSTERS,
  IOREDIS_WITH_USERS,
  NODE_REDIS,
  NODE_REDIS_FROM_5,
  SOCKET_IO,
};
