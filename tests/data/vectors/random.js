'use strict';

// Random inputs that are the same on every run. Each file of vectors has its own seed, so that a change in one leaves
// the others' output alone.

/**
 * @param {number} seed anything but 0
 * @returns tools that draw from one xorshift32 sequence
 */
module.exports = function random(seed) {
  /** A whole number from 0 to limit - 1. */
  function below(limit) {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) % limit;
  }
  const pick = (list) => list[below(list.length)];
  const chance = (percent) => below(100) < percent;
  const many = (limit, make) => Array.from({ length: below(limit) }, make);

  /** One to three characters replaced, inserted or removed; what is left of a broken surrogate pair is U+FFFD. */
  function mutate(text, alphabet) {
    for (let edits = 1 + below(3); edits > 0; edits--) {
      const at = below(text.length + 1);
      text = text.slice(0, at) + (chance(70) ? pick(alphabet) : '') + text.slice(at + below(2));
    }
    return Buffer.from(text).toString();
  }
  return { below, pick, chance, many, mutate };
};
