'use strict';

const { shuffled } = require('../support/numbers');
const { Process } = require('../support/process');
const { usageOf } = require('../support/redis');

/** A contender in a process of its own. */
class Remote extends Process {
  /** @param {string} checkout - for ours */
  constructor(contender, url, checkout) {
    super(contender.name, 'authorization/worker.js', [contender.key, url, checkout]);
    this.contender = contender;
  }
}

/**
 * The figures of one round: see `round` of `harness.js`.
 *
 * @typedef {object} Round
 * @property {number} main - µs of the main thread's CPU for an authorization
 * @property {number} process - of all threads
 * @property {number} rate - authorizations a second, harness included
 * @property {number} leaving - µs of the main thread for a socket that leaves
 * @property {number} redis - µs of Redis's CPU for an authorization
 * @property {number} commands - of Redis, for an authorization
 */

/**
 * Measures all contenders in all modes, interleaved: in each pass each of them has one round in each mode, in a new random
 * order, so that other load on the machine affects all alike. Only one contender runs at a time.
 *
 * @param {object} options
 * @param {Remote[]} options.remotes
 * @param {object[]} options.modes
 * @param {number} options.passes
 * @param {number} options.roundMs
 * @param {object} options.redis - a client of the Redis that they use
 * @param {(done: number, of: number) => void} options.onPass
 * @returns {Promise<Map<object, Map<string, Round[]>>>} mode → key of the contender → its rounds, one a pass
 */
async function measure({ remotes, modes, passes, roundMs, redis, onPass }) {
  const counts = new Map();
  const rounds = new Map();
  for (const mode of modes) {
    counts.set(mode, new Map());
    rounds.set(mode, new Map(remotes.map(({ contender }) => [contender.key, []])));
    for (const remote of remotes) {
      counts.get(mode).set(remote, await remote.do('calibrate', { mode, roundMs }));
    }
  }
  for (let pass = 1; pass <= passes; pass++) {
    for (const mode of shuffled(modes)) {
      for (const remote of shuffled(remotes)) {
        const count = counts.get(mode).get(remote);
        const before = await usageOf(redis);
        const figures = await remote.do('round', { mode, count });
        const after = await usageOf(redis);
        rounds
          .get(mode)
          .get(remote.contender.key)
          .push({
            ...figures,
            redis: (after.us - before.us) / count,
            commands: (after.commands - before.commands) / count,
          });
      }
    }
    onPass(pass, passes);
  }
  return rounds;
}

module.exports = { Remote, measure };
