'use strict';

const { performance } = require('node:perf_hooks');
const timers = require('node:timers');
const { CLOSED, OUTCOME } = require('../outcomes');
const { getFrom, readAnswer } = require('./store-get');
const { PollWatch } = require('./watch/poll');

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

  openWatch(settings) {
    return new PollWatch(this.#options, settings);
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
    const { store, passport } = this.#options;
    const started = performance.now();
    let timer = null;
    let open = true;
    const finish = (outcome, value) => {
      if (!open) return;
      open = false;
      timers.clearTimeout(timer);
      this.#pending.delete(finish);
      this.#verifier.native.record(performance.now() - started);
      receiver.deliver(outcome, value, id);
    };
    getFrom(store, id, (error, session) => {
      if (open) finish(...readAnswer(error, session, passport));
    });
    if (!open) return;
    this.#pending.add(finish);
    timer = timers.setTimeout(() => finish(OUTCOME.STORE_TIMEOUT, `no answer within ${timeout} ms`), timeout);
  }
}

module.exports = { StoreBackend };
