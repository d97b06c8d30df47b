'use strict';

/**
 * Reads a property of a user by its name, or by its path: `'team.id'`.
 * @returns {(user: any) => unknown} undefined where there is none on the way
 */
function getterOf(property) {
  if (!property.includes('.')) return (user) => user?.[property];
  const path = property.split('.');
  return (user) => {
    let value = user;
    for (const name of path) value = value?.[name];
    return value;
  };
}

/** Whether a value can be indexed, and asked for: a primitive that can equal itself elsewhere. */
function isIndexable(value) {
  if (value === null) return true;
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'bigint';
}

/** What a path of properties must look like. */
function isProperty(name) {
  if (typeof name !== 'string' || name === '') return false;
  return !name.includes('.') || name.split('.').every((part) => part !== '');
}

module.exports = { getterOf, isIndexable, isProperty };
