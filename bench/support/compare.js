'use strict';

const { median, quantile } = require('./numbers');

/**
 * A figure of a contender, above the floor of the same pass.
 *
 * @typedef {object} Compared
 * @property {number} net - median of the passes
 * @property {number} ratio - to the reference in the same pass, median
 * @property {[number, number]} quartiles - of the ratio
 */

/**
 * Figures that are compared belong to the same pass: so other load on the machine affects both.
 *
 * @param {Map<string, object[]>} rounds - by the key of the contender; one a pass
 * @param {string} what - member of a round
 * @param {{ floor?: string, reference: string }} keys - nothing is subtracted without a floor
 * @returns {{ [key: string]: Compared }}
 */
function compare(rounds, what, { floor, reference }) {
  const net = (key) =>
    rounds.get(key).map((round, pass) => round[what] - (floor ? rounds.get(floor)[pass][what] : 0));
  const whole = net(reference);
  const compared = (key) => {
    const own = net(key);
    const ratios = own.map((figure, pass) => figure / whole[pass]);
    return {
      net: median(own),
      ratio: median(ratios),
      quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
    };
  };
  return Object.fromEntries([...rounds.keys()].map((key) => [key, compared(key)]));
}

module.exports = { compare };
