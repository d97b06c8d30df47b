'use strict';

const { RedisStore } = require('connect-redis');
const { MemoryStore } = require('express-session');
const { createClient } = require('redis');
const { findRedisServer, startRedis } = require('../../scripts/support/redis-server');

const CONNECT_WITHIN_MS = 5_000;
const RETRY_AFTER_MS = 1_000;

/**
 * Where the sessions are kept: the Redis of REDIS_URL, else one that is started here, else this process.
 * `close()` ends what was opened; `description` is for people.
 */
async function openSessions() {
  const { REDIS_URL } = process.env;
  if (REDIS_URL) {
    if (!/^rediss?:/.test(REDIS_URL) || !URL.canParse(REDIS_URL)) {
      throw new Error('REDIS_URL is no URL of a Redis. An example of one: redis://127.0.0.1:6379');
    }
    const { store, close } = await connect(REDIS_URL);
    return { store, inRedis: true, description: `Redis at ${new URL(REDIS_URL).host} (REDIS_URL)`, close };
  }
  if (findRedisServer()) return openOwnRedis();
  return {
    store: new MemoryStore(),
    inRedis: false,
    description: 'in the memory of this process (no REDIS_URL, no redis-server or valkey-server on the PATH)',
    close: async () => {},
  };
}

async function openOwnRedis() {
  const redis = await startRedis();
  const { store, close } = await connect(redis.url);
  return {
    store,
    inRedis: true,
    description: `Redis at ${redis.host}:${redis.port} (${redis.name}, started by the demo)`,
    async close() {
      await close();
      await redis.stop();
    },
  };
}

async function connect(url) {
  // A Redis that cannot be reached at the start is an error; one that is lost later is tried again for ever.
  let started = false;
  const reconnectStrategy = (_retries, cause) => (started ? RETRY_AFTER_MS : cause);
  const client = createClient({ url, socket: { connectTimeout: CONNECT_WITHIN_MS, reconnectStrategy } });
  client.on('error', (error) => {
    if (started) console.error(`The session store has lost Redis: ${reason(error)}`);
  });
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`No connection to the Redis at ${new URL(url).host}: ${reason(error)}`, { cause: error });
  }
  started = true;
  // Its own prefix, because REDIS_URL may be a Redis that other apps use.
  return { store: new RedisStore({ client, prefix: 'demo:sess:', ttl: 3600 }), close: () => client.close() };
}

/** Where several addresses were tried, the error has no message of its own. */
function reason(error) {
  return error.message || error.code;
}

module.exports = { openSessions };
