'use strict';

const { performance } = require('node:perf_hooks');
const timers = require('node:timers');
const { isNativeError } = require('node:util').types;
const { CLOSED, OUTCOME } = require('../outcomes');

/** User keys that name no user, as in src/core/session.rs: an ORM that drops empty conditions would find the first user. */
const NO_USER_KEYS = [undefined, null, '', false];

/**
 * Looks sessions up through the app's own store; cookie and signature are verified natively. Without a session id the store
 * is not called: the original asks for the session '', which some stores answer with an error, and others with a query.
 */
class StoreBackend {
  #options;
  #verifier;
  /** @type {Set<(outcome: number, value: unknown) => void>} how to end each look-up in flight */
  #pending = new Set();
  reconnects = 0;
  /** Why look-ups are not native. */
  reason = 'the store is not a connect-redis store';

  constructor(options, verifier) {
    this.#options = options;
    this.#verifier = verifier;
  }

  /** @param {number} [timeout] - milliseconds, where fewer are left than the option gives */
  lookUp(receiver, sent, kind, timeout = this.#options.timeout) {
    const id = this.#verifier.reader.sessionId(sent, kind);
    if (typeof id === 'string') this.#ask(id, receiver, timeout);
    else receiver.deliver(id, undefined);
  }

  get description() {
    return { kind: 'store', reason: this.reason };
  }

  /** Ends the look-ups in flight. The store is the app's and stays open. */
  close() {
    for (const finish of this.#pending) finish(OUTCOME.CLOSED, CLOSED);
  }

  /** Calls `store.get` once, with a deadline; its first answer counts. */
  #ask(id, receiver, timeout) {
    const { store } = this.#options;
    const started = performance.now();
    let timer = null;
    let open = true;
    const finish = (outcome, value) => {
      if (!open) return;
      open = false;
      timers.clearTimeout(timer);
      this.#pending.delete(finish);
      this.#verifier.native.record(performance.now() - started);
      receiver.deliver(outcome, value);
    };
    const answer = (error, session) => {
      if (open) finish(...this.#read(error, session));
    };
    try {
      const result = store.get(id, answer);
      // An async `get` that rejects has not called back.
      if (typeof result?.then === 'function') result.then(undefined, answer);
    } catch (error) {
      answer(error ?? new Error('store.get threw nothing'));
    }
    if (!open) return;
    this.#pending.add(finish);
    timer = timers.setTimeout(() => finish(OUTCOME.STORE_TIMEOUT, `no answer within ${timeout} ms`), timeout);
  }

  /** The outcome of a session as the store gave it, as the original reads it. */
  #read(error, session) {
    try {
      // V8's message quotes the text, and contents of sessions must not appear in errors.
      if (isNativeError(error) && error.name === 'SyntaxError') return [OUTCOME.BAD_SESSION, 'not JSON'];
      if (error)
        return isAbsence(error) ? [OUTCOME.SESSION_NOT_FOUND, undefined] : [OUTCOME.STORE_ERROR, error];
      if (!session) return [OUTCOME.SESSION_NOT_FOUND, undefined];
      const login = session[this.#options.passport._key];
      if (!login) return [OUTCOME.PASSPORT_NOT_INITIALIZED, undefined];
      const key = login.user;
      return NO_USER_KEYS.includes(key) ? [OUTCOME.NOT_LOGGED_IN, undefined] : [OUTCOME.FOUND, key];
    } catch (thrown) {
      return [OUTCOME.STORE_ERROR, thrown];
    }
  }
}

/** As in express-session 1.19, index.js: a store of files finds no such file. A missing Unix socket has the same code. */
function isAbsence(error) {
  return error.code === 'ENOENT' && error.syscall !== 'connect';
}

module.exports = { StoreBackend };
