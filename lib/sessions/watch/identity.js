'use strict';

/**
 * By what a live session recognises its user: the JSON text of the user key's own `id`, else of its own `_id`, else of the
 * whole key. An app that serializes whole profiles may edit them: that is no other user.
 */

/** The identity of a key that no text can be made of (circular, nested too deeply): it is the same as any other. */
const UNKNOWN = '';

/** @returns {string} a JSON text, or UNKNOWN */
function identityOf(userKey) {
  return jsonOf(essenceOf(userKey));
}

/** The part of a user key that says which user it is. */
function essenceOf(userKey) {
  if (!isContainer(userKey) || Array.isArray(userKey)) return userKey;
  try {
    if (Object.hasOwn(userKey, 'id') && userKey.id != null) return userKey.id;
    if (Object.hasOwn(userKey, '_id') && userKey._id != null) return userKey._id;
  } catch {
    // A getter that throws: the store gives live objects.
  }
  return userKey;
}

/** @returns {string} UNKNOWN for what JSON does not have */
function jsonOf(value) {
  try {
    return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? UNKNOWN);
  } catch {
    return UNKNOWN;
  }
}

/** Whether two identities are of one user: by value, as stores write members in another order, and numbers in other ways. */
function isSameIdentity(one, other) {
  if (one === other || one === UNKNOWN || other === UNKNOWN) return true;
  try {
    return isSameValue(JSON.parse(one), JSON.parse(other));
  } catch {
    return false;
  }
}

/** Of values from JSON.parse. Not recursive: they may be nested thousands of levels deep. */
function isSameValue(one, other) {
  const open = [[one, other]];
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [a, b] = pair;
    if (a === b) continue;
    if (!isContainer(a) || !isContainer(b) || Array.isArray(a) !== Array.isArray(b)) return false;
    const names = Object.keys(a);
    if (names.length !== Object.keys(b).length) return false;
    for (const name of names) {
      if (!Object.hasOwn(b, name)) return false;
      open.push([a[name], b[name]]);
    }
  }
  return true;
}

function isContainer(value) {
  return typeof value === 'object' && value !== null;
}

module.exports = { essenceOf, identityOf, isContainer, isSameIdentity, jsonOf };
