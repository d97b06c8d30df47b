'use strict';

const { appOf } = require('./app');
const { NotRun } = require('./errors');
const { notRun } = require('./result');
const { oneLine } = require('./text');

/** In this order: later checks use what earlier ones have found out. */
const CHECKS = [
  require('./checks/reach'),
  require('./checks/protocols'),
  require('./checks/sticky'),
  require('./checks/websocket'),
  require('./checks/cookies'),
  require('./checks/cors'),
  require('./checks/guests'),
  require('./checks/forged'),
  require('./checks/user'),
  require('./checks/foreign'),
];

/**
 * Examines a running app from outside.
 * @param {object} settings - see `options.js`
 * @param {(result: import('./result').Result) => void} [tell] - hears of each result as it comes
 * @returns {Promise<Array<import('./result').Result & { id: string }>>}
 */
async function examine(settings, tell = () => {}) {
  const app = appOf(settings);
  const results = [];
  for (const { id, run } of CHECKS) {
    for (const result of await resultsOf(id, () => run(app))) {
      results.push({ ...result, id: result.id ?? id });
      tell(results.at(-1));
    }
  }
  return results;
}

/** A check that fails itself does not end the examination. */
async function resultsOf(id, run) {
  try {
    return [await run()].flat();
  } catch (error) {
    const reason = error instanceof NotRun ? error.message : `the check failed: ${error.stack}`;
    return [notRun(`${id}: ${oneLine(reason)}`)];
  }
}

module.exports = { CHECKS, examine };
