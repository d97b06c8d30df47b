'use strict';

/**
 * The limits of a contender. `loop` is the tight loop over the same collection (an array, or the Map of a namespace),
 * `original` is passport.socketio, both in the same pass.
 *
 * @typedef {object} Target
 * @property {string[]} contenders
 * @property {string} [kind] - of question; default: all
 * @property {number} [count] - of sockets; default: any
 * @property {number} [atMostMs]
 * @property {number} [atMostLoops] - in units of the tight loop's time
 * @property {number} [fasterThanOriginal] - this many times
 */

const OF_SERVER = ['criteria-io', 'criteria-namespace'];
const OF_LIST = ['criteria-fresh', 'criteria-given', 'criteria-same'];

/** @type {Target[]} */
const targets = [
  { contenders: OF_SERVER, kind: 'one', count: 100_000, atMostMs: 0.1, fasterThanOriginal: 500 },
  { contenders: OF_SERVER, kind: 'many', count: 100_000, atMostMs: 0.3 },
  { contenders: OF_LIST, atMostLoops: 1.5, fasterThanOriginal: 8 },
  { contenders: ['predicate-list', 'predicate-io'], atMostLoops: 1.1 },
];

/** The limits of a registration: ns of CPU, bytes per socket. */
const registrationNs = 500;
const bytes = 100;

/**
 * The targets of a row, each with a text such as `≤ 1.5 loops`.
 * @param {{ key: string, ns: number, loops: number, faster: number }} row
 * @returns {{ text: string, isMet: boolean }[]}
 */
function verdictsOn(row, kind, count) {
  const applying = targets.filter(
    (target) =>
      target.contenders.includes(row.key) &&
      (target.kind ?? kind) === kind &&
      (target.count ?? count) === count,
  );
  return applying.flatMap(({ atMostMs, atMostLoops, fasterThanOriginal }) => [
    ...(atMostMs ? [{ text: `≤ ${atMostMs} ms`, isMet: row.ns / 1e6 <= atMostMs }] : []),
    ...(atMostLoops ? [{ text: `≤ ${atMostLoops} loops`, isMet: row.loops <= atMostLoops }] : []),
    ...(fasterThanOriginal
      ? [{ text: `≥ ${fasterThanOriginal} × original`, isMet: row.faster >= fasterThanOriginal }]
      : []),
  ]);
}

module.exports = { verdictsOn, registrationNs, bytes };
