'use strict';

const original = require('passport.socketio');
const ours = require('../..');

/** The original and ours, under one roof. */
const LIBRARIES = Object.freeze({ original, ours });

/** A synchronous store of known sessions that tells which ids it was asked for. */
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
 * `success` and `fail` that note what they are given, in the terms of the original.
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
 * What V8 itself would call the same: kind, order of keys, -0 and all. Never recursive, because sessions
 * may be nested by the thousand.
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

/** `__proto__` may be an ordinary member. */
function ownValue(object, key) {
  return Object.getOwnPropertyDescriptor(object, key).value;
}

module.exports = { LIBRARIES, storeOf, callbacks, isSame };
