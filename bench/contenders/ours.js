'use strict';

const { SECRET } = require('../support/sessions');
const { appPassport } = require('./app');
const { nodeRedisStore } = require('./stores');

/** Time in which an authorizer must begin to look sessions up natively. */
const PROVEN_WITHIN_MS = 10_000;

/**
 * Where a contender is opened.
 *
 * @typedef {object} Where
 * @property {string} url - of the Redis
 * @property {string} checkout - the folder of this package, or of another checkout
 * @property {object} [options] - of ours, for one measurement
 */

/** With the option `redis`, and perhaps others. */
function openWithRedis(options = {}) {
  return async (where) => {
    const middleware = authorizerOf(where.checkout, { redis: where.url, ...options, ...where.options });
    return { middleware, settle: () => middleware.ready() };
  };
}

/** With the app's connect-redis, which is followed to its Redis. */
async function openDerived({ url, checkout }) {
  const middleware = authorizerOf(checkout, { store: await nodeRedisStore(url) });
  return { middleware, settle: (visit) => untilNative(middleware, visit) };
}

/** With a store that cannot be followed, because it has a serializer of its own: it is asked through JavaScript. */
async function openStore({ url, checkout }) {
  const serializer = { parse: (text) => JSON.parse(text), stringify: (session) => JSON.stringify(session) };
  const middleware = authorizerOf(checkout, {
    store: await nodeRedisStore(url, 'connect-redis', { serializer }),
  });
  return {
    middleware,
    async settle(visit) {
      await visit();
      if (middleware.backend.kind !== 'store') throw new Error(`not asked through JavaScript`);
    },
  };
}

/** Two authorizers in turn, as an app with two namespaces has. */
async function openTwo(where) {
  const [one, other] = [await openWithRedis()(where), await openWithRedis()(where)];
  let turn = false;
  return {
    middleware(socket, next) {
      turn = !turn;
      (turn ? one : other).middleware(socket, next);
    },
    settle: () => Promise.all([one.settle(), other.settle()]),
  };
}

function authorizerOf(checkout, where) {
  return require(checkout).authorize({ secret: SECRET, passport: appPassport(), ...where });
}

/** Connects until the proof has succeeded. */
async function untilNative(middleware, visit) {
  const deadline = performance.now() + PROVEN_WITHIN_MS;
  while (middleware.backend.kind !== 'redis') {
    if (performance.now() > deadline) throw new Error(`not native: ${middleware.backend.reason}`);
    await visit();
    await new Promise(setImmediate);
  }
}

module.exports = { openDerived, openStore, openTwo, openWithRedis };
