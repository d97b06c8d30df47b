'use strict';

/**
 * A small seeded generator (mulberry32), so that a random failure can be reproduced.
 * @param {number} seed
 */
function randomOf(seed) {
  let state = seed >>> 0;

  function next() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    /** A whole number from 0 to `bound` − 1. */
    below: (bound) => Math.floor(next() * bound),
    pick: (list) => list[Math.floor(next() * list.length)],
    /** True in `percent` of 100 cases. */
    chance: (percent) => next() * 100 < percent,
  };
}

/** The seed of a run. The environment can set it, to reproduce a failure. */
const SEED = Number(process.env.PARITY_SEED ?? 20240607);

module.exports = { randomOf, SEED };
