'use strict';

/** How many of all have the role that is looked for. */
const MODERATORS = 0.1;

/**
 * Users of about ten properties; the same ones in every run.
 *
 * @typedef {object} Users
 * @property {string[]} sids - the sessions that name them
 * @property {(sid: string) => object} userOf - a new object each time, as of a database
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

/** As a database counts them. */
function numberOf(index) {
  return 1_000_000 + index;
}

/** As MongoDB does: 24 characters. */
function textOf(index) {
  // In one piece, as it comes from a database: one that is put together takes twice the space until somebody reads it.
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
