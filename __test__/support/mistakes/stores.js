'use strict';

// Redis or the store cannot be asked.

const { RedisStore } = require('connect-redis');
const { createClient } = require('redis');
const { inRedis } = require('./in-redis');
const { PASSWORD } = require('./secrets');

const { REDIS_URL } = process.env;
/** An address with the name and the password of an ACL user. */
const as = (login) => REDIS_URL?.replace('//', `//${login}@`);
const at =
  (redis) =>
  ({ store: _store, ...usual }) => ({ ...usual, redis, timeout: 1000 });

module.exports = {
  'Redis is down': {
    options: at('redis://127.0.0.1:1'),
    says: [
      /^\[STORE_ERROR\] .*refused.*\[backend: redis, redis:\/\/127\.0\.0\.1:1\/0\].*Nothing listens at that address/,
    ],
  },
  'Redis is down, and a hundred clients come': {
    options: at('redis://127.0.0.1:1'),
    visits: Array.from(
      { length: 100 },
      () =>
        ({ ann }) =>
          ann,
    ),
    says: [
      /^\[STORE_ERROR\] .*refused.*\[backend: redis, redis:\/\/127\.0\.0\.1:1\/0\].*Nothing listens at that address/,
    ],
  },
  'another password': {
    sessions: inRedis,
    prepare: ({ store }) => store.client.sendCommand(['ACL', 'SETUSER', 'app', 'on', '>right', '~*', '+get']),
    options: at(as(`app:${PASSWORD}`)),
    says: [/^\[STORE_ERROR\] .*WRONGPASS.*Redis wants another user name or password/],
  },
  'an ACL user that may not read sessions': {
    sessions: inRedis,
    prepare: ({ store }) =>
      store.client.sendCommand(['ACL', 'SETUSER', 'idle', 'on', `>${PASSWORD}`, '+ping']),
    options: at(as(`idle:${PASSWORD}`)),
    says: [/^\[STORE_ERROR\] .*NOPERM.*it needs GET on the keys/],
  },
  'the store never answers': {
    options: (usual) => ({ ...usual, store: { get() {} }, timeout: 100 }),
    says: [/^\[STORE_TIMEOUT\] .*no answer within 100 ms/],
  },
  "the store's client was never connected": {
    options: (usual) => ({ ...usual, store: new RedisStore({ client: createClient({ url: REDIS_URL }) }) }),
    says: [/^\[STORE_ERROR\] .*client is closed.*await client\.connect\(\)/],
  },
};
