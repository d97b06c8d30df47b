'use strict';

const { median, shuffled } = require('../support/numbers');
const { Process } = require('../support/process');

/** Writes a second to sessions that nobody here watches. */
const FOREIGN = 20_000;

/**
 * What live sessions use of the main thread and of the I/O thread, as shares of a core. `quiet`: nothing happens. `touched`:
 * 1,000 touches of live sessions a second. `foreign`: writes to others.
 *
 * @param {import('./scene').Scene} scene
 * @param {{ passes: number, ms: number, others: number, byHand: boolean }} settings - byHand: with a process that reloads as
 *   many sessions as are live every 30 seconds
 * @returns {Promise<{ [mode: string]: { main: number, other: number } }>} medians of the passes; those but `quiet` and `hand`
 *   above `quiet` in the same pass
 */
async function shares(scene, { passes, ms, others, byHand }) {
  const hand = byHand ? new Process('hand', 'live/hand.js') : undefined;
  await hand?.do('open', { url: scene.redis.url });
  const read = () => scene.node.do('shares', { ms });
  const foreign = { kind: 'write', perSecond: FOREIGN, from: scene.count, count: others };
  const modes = {
    quiet: read,
    touched: () => scene.during(scene.touches, read),
    foreign: () => scene.during(foreign, read),
    ...(hand && { hand: () => reloading(hand, { count: scene.count, ms }) }),
  };
  const figures = [];
  for (let pass = 0; pass < passes; pass++) {
    const round = {};
    for (const mode of shuffled(Object.keys(modes))) round[mode] = await modes[mode]();
    figures.push(round);
  }
  hand?.end();
  const summary = (mode) => {
    const above = mode === 'touched' || mode === 'foreign' ? 'quiet' : undefined;
    const of = (thread) =>
      median(figures.map((round) => round[mode][thread] - (round[above]?.[thread] ?? 0)));
    return [mode, { main: of('main'), other: of('other') }];
  };
  return Object.fromEntries(Object.keys(modes).map(summary));
}

async function reloading(hand, { count, ms }) {
  await hand.do('start', { count });
  const result = await hand.do('shares', { ms });
  await hand.do('stop');
  return result;
}

module.exports = { FOREIGN, shares };
