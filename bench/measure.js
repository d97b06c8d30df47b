'use strict';

const { Process } = require('./process');

/** A contender in a process of its own. */
class Remote extends Process {
  constructor(contender, url) {
    super(contender.name, 'worker.js', [contender.key, url]);
    this.contender = contender;
  }
}

/**
 * Measures all contenders in all modes, interleaved: in each pass each of them has one round in each mode, in a new random
 * order, so that other load on the machine affects all alike. Only one contender runs at a time.
 *
 * @param {(done: number, of: number) => void} onPass
 * @returns {Promise<Map<object, Map<object, object[]>>>} mode → contender → its rounds, one a pass
 */
async function measure({ remotes, modes, passes, roundMs, onPass }) {
  const counts = new Map();
  const rounds = new Map();
  for (const mode of modes) {
    counts.set(mode, new Map());
    rounds.set(mode, new Map(remotes.map(({ contender }) => [contender, []])));
    for (const remote of remotes) {
      counts.get(mode).set(remote, await remote.do('calibrate', { mode, roundMs }));
    }
  }
  for (let pass = 1; pass <= passes; pass++) {
    for (const mode of shuffled(modes)) {
      for (const remote of shuffled(remotes)) {
        const figures = await remote.do('round', { mode, count: counts.get(mode).get(remote) });
        rounds.get(mode).get(remote.contender).push(figures);
      }
    }
    onPass(pass, passes);
  }
  return rounds;
}

function shuffled(list) {
  const rest = [...list];
  return list.map(() => rest.splice(Math.floor(Math.random() * rest.length), 1)[0]);
}

module.exports = { Remote, measure };
