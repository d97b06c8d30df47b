'use strict';

// Redis or the store cannot be asked.

const { RedisStore } = require('connect-redis');
const { createClient } = require('redis');
const { PASSWORD } = require('./secrets');

const { REDIS_URL } = process.env;
const at =
  (redis) =>
  ({ store: _store, ...usual }) => ({ ...usual, redis, timeout: 1000 });

module.exports = {
  'Redis is down': {
    options: at('redis://127.0.0.1:1'),
    says: [/^\[STORE_ERROR\] .*refused/],
  },
  'Redis is down, and a hundred clients come': {
    options: at('redis://127.0.0.1:1'),
    visits: Array.from(
      { length: 100 },
      () =>
        ({ ann }) =>
          ann,
    ),
    says: [/^\[STORE_ERROR\] .*refused/],
  },
  'another password': {
    options: at(REDIS_URL?.replace('//', `//:${PASSWORD}@`)),
    says: [/^\[STORE_ERROR\] .*(AUTH|password)/i],
  },
  'the store never answers': {
    options: (usual) => ({ ...usual, store: { get() {} }, timeout: 100 }),
    says: [/^\[STORE_TIMEOUT\] .*no answer within 100 ms/],
  },
  "the store's client was never connected": {
    options: (usual) => ({ ...usual, store: new RedisStore({ client: createClient({ url: REDIS_URL }) }) }),
    says: [/^\[STORE_ERROR\] .*client is closed/],
  },
};
