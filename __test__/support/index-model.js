'use strict';

const assert = require('node:assert/strict');
const { countSocketsByUser, filterSocketsByUser } = require('../..');

/** What a path of properties leads to, the obvious way. */
function valueAt(user, path) {
  return path.split('.').reduce((value, name) => value?.[name], user);
}

/**
 * The predicate that says the same as the criteria.
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

/** The very same sockets, in the same order; ids, because a socket takes pages to print. */
function assertSame(found, expected, message) {
  const isSame = found.length === expected.length && found.every((socket, i) => socket === expected[i]);
  if (!isSame) assert.deepEqual(idsOf(found), idsOf(expected), message);
  assert.ok(isSame, message);
}

function idsOf(sockets) {
  return sockets.map((socket) => socket?.id);
}

/** Found by criteria, counted, and found by the predicate that says the same: all one. */
function assertFound(target, criteria, expected, message) {
  assertSame(filterSocketsByUser(target, criteria), expected, message);
  assert.equal(countSocketsByUser(target, criteria), expected.length, message);
  const predicate = predicateOf(criteria);
  assertSame(filterSocketsByUser(target, predicate), expected, message);
  assert.equal(countSocketsByUser(target, predicate), expected.length, message);
}

/** How many sockets the index has of each id. */
function counts(authorizer) {
  return Object.fromEntries(authorizer.users('id'));
}

module.exports = { valueAt, predicateOf, assertSame, assertFound, counts };
