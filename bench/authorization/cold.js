'use strict';

const { compare } = require('../support/compare');
const { shuffled } = require('../support/numbers');
const { KEYS } = require('.');
const { Remote } = require('./measure');

/** Most of an app's authorizations after a restart are in code that was not compiled yet. */
const CALLS = 1500;
const MODE = { kind: 'valid', inFlight: 64 };

/**
 * The first authorizations of a process: in each pass each contender has a fresh one, whose connection to Redis is open.
 *
 * @param {import('../support/scene').Scene} scene
 * @param {{ passes: number }} settings
 */
async function coldAuthorizations(scene, { passes }) {
  const rounds = new Map(scene.contenders.map(({ key }) => [key, []]));
  for (let pass = 1; pass <= passes; pass++) {
    for (const contender of shuffled(scene.contenders)) {
      rounds.get(contender.key).push(await firstCalls(scene, contender));
    }
    scene.tell(`fresh processes, pass ${pass} of ${passes}`);
  }
  return {
    passes,
    calls: CALLS,
    main: compare(rounds, 'main', KEYS),
    process: compare(rounds, 'process', KEYS),
  };
}

async function firstCalls(scene, contender) {
  const remote = new Remote(contender, scene.redis.url, scene.checkoutOf(contender));
  try {
    await remote.do('open', { sessions: Math.min(CALLS, scene.sessions), kinds: ['valid'] });
    return await remote.do('round', { mode: MODE, count: CALLS });
  } finally {
    remote.end();
  }
}

module.exports = { coldAuthorizations };
