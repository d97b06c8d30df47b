'use strict';

const { startRedis } = require('../scripts/support/redis-server');
const { nodeStore } = require('./contenders');
const { liveContenders } = require('./live-contenders');
const { Remote, measure } = require('./measure');
const { median, quantile } = require('./numbers');
const { fill } = require('./sessions');

const MODE = { name: 'valid cookie, 64 in flight', cookie: 'valid', inFlight: 64 };

/**
 * The main thread's CPU of an authorization, µs, where the sockets connect, and of a disconnection.
 * @param {{ passes: number, roundMs: number, sessions: number }} settings
 * @returns {Promise<{ name: string, main: number, more: number, quartiles: number[], ratio: number, leaving: number }[]>}
 *   `main`: of an authorization, less the empty middleware. `more`: than without `onSessionEnd` in the same pass, median; and
 *   its quartiles. `ratio`: of `main`. `leaving`: more for a disconnection
 */
async function authorization({ passes, roundMs, sessions }) {
  const redis = await startRedis();
  const remotes = liveContenders.map((contender) => new Remote(contender, redis.url));
  try {
    const store = await nodeStore('connect-redis', redis.url);
    const visitors = await fill(store, sessions);
    await store.client.close();
    for (const remote of remotes) await remote.do('prepare', { visitors });
    const rounds = await measure({ remotes, modes: [MODE], passes, roundMs, onPass: () => {} });
    return rowsOf(rounds.get(MODE));
  } finally {
    for (const remote of remotes) remote.end();
    await redis.stop();
  }
}

function rowsOf(rounds) {
  const of = (role) => [...rounds].find(([contender]) => contender.role === role)[1];
  const [empty, reference] = [of('empty'), of('reference')];
  const measured = [...rounds].filter(([{ role }]) => role !== 'empty');
  return measured.map(([{ name }, own]) => {
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
