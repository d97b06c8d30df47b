'use strict';

const { RedisStore } = require('connect-redis');
const { createClient } = require('redis');

/** The app's sessions are in Redis, as connect-redis writes them. */
async function inRedis() {
  const client = await createClient({ url: process.env.REDIS_URL }).connect();
  return { store: new RedisStore({ client }), close: () => client.destroy() };
}

module.exports = { inRedis };
