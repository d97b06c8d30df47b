'use strict';

const { Passport } = require('passport');
const { createClient } = require('redis');
const { SECRET } = require('./sessions');

/** Time in which an authorizer must begin to look sessions up natively. */
const PROVEN_WITHIN_MS = 10_000;

/**
 * The contenders. `role` is the use of the figures: those of `empty` are subtracted from the others, the others are
 * compared with those of `reference`, and `ours` has targets.
 *
 * @typedef {object} Contender
 * @property {string} key - for the command line
 * @property {string} name - in reports
 * @property {'empty' | 'reference' | 'peer' | 'ours'} role
 * @property {(url: string) => Function | Promise<Function>} connect - makes the middleware, over the Redis at `url`
 * @property {boolean} [connects] - its sockets connect to a namespace, and leave it
 * @property {(middleware: Function, cookie: string) => Promise<void>} [settle] - resolves when timing may begin
 */

/** @type {Contender[]} */
const contenders = [
  {
    key: 'empty',
    name: 'empty middleware',
    role: 'empty',
    connect: () => (socket, next) => next(),
  },
  {
    key: 'original',
    name: 'passport.socketio, connect-redis 10, node-redis 6',
    role: 'reference',
    connect: async (url) =>
      original().authorize(optionsWith({ store: await nodeStore('connect-redis', url) })),
  },
  {
    key: 'original-9',
    name: 'passport.socketio, connect-redis 9, node-redis 6',
    role: 'peer',
    connect: async (url) =>
      original().authorize(optionsWith({ store: await nodeStore('connect-redis-9', url) })),
  },
  {
    key: 'original-ioredis',
    name: 'passport.socketio, connect-redis 6, ioredis 6',
    role: 'peer',
    connect: (url) => original().authorize(optionsWith({ store: ioredisStore(url) })),
  },
  {
    key: 'ours',
    name: 'ours, option redis',
    role: 'ours',
    connect: (url) => require('..').authorize(optionsWith({ redis: url })),
  },
  {
    key: 'ours-derived',
    name: 'ours, derived from connect-redis 10',
    role: 'ours',
    connect: async (url) =>
      require('..').authorize(optionsWith({ store: await nodeStore('connect-redis', url) })),
    settle: untilNative,
  },
];

function original() {
  return require('passport.socketio');
}

async function nodeStore(name, url) {
  const { RedisStore } = require(name);
  return new RedisStore({ client: await nodeRedis(url) });
}

function ioredisStore(url) {
  const Redis = require('ioredis');
  const RedisStore = require('connect-redis-6')(require('express-session'));
  return new RedisStore({ client: new Redis(url) });
}

/** The options of all contenders. */
function optionsWith(where) {
  const passport = new Passport();
  passport.deserializeUser((id, done) => done(null, { id }));
  return { secret: SECRET, passport, ...where };
}

async function nodeRedis(url) {
  const client = createClient({ url });
  // An error without a listener would be thrown. A relevant error makes the round fail.
  client.on('error', () => {});
  return client.connect();
}

/** Connects until the proof has succeeded and look-ups are native. */
async function untilNative(middleware, cookie) {
  const deadline = performance.now() + PROVEN_WITHIN_MS;
  while (middleware.backend.kind !== 'redis') {
    if (performance.now() > deadline) throw new Error(`not native: ${middleware.backend.reason}`);
    await new Promise((resolve) => middleware({ request: { headers: { cookie } } }, resolve));
    await new Promise(setImmediate);
  }
}

module.exports = { contenders, nodeStore, nodeRedis, optionsWith };
