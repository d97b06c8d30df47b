'use strict';

const { fork } = require('node:child_process');
const path = require('node:path');

/** A contender in a process of its own; one task at a time. */
class Remote {
  #process;

  constructor(contender, url) {
    this.contender = contender;
    this.#process = fork(path.join(__dirname, 'worker.js'), [contender.key, url]);
  }

  /** @returns {Promise<any>} */
  do(task, given) {
    return new Promise((resolve, reject) => {
      const child = this.#process;
      const onExit = () => reject(new Error(`${this.contender.name}: the process ended`));
      child.once('exit', onExit);
      child.once('message', ({ result, error }) => {
        child.off('exit', onExit);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      });
      child.send({ task, ...given });
    });
  }

  end() {
    this.#process.kill();
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
