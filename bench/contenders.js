'use strict';

const session = require('express-session');
const { Passport } = require('passport');
const { createClient } = require('redis');
const Redis = require('ioredis');
const original = require('passport.socketio');
const ours = require('..');
const { SECRET } = require('./sessions');

/** Time in which an authorizer has to find out that it can look sessions up natively. */
const PROVEN_WITHIN_MS = 10_000;

/**
 * Who is compared. `middleware` is what is timed, `close` ends its connections; `role` says what its
 * figures are for: `empty` is subtracted from the others, `reference` is their measure, `ours` has targets.
 *
 * @typedef {{ name: string, key: string, role: string, middleware: Function, close(): unknown,
 *             settle?(cookie: string): Promise<void>, acceptsAll?: boolean }} Contender
 */

/** @returns {Promise<Contender[]>} */
function connectAll(url) {
  return Promise.all([empty(), ...originals(url).map((make) => make()), oursByUrl(url), oursByStore(url)]);
}

/** The same harness around nothing. */
function empty() {
  const middleware = (socket, next) => next();
  return { key: 'empty', name: 'empty middleware', role: 'empty', middleware, acceptsAll: true, close() {} };
}

/** passport.socketio over the stores that people have; the first is the measure. */
function originals(url) {
  const { RedisStore } = require('connect-redis');
  const { RedisStore: RedisStore9 } = require('connect-redis-9');
  const RedisStore6 = require('connect-redis-6')(session);
  const node = (Store, key, name, role) => async () => {
    const client = await nodeRedis(url);
    const middleware = original.authorize(optionsWith({ store: new Store({ client }) }));
    return { key, name, role, middleware, close: () => client.close() };
  };
  return [
    node(RedisStore, 'original', 'passport.socketio, connect-redis 10, node-redis 6', 'reference'),
    node(RedisStore9, 'original-9', 'passport.socketio, connect-redis 9, node-redis 6', 'peer'),
    async () => {
      const client = new Redis(url);
      const middleware = original.authorize(optionsWith({ store: new RedisStore6({ client }) }));
      const name = 'passport.socketio, connect-redis 6, ioredis 6';
      return { key: 'original-ioredis', name, role: 'peer', middleware, close: () => client.disconnect() };
    },
  ];
}

function oursByUrl(url) {
  const middleware = ours.authorize(optionsWith({ redis: url }));
  return {
    key: 'ours',
    name: 'ours, option redis',
    role: 'ours',
    middleware,
    close: () => middleware.close(),
  };
}

async function oursByStore(url) {
  const { RedisStore } = require('connect-redis');
  const client = await nodeRedis(url);
  const middleware = ours.authorize(optionsWith({ store: new RedisStore({ client }) }));
  return {
    key: 'ours-derived',
    name: 'ours, derived from connect-redis 10',
    role: 'ours',
    middleware,
    settle: (cookie) => untilNative(middleware, cookie),
    async close() {
      middleware.close();
      await client.close();
    },
  };
}

/** The options that all have in common. */
function optionsWith(where) {
  const passport = new Passport();
  passport.deserializeUser((id, done) => done(null, { id }));
  return { secret: SECRET, passport, ...where };
}

async function nodeRedis(url) {
  const client = createClient({ url });
  // Without a listener an error would be thrown; one that matters fails the round.
  client.on('error', () => {});
  return client.connect();
}

/** Visits until the addon has proven to see what the store sees, and answers alone. */
async function untilNative(middleware, cookie) {
  const deadline = performance.now() + PROVEN_WITHIN_MS;
  while (middleware.backend.kind !== 'redis') {
    if (performance.now() > deadline) throw new Error(`not native: ${middleware.backend.reason}`);
    await new Promise((resolve) => middleware({ request: { headers: { cookie } } }, resolve));
    await new Promise(setImmediate);
  }
}

module.exports = { connectAll, nodeRedis };
