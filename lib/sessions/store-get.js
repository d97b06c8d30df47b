'use strict';

const { isNativeError } = require('node:util').types;
const { OUTCOME } = require('../outcomes');

/** User keys that name no user, as in src/core/session.rs: an ORM that drops empty conditions would find the first user. */
const NO_USER_KEYS = [undefined, null, '', false];

/**
 * Calls `get` of the app's store.
 * @param {(error: unknown, session?: unknown) => void} answer - may be called again by a store that answers twice
 */
function getFrom(store, id, answer) {
  try {
    const result = store.get(id, answer);
    // An async `get` that rejects has not called back.
    if (typeof result?.then === 'function') result.then(undefined, answer);
  } catch (error) {
    answer(error ?? new Error('store.get threw nothing'));
  }
}

/**
 * The outcome of a session as the store gave it, as the original reads it.
 * @param {object} passport - its `_key` names the member of the session
 * @returns {[outcome: number, value: unknown]} the user key, or the cause
 */
function readAnswer(error, session, passport) {
  try {
    // V8's message quotes the text, and contents of sessions must not appear in errors.
    if (isNativeError(error) && error.name === 'SyntaxError') return [OUTCOME.BAD_SESSION, 'not JSON'];
    if (error)
      return isAbsence(error) ? [OUTCOME.SESSION_NOT_FOUND, undefined] : [OUTCOME.STORE_ERROR, error];
    if (!session) return [OUTCOME.SESSION_NOT_FOUND, undefined];
    const login = session[passport._key];
    if (!login) return [OUTCOME.PASSPORT_NOT_INITIALIZED, undefined];
    const key = login.user;
    return NO_USER_KEYS.includes(key) ? [OUTCOME.NOT_LOGGED_IN, undefined] : [OUTCOME.FOUND, key];
  } catch (thrown) {
    return [OUTCOME.STORE_ERROR, thrown];
  }
}

/** As in express-session 1.19, index.js: a store of files finds no such file. A missing Unix socket has the same code. */
function isAbsence(error) {
  return error.code === 'ENOENT' && error.syscall !== 'connect';
}

module.exports = { getFrom, readAnswer };
