'use strict';

const { compare } = require('../support/compare');
const { median } = require('../support/numbers');
const { Remote, measure } = require('./measure');
const { modes } = require('./modes');

const KEYS = { floor: 'floor', reference: 'original' };

/**
 * What an authorization costs.
 *
 * @param {import('../support/scene').Scene} scene
 * @param {{ passes: number, roundMs: number }} settings
 * @returns {Promise<object>} by mode: `main` and `process` (compared), Redis's `redis` µs and `commands` for an
 *   authorization; and `readsPerForged`, Redis look-ups for each forged cookie
 */
async function authorizations(scene, { passes, roundMs }) {
  const remotes = scene.contenders.map((one) => new Remote(one, scene.redis.url, scene.checkoutOf(one)));
  try {
    const kinds = [...new Set(modes.map(({ kind }) => kind))];
    const readsPerForged = {};
    // One after the other: each check reads Redis's counters.
    for (const remote of remotes) {
      await remote.do('open', { sessions: scene.sessions, kinds });
      const { key } = remote.contender;
      readsPerForged[key] = (await remote.do('check', { sessions: scene.sessions })).readsPerForged;
      scene.tell(`checked: ${remote.contender.name}`);
    }
    const rounds = await measure({
      remotes,
      modes,
      passes,
      roundMs,
      redis: scene.client,
      onPass: (done, of) => scene.tell(`authorizations, pass ${done} of ${of}`),
    });
    const byMode = [...rounds].map(([{ key }, ofMode]) => [key, summaryOf(ofMode)]);
    return { passes, roundMs, readsPerForged, modes: Object.fromEntries(byMode) };
  } finally {
    for (const remote of remotes) remote.end();
  }
}

function summaryOf(rounds) {
  const medians = (what) =>
    Object.fromEntries([...rounds].map(([key, own]) => [key, median(own.map((round) => round[what]))]));
  return {
    main: compare(rounds, 'main', KEYS),
    process: compare(rounds, 'process', KEYS),
    redis: medians('redis'),
    commands: medians('commands'),
  };
}

module.exports = { KEYS, authorizations };
