'use strict';

const { startRedis } = require('../scripts/support/redis-server');
const { nodeStore } = require('./contenders');
const { liveContenders } = require('./live-contenders');
const { Remote, measure } = require('./measure');
const { median, quantile } = require('./numbers');
const { fill } = require('./sessions');

const MODE = { name: 'valid cookie, 64 in flight', cookie: 'valid', inFlight: 64 };

/**
 * The main thread's CPU of an authorization, µs, where the sockets connect and leave again.
 * @param {{ passes: number, roundMs: number, sessions: number }} settings
 * @returns {Promise<{ name: string, main: number, more: number, quartiles: number[], ratio: number }[]>} `main`: less the
 *   empty middleware. `more`: than without `onSessionEnd` in the same pass, median; and its quartiles. `ratio`: of `main`
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
  const mainOf = (role) =>
    [...rounds].find(([contender]) => contender.role === role)[1].map(({ main }) => main);
  const [empty, reference] = [mainOf('empty'), mainOf('reference')];
  const measured = [...rounds].filter(([{ role }]) => role !== 'empty');
  return measured.map(([{ name }, own]) => {
    const net = own.map(({ main }, pass) => main - empty[pass]);
    const more = own.map(({ main }, pass) => main - reference[pass]);
    return {
      name,
      main: median(net),
      more: median(more),
      quartiles: [quantile(more, 0.25), quantile(more, 0.75)],
      ratio: median(net.map((us, pass) => us / (reference[pass] - empty[pass]))),
    };
  });
}

module.exports = { authorization };
