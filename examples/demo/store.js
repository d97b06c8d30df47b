'use strict';

const { once } = require('node:events');
const { RedisStore } = require('connect-redis');
const { MemoryStore } = require('express-session');
const { createClient } = require('redis');
const { findRedisServer } = require('../../scripts/support/redis-server');
const { startOwnRedis } = require('./own-redis');

const CONNECT_WITHIN_MS = 5_000;
const RETRY_AFTER_MS = 200;

/**
 * Where the sessions are kept: the Redis of REDIS_URL, else one that is started here, else this process.
 *
 * `redis` is the Redis that the demo may stop, where it has one, and `redisState()` says how it is. `ready()` resolves when
 * the store can be asked. `close()` ends what was opened. `description` is for people.
 */
async function openSessions() {
  const { REDIS_URL } = process.env;
  if (REDIS_URL) return openForeignRedis(REDIS_URL);
  if (findRedisServer()) return openOwnRedis();
  return {
    store: new MemoryStore(),
    inRedis: false,
    description: 'in the memory of this process (no REDIS_URL, no redis-server or valkey-server on the PATH)',
    redisState: () => 'none',
    ready: async () => {},
    close: async () => {},
  };
}

async function openForeignRedis(url) {
  if (!/^rediss?:/.test(url) || !URL.canParse(url)) {
    throw new Error('REDIS_URL is no URL of a Redis. An example of one: redis://127.0.0.1:6379');
  }
  const description = `Redis at ${new URL(url).host} (REDIS_URL)`;
  return { ...(await connect(url)), inRedis: true, description, redisState: () => 'not ours' };
}

async function openOwnRedis() {
  const redis = await startOwnRedis();
  let connection;
  try {
    connection = await connect(redis.url);
  } catch (error) {
    await redis.close();
    throw error;
  }
  return {
    ...connection,
    inRedis: true,
    description: redis.description,
    redis,
    redisState: () => (redis.isRunning() ? 'running' : 'stopped'),
    async close() {
      await connection.close();
      await redis.close();
    },
  };
}

async function connect(url) {
  // A Redis that cannot be reached at the start is an error; one that is lost later is tried again for ever.
  let started = false;
  let isLost = false;
  const reconnectStrategy = (_retries, cause) => (started ? RETRY_AFTER_MS : cause);
  const client = createClient({
    url,
    socket: { connectTimeout: CONNECT_WITHIN_MS, reconnectStrategy },
    // A request that needs its session fails while Redis is away, instead of waiting for it without an end.
    disableOfflineQueue: true,
  });
  client.on('ready', () => (isLost = false));
  client.on('error', (error) => {
    if (started && !isLost) console.error(`The session store has lost Redis: ${reason(error)}`);
    isLost = true;
  });
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`No connection to the Redis at ${new URL(url).host}: ${reason(error)}`, { cause: error });
  }
  started = true;
  return {
    // Its own prefix, because REDIS_URL may be a Redis that other apps use.
    store: new RedisStore({ client, prefix: 'demo:sess:', ttl: 3600 }),
    async ready() {
      if (client.isReady) return;
      await once(client, 'ready', { signal: AbortSignal.timeout(CONNECT_WITHIN_MS) });
    },
    // `close` waits for answers, which a Redis that is away does not give.
    close: async () => (client.isReady ? client.close() : client.destroy()),
  };
}

/** Where several addresses were tried, the error has no message of its own. */
function reason(error) {
  return error.message || error.code;
}

module.exports = { openSessions };
