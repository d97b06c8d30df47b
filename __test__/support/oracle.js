'use strict';

const original = require('passport.socketio');
const ours = require('../..');

/** The original and this package. */
const LIBRARIES = Object.freeze({ original, ours });

/** A synchronous store of known sessions that records the requested ids. */
function storeOf(sessions) {
  const known = new Map(Object.entries(sessions));
  return {
    asked: [],
    get(sid, callback) {
      this.asked.push(sid);
      callback(null, known.get(sid));
    },
  };
}

/**
 * `success` and `fail` that record their arguments, in the terms of the original.
 * @param {(verdict: object) => void} note
 */
function callbacks(note) {
  return {
    success(data, accept) {
      note({ called: 'success', data });
      accept();
    },
    fail(data, message, critical, accept) {
      note({ called: 'fail', message, critical, data });
      accept(new Error('refused'));
    },
  };
}

/**
 * Whether two values are identical in kind, order of keys, -0 and so on. Not recursive, because sessions may have thousands
 * of levels.
 */
function isSame(one, other) {
  const pairs = [[one, other]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [a, b] = pair;
    if (Object.is(a, b)) continue;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    const keys = Object.keys(a);
    const others = Object.keys(b);
    if (keys.length !== others.length || keys.some((key, i) => key !== others[i])) return false;
    for (const key of keys) pairs.push([ownValue(a, key), ownValue(b, key)]);
  }
  return true;
}

/** Reads an own property, also if its name is `__proto__`. */
function ownValue(object, key) {
  return Object.getOwnPropertyDescriptor(object, key).value;
}

module.exports = { LIBRARIES, storeOf, callbacks, isSame };
