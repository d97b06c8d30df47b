'use strict';

const { sourceOf } = require('./targets');
const { Predicate } = require('./predicate');
const { Criteria } = require('./criteria');

const AsyncFunction = (async () => {}).constructor;

/**
 * `filterSocketsByUser` and `countSocketsByUser`, with an index of the users.
 * @param {object} index - as `Criteria` takes it
 */
function filtersBy(index) {
  /**
   * The sockets whose user matches, in the order of the list; of a server or a namespace, in the order in which they
   * connected. A socket without a user is passed over.
   * @param {object} target - a Server or Namespace of any Socket.IO version, or any list of sockets
   * @param {((user: any) => unknown) | object} match - a predicate, or criteria: `{ property: value, … }`
   */
  function filterSocketsByUser(target, match) {
    return matcherOf(match, 'filterSocketsByUser', index).filter(sourceOf(target, 'filterSocketsByUser'));
  }

  /** How many sockets `filterSocketsByUser` would find. */
  function countSocketsByUser(target, match) {
    return matcherOf(match, 'countSocketsByUser', index).count(sourceOf(target, 'countSocketsByUser'));
  }

  return { filterSocketsByUser, countSocketsByUser };
}

function matcherOf(match, caller, index) {
  // A promise is true, whatever it comes to: everybody would match.
  if (match instanceof AsyncFunction) {
    throw new TypeError(
      `${caller}(target, match): match must answer synchronously, and is an async function.`,
    );
  }
  if (typeof match === 'function') return new Predicate(match);
  const isPlain = typeof match === 'object' && match !== null && !(Symbol.iterator in match);
  if (isPlain) return new Criteria(match, caller, index);
  throw new TypeError(
    `${caller}(target, match): match must be a function (user) => boolean, or an object { property: value }.`,
  );
}

module.exports = { filtersBy };
