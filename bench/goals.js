'use strict';

const { median } = require('./support/numbers');

/**
 * What is to be reached. The limits are ratios where that is possible, because machines differ: to passport.socketio over
 * node-redis in the same pass, above the floor. Whether a limit is reached is computed from the figures.
 *
 * @typedef {object} Goal
 * @property {string} what
 * @property {number} limit - for ours, at most
 * @property {string} unit - empty for a ratio
 * @property {(results: object) => { ours: number, [key: string]: number } | undefined} figures - by contender; undefined
 *   where that part did not run
 */

/** Those that a goal is shown beside. */
const BESIDE = ['original', 'recipe', 'plain', 'ours'];

const ofMode = (mode, what) => (results) => figuresOf(results.authorizations?.modes[mode].main, what);

/** @type {Goal[]} */
const goals = [
  { what: 'main thread, 64 in flight', limit: 0.05, unit: '', figures: ofMode('valid-64', 'ratio') },
  { what: 'the same, above the floor', limit: 1.5, unit: 'µs', figures: ofMode('valid-64', 'net') },
  { what: 'main thread, 1,024 in flight', limit: 0.05, unit: '', figures: ofMode('valid-1024', 'ratio') },
  { what: 'the same, above the floor', limit: 1.5, unit: 'µs', figures: ofMode('valid-1024', 'net') },
  { what: 'main thread, 1 in flight', limit: 0.25, unit: '', figures: ofMode('valid-1', 'ratio') },
  {
    what: 'the first 1,500 calls of a process',
    limit: 0.15,
    unit: '',
    figures: ({ cold }) => figuresOf(cold?.main, 'ratio'),
  },
  {
    what: 'the same, above the floor',
    limit: 6,
    unit: 'µs',
    figures: ({ cold }) => figuresOf(cold?.main, 'net'),
  },
  { what: 'forged cookies, 64 in flight', limit: 0.06, unit: '', figures: ofMode('forged-64', 'ratio') },
  {
    what: "a storm, the server's CPU; no authorization = 1",
    limit: 1.03,
    unit: '',
    figures: ({ storm }) => figuresOf(storm?.process, 'ratio'),
  },
  {
    what: 'log-out → `onSessionEnd`, p99, nothing else happens',
    limit: 2,
    unit: 'ms',
    figures: ({ live }) => live && { ours: live.idle.p99 },
  },
  {
    what: 'the same, under 1,000 touches a second',
    limit: 5,
    unit: 'ms',
    figures: ({ live }) => live && { ours: live.touched.p99 },
  },
  {
    what: 'sockets of one user among 100,000',
    limit: 0.005,
    unit: 'ms',
    figures: ({ sockets }) =>
      sockets && {
        original: msOf(sockets, 'original'),
        plain: msOf(sockets, 'sets'),
        ours: msOf(sockets, 'criteria-io'),
      },
  },
  {
    what: 'memory of a watched session, native',
    limit: 250,
    unit: 'B',
    figures: ({ memory }) => memory && { ours: median(memory.watched.native) },
  },
  {
    what: 'memory of an indexed socket',
    limit: 100,
    unit: 'B',
    figures: ({ memory }) => memory && { ours: memory.index.heap + memory.index.native },
  },
  {
    what: 'resident size after many authorizations, to that after half of them',
    limit: 1.01,
    unit: '',
    figures: ({ memory }) => memory && { ours: growthOf(memory.steady) },
  },
];

function figuresOf(compared, what) {
  if (compared?.ours === undefined) return undefined;
  const known = BESIDE.filter((key) => compared[key] !== undefined);
  return Object.fromEntries(known.map((key) => [key, compared[key][what]]));
}

function msOf({ rows }, wanted) {
  return rows.find(({ key }) => key === wanted).ns / 1e6;
}

/** The first authorizations bring forth what stays. */
function growthOf({ sizes }) {
  return sizes.at(-1) / sizes[sizes.length / 2 - 1];
}

/** @returns {{ goal: Goal, figures: object, isReached: boolean }[]} of the parts that ran */
function verdictsOn(results) {
  return goals
    .map((goal) => ({ goal, figures: goal.figures(results) }))
    .filter(({ figures }) => figures !== undefined)
    .map(({ goal, figures }) => ({ goal, figures, isReached: figures.ours <= goal.limit }));
}

module.exports = { BESIDE, verdictsOn };
