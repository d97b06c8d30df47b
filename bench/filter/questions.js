'use strict';

/**
 * One question, in the forms that the contenders take.
 *
 * @typedef {object} Question
 * @property {(user: object) => boolean} test - as a predicate
 * @property {object} criteria
 * @property {string} property - in the maps of an app that keeps them
 * @property {unknown} value
 */

/**
 * @typedef {object} Kind
 * @property {string} key
 * @property {string} name
 * @property {(scene: object) => Question} draw
 */

/** @type {Kind[]} */
const kinds = [
  {
    key: 'one',
    name: 'one matches',
    draw({ ids, random }) {
      const id = ids[Math.floor(random() * ids.length)];
      return { test: (user) => user.id === id, criteria: { id }, property: 'id', value: id };
    },
  },
  {
    key: 'many',
    name: '10 % match',
    draw: () => moderators((user) => user.role === 'mod'),
  },
  {
    // The compiler inlines a predicate into the loop, as long as it is always the same one.
    key: 'places',
    name: '10 % match, predicates of five places in the app in turn',
    draw: () => moderators(places[(turn = (turn + 1) % places.length)]),
  },
];

const places = [
  (user) => user.role === 'mod',
  ({ role }) => role === 'mod',
  (user) => user.role !== 'user',
  (user) => user.locale === 'en-GB' && user.role === 'mod',
  (user) => Boolean(user.role === 'mod' && user.name),
];
let turn = 0;

function moderators(test) {
  return { test, criteria: { role: 'mod' }, property: 'role', value: 'mod' };
}

module.exports = { kinds };
