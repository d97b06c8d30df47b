'use strict';

const { Remote, measure } = require('../authorization/measure');
const { HERE, liveContenders } = require('../contenders');
const { median, quantile } = require('../support/numbers');
const { Scene } = require('../support/scene');

const MODE = { name: 'valid cookie, 64 in flight', kind: 'valid', inFlight: 64 };

/**
 * The main thread's CPU of an authorization, µs, where the sockets connect, and of a disconnection.
 * @param {{ passes: number, roundMs: number, sessions: number }} settings
 * @returns {Promise<{ name: string, main: number, more: number, quartiles: number[], ratio: number, leaving: number }[]>}
 *   `main`: of an authorization, less the empty middleware. `more`: than without `onSessionEnd` in the same pass, median; and
 *   its quartiles. `ratio`: of `main`. `leaving`: more for a disconnection
 */
async function authorization({ passes, roundMs, sessions }) {
  const scene = await Scene.open({ sessions });
  const remotes = liveContenders.map((contender) => new Remote(contender, scene.redis.url, HERE));
  try {
    for (const remote of remotes) {
      await remote.do('open', { sessions, kinds: ['valid'] });
      await remote.do('check', { sessions });
    }
    const rounds = await measure({
      remotes,
      modes: [MODE],
      passes,
      roundMs,
      redis: scene.client,
      onPass: () => {},
    });
    return rowsOf(rounds.get(MODE));
  } finally {
    for (const remote of remotes) remote.end();
    await scene.close();
  }
}

function rowsOf(rounds) {
  const [empty, reference] = ['empty-live', 'plain-live'].map((key) => rounds.get(key));
  return liveContenders.slice(1).map(({ key, name }) => {
    const own = rounds.get(key);
    const net = (figures, what) => figures.map((round, pass) => round[what] - empty[pass][what]);
    const more = (what) => own.map((round, pass) => round[what] - reference[pass][what]);
    const without = net(reference, 'main');
    return {
      name,
      main: median(net(own, 'main')),
      more: median(more('main')),
      quartiles: [quantile(more('main'), 0.25), quantile(more('main'), 0.75)],
      ratio: median(net(own, 'main').map((us, pass) => us / without[pass])),
      leaving: median(more('leaving')),
    };
  });
}

module.exports = { authorization };
