'use strict';

const assert = require('node:assert/strict');
const ours = require('../..');

/** The value at a path of properties, by the simplest code. */
function valueAt(user, path) {
  return path.split('.').reduce((value, name) => value?.[name], user);
}

/**
 * The predicate that is equivalent to the criteria.
 * @param {object} criteria
 * @returns {(user: any, valueOf?: (property: string) => unknown) => boolean}
 */
function predicateOf(criteria) {
  return (user, valueOf = (property) => valueAt(user, property)) => {
    for (const [property, wanted] of Object.entries(criteria)) {
      const values = Array.isArray(wanted) ? wanted : [wanted];
      if (!values.some((value) => value === valueOf(property))) return false;
    }
    return true;
  };
}

/** Asserts the same sockets in the same order. It compares ids, because a printed socket takes pages. */
function assertSame(found, expected, message) {
  const isSame = found.length === expected.length && found.every((socket, i) => socket === expected[i]);
  if (!isSame) assert.deepEqual(idsOf(found), idsOf(expected), message);
  assert.ok(isSame, message);
}

function idsOf(sockets) {
  return sockets.map((socket) => socket?.id);
}

/** Asserts what is found by criteria, the count, and what the equivalent predicate finds. */
function assertFound(
  target,
  criteria,
  expected,
  message,
  { filterSocketsByUser, countSocketsByUser } = ours,
) {
  assertSame(filterSocketsByUser(target, criteria), expected, message);
  assert.equal(countSocketsByUser(target, criteria), expected.length, message);
  const predicate = predicateOf(criteria);
  assertSame(filterSocketsByUser(target, predicate), expected, message);
  assert.equal(countSocketsByUser(target, predicate), expected.length, message);
}

/** The number of sockets in the index, by user id. */
function counts(authorizer) {
  return Object.fromEntries(authorizer.users('id'));
}

module.exports = { valueAt, predicateOf, assertSame, assertFound, counts };
