'use strict';

const { contenders } = require('./contenders');
const { bytes, registrationNs, verdictsOn } = require('./targets');
const { median } = require('../support/numbers');
const { digits, table } = require('../support/table');

/**
 * @typedef {object} Row
 * @property {string} key - of the contender
 * @property {number} ns - CPU of the main thread for a call, median of the passes
 * @property {number} loops - the same, divided by the time of the tight loop over the same collection in the same pass, median
 * @property {number} faster - how many times faster than the original in the same pass, median
 */

/**
 * @param {{ key: string, rounds: number[] }[]} figures - of all contenders on one kind of question
 * @returns {Row[]}
 */
function rowsOf(figures) {
  const roundsOf = (wanted) => figures.find(({ key }) => key === wanted).rounds;
  const original = roundsOf('original');
  const loopOf = (wanted) => roundsOf(contenders.find(({ key }) => key === wanted).loop ?? 'loop');
  return figures.map(({ key, rounds }) => ({
    key,
    ns: median(rounds),
    loops: median(rounds.map((ns, pass) => ns / loopOf(key)[pass])),
    faster: median(rounds.map((ns, pass) => original[pass] / ns)),
  }));
}

/** Markdown: a table for each kind of question, with a column for each number of sockets. */
function speedTable({ kind, name }, bySize) {
  const counts = [...bySize.keys()];
  const header = [name, ...counts.map((count) => `${count.toLocaleString('en-US')} sockets`), 'targets'];
  const rows = contenders.map((contender) => {
    const own = counts.map((count) => bySize.get(count).find(({ key }) => key === contender.key));
    const cells = own.map(({ ns, loops, faster }) => `${time(ns)} (${digits(loops)}; ${digits(faster)})`);
    return [contender.name, ...cells, verdict(own, kind, counts)];
  });
  return table([header, ...rows]);
}

/** Names the number of sockets only for missed targets. */
function verdict(own, kind, counts) {
  const met = new Map();
  own.forEach((row, at) => {
    for (const { text, isMet } of verdictsOn(row, kind, counts[at])) {
      met.set(text, [...(met.get(text) ?? []), ...(isMet ? [] : [counts[at].toLocaleString('en-US')])]);
    }
  });
  return [...met]
    .map(([text, missed]) => `${text} ${missed.length === 0 ? 'met' : `MISSED at ${missed.join(', ')}`}`)
    .join('; ');
}

/** @param {{ count: number } & Awaited<ReturnType<import('./registration').registration>>} figures */
function registrationLine({ count, warm, cold }) {
  const ns = median(warm.connect);
  const [leaving, between, leavingBetween] = [warm.disconnect, cold.connect, cold.disconnect].map(median);
  return (
    `Index of two properties, ${count.toLocaleString('en-US')} members: ${ns.toFixed(0)} ns a connection in a loop ` +
    `(${against(ns, registrationNs, 'ns')}), ${leaving.toFixed(0)} ns a disconnection; between connections that are made, in ` +
    `cold caches, ${between.toFixed(0)} and ${leavingBetween.toFixed(0)} ns.`
  );
}

/** @param {{ texts: boolean, isStorm: boolean, heap: number, native: number }} figures - bytes a socket */
function memoryLine({ texts, isStorm, heap, native }) {
  const sum = heap + native;
  return (
    `Memory a socket, id ${texts ? 'of 24 characters' : 'a number'} and role${isStorm ? ', the first thousand made before one is seen' : ''}: ` +
    `${sum.toFixed(0)} B (${against(sum, bytes, 'B')}), of these ${native.toFixed(0)} B in the addon.`
  );
}

function against(value, limit, unit) {
  return `≤ ${limit} ${unit} ${value <= limit ? 'met' : 'MISSED'}`;
}

function time(ns) {
  return ns < 1e6 ? `${digits(ns / 1e3)} µs` : `${digits(ns / 1e6)} ms`;
}

module.exports = { rowsOf, speedTable, registrationLine, memoryLine };
