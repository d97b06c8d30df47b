'use strict';

const { redisStoreFor, startApp, visitorsOf } = require('./app');
const { LIBRARIES } = require('./oracle');

/**
 * The answers that the same visitors get from an app with the original, and from one with this package.
 * @param {(library: object) => Function} attachTo - gives `attach` of `startApp`
 * @param {(app: object, visitors: Record<string, string | undefined>) => Promise<unknown>} hear
 * @returns {Promise<{ original: unknown, ours: unknown }>}
 */
async function heardByEach(t, redis, attachTo, hear) {
  const store = await redisStoreFor(t, redis);
  const heard = {};
  let visitors;
  for (const [name, library] of Object.entries(LIBRARIES)) {
    const app = await startApp(t, { store, attach: attachTo(library) });
    visitors ??= await visitorsOf(app);
    heard[name] = await hear(app, visitors);
  }
  return heard;
}

module.exports = { heardByEach };
