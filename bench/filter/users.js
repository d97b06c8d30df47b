'use strict';

/** How many of all users have the role that is searched for. */
const MODERATORS = 0.1;

/**
 * Users with about ten properties, the same in every run.
 *
 * @typedef {object} Users
 * @property {string[]} sids - the sessions that name them
 * @property {(sid: string) => object} userOf - a new object each time, as from a database
 */

/**
 * @param {number} count
 * @param {(index: number) => number | string} [idOf]
 * @returns {Users}
 */
function usersOf(count, idOf = numberOf) {
  const random = generator();
  const roles = Array.from({ length: count }, () => (random() < MODERATORS ? 'mod' : 'user'));
  return {
    sids: roles.map((_, index) => String(index)),
    userOf: (sid) => userOf(Number(sid), idOf(Number(sid)), roles[Number(sid)]),
  };
}

function userOf(index, id, role) {
  return {
    id,
    role,
    name: `user ${index}`,
    email: `user${index}@example.com`,
    active: index % 3 !== 0,
    gender: index % 2 === 0 ? 'female' : 'male',
    team: { id: index % 100, name: `team ${index % 100}` },
    locale: 'en-GB',
    avatar: `/avatars/${index}.png`,
    createdAt: new Date(1_700_000_000_000 + index),
  };
}

/** Ids as from a sequence of a database. */
function numberOf(index) {
  return 1_000_000 + index;
}

/** Ids as in MongoDB: 24 characters. */
function textOf(index) {
  // A flat string, as from a database: a concatenated one takes twice the space until it is read.
  return Buffer.from(index.toString(16).padStart(24, '65f0c1a2b3d4e5f6')).toString('latin1');
}

/** Numbers from 0 to 1: a linear congruential generator (Numerical Recipes), from the same seed each time. */
function generator() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

module.exports = { usersOf, numberOf, textOf, generator };
