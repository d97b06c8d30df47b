'use strict';

const { connect } = require('../support/redis');

/** @param {string} name - of connect-redis 7 or later */
async function nodeRedisStore(url, name = 'connect-redis', options = {}) {
  const { RedisStore } = require(name);
  return new RedisStore({ client: await connect(url), ...options });
}

/** The last connect-redis that writes through ioredis. */
function ioredisStore(url) {
  const Redis = require('ioredis');
  const RedisStore = require('connect-redis-6')(require('express-session'));
  return new RedisStore({ client: new Redis(url) });
}

module.exports = { ioredisStore, nodeRedisStore };
