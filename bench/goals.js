'use strict';

const { median } = require('./support/numbers');

/**
 * What is to be reached. The limits are ratios, because machines differ: to passport.socketio over node-redis in the same
 * pass, above the floor. Whether a limit is reached is computed from the figures.
 *
 * @typedef {object} Goal
 * @property {string} what
 * @property {number} limit - at most
 * @property {string} unit - empty for a ratio
 * @property {(results: object) => number | undefined} measured - undefined where that part did not run
 */

const ofMode = (mode) => (results) => results.authorizations?.modes[mode].main.ours?.ratio;
const netOfMode = (mode) => (results) => results.authorizations?.modes[mode].main.ours?.net;

/** @type {Goal[]} */
const goals = [
  { what: 'main thread, 64 in flight', limit: 0.05, unit: '', measured: ofMode('valid-64') },
  { what: 'the same, above the floor', limit: 1.5, unit: 'µs', measured: netOfMode('valid-64') },
  { what: 'main thread, 1,024 in flight', limit: 0.05, unit: '', measured: ofMode('valid-1024') },
  { what: 'the same, above the floor', limit: 1.5, unit: 'µs', measured: netOfMode('valid-1024') },
  { what: 'main thread, 1 in flight', limit: 0.25, unit: '', measured: ofMode('valid-1') },
  {
    what: 'the first 1,500 calls of a process, 64 in flight',
    limit: 0.15,
    unit: '',
    measured: ({ cold }) => cold?.main.ours?.ratio,
  },
  {
    what: 'the same, above the floor',
    limit: 6,
    unit: 'µs',
    measured: ({ cold }) => cold?.main.ours?.net,
  },
  { what: 'main thread, forged cookies, 64 in flight', limit: 0.06, unit: '', measured: ofMode('forged-64') },
  {
    what: "a storm, the server's CPU; no authorization = 1",
    limit: 1.03,
    unit: '',
    measured: ({ storm }) => storm?.process.ours?.ratio,
  },
  {
    what: 'log-out → `onSessionEnd`, p99, nothing else happens',
    limit: 2,
    unit: 'ms',
    measured: ({ live }) => live?.idle.p99,
  },
  {
    what: 'the same, under 1,000 touches a second',
    limit: 5,
    unit: 'ms',
    measured: ({ live }) => live?.touched.p99,
  },
  {
    what: 'sockets of one user among 100,000',
    limit: 0.005,
    unit: 'ms',
    measured: ({ sockets }) => sockets && sockets.rows.find(({ key }) => key === 'criteria-io').ns / 1e6,
  },
  {
    what: 'memory of a watched session, native',
    limit: 250,
    unit: 'B',
    measured: (results) => results.memory && median(results.memory.watched.native),
  },
  {
    what: 'memory of an indexed socket',
    limit: 100,
    unit: 'B',
    measured: (results) => results.memory && results.memory.index.heap + results.memory.index.native,
  },
  {
    what: 'resident size after many authorizations, to that after half of them',
    limit: 1.01,
    unit: '',
    measured: (results) => results.memory && growthOf(results.memory.steady),
  },
];

/** The first authorizations bring forth what stays. */
function growthOf({ sizes }) {
  return sizes.at(-1) / sizes[sizes.length / 2 - 1];
}

/** @returns {{ goal: Goal, value: number, isReached: boolean }[]} of the parts that ran */
function verdictsOn(results) {
  return goals
    .map((goal) => ({ goal, value: goal.measured(results) }))
    .filter(({ value }) => value !== undefined)
    .map(({ goal, value }) => ({ goal, value, isReached: value <= goal.limit }));
}

module.exports = { verdictsOn };
