'use strict';

const { performance } = require('node:perf_hooks');
const timers = require('node:timers');
const { CLOSED, OUTCOME } = require('../outcomes');
const { AFTER_CLOSE, StoreState } = require('./backend-state');
const { idOfNobody } = require('./nobody');
const { shapeOf } = require('./shape');
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
  #state = new StoreState();
  #isClosed = false;
  reconnects = 0;
  /** How often the store has answered without an error, also too late. */
  answers = 0;
  /** Why look-ups are not native. */
  reason = 'the store is not a connect-redis store';

  constructor(options, verifier) {
    this.#options = options;
    this.#verifier = verifier;
  }

  /**
   * @param {number} [timeout] - milliseconds, where fewer are left than the option gives
   * @returns {((outcome: number, value: unknown) => void) | undefined} ends the look-up, where the store has not answered in
   *   the call
   */
  lookUp(receiver, sent, kind, timeout = this.#options.timeout) {
    const id = this.#verifier.reader.sessionId(sent, kind);
    if (typeof id === 'string') return this.#ask(id, receiver, timeout, true);
    receiver.deliver(id, undefined);
    return undefined;
  }

  /** @param {(finish: Function) => void} [waits] - gets what ends the check, where the store has not answered in the call */
  check(waits) {
    if (this.#isClosed) return Promise.resolve({ outcome: OUTCOME.CLOSED, value: CLOSED });
    return new Promise((resolve) => {
      const receiver = { deliver: (outcome, value) => resolve({ outcome, value }) };
      const finish = this.#ask(idOfNobody(), receiver, this.#options.timeout, false);
      if (finish) waits?.(finish);
    });
  }

  /**
   * As that of RedisBackend.
   * @param {(finish: Function) => void} [waits] - as of `check`
   */
  inspect(id, waits) {
    if (this.#isClosed)
      return Promise.resolve({ outcome: OUTCOME.CLOSED, value: CLOSED, answers: this.description });
    return new Promise((resolve) => {
      let shape;
      let isOfAddon = false;
      const see = (session) => (shape = shapeOf(session, this.#options.passport._key));
      const deliver = (outcome, value) =>
        resolve({ outcome, value, shape, isOfAddon, answers: this.description });
      const finish = this.#ask(id, { deliver }, this.#options.timeout, false, see);
      const end = (...given) => {
        isOfAddon = true;
        finish(...given);
      };
      if (finish) waits?.(end);
    });
  }

  openWatch(settings) {
    return new PollWatch(this.#options, settings);
  }

  get description() {
    const { state, lastError } = this.#isClosed ? AFTER_CLOSE : this.#state;
    return { kind: 'store', reason: this.reason, state, lastError };
  }

  /** Ends the look-ups in flight. The store is the app's and stays open. */
  close() {
    this.#isClosed = true;
    for (const finish of this.#pending) finish(OUTCOME.CLOSED, CLOSED);
  }

  /**
   * Calls `store.get` once, with a deadline; its first answer counts.
   * @param {(session: object) => void} [see] - gets the session, and nobody hears of the answer: `backend` does not change
   */
  #ask(id, receiver, timeout, isCounted, see) {
    const { store, passport } = this.#options;
    const started = performance.now();
    let timer = null;
    let open = true;
    const finish = (outcome, value) => {
      if (!open) return;
      open = false;
      timers.clearTimeout(timer);
      this.#pending.delete(finish);
      if (isCounted) this.#verifier.native.record(performance.now() - started);
      if (see === undefined) this.#note(outcome, value, id, timeout);
      receiver.deliver(outcome, value, id);
    };
    getFrom(store, id, (error, session) => {
      if (!error) this.answers += 1;
      if (open && see && !error && session) see(session);
      if (open) finish(...readAnswer(error, session, passport));
    });
    if (!open) return undefined;
    this.#pending.add(finish);
    const giveUp = () => finish(OUTCOME.STORE_TIMEOUT, `no answer within ${timeout} ms`);
    // After the event loop was blocked, timers come before what has arrived meanwhile: an answer that is there counts.
    timer = timers.setTimeout(() => timers.setImmediate(giveUp), timeout);
    return finish;
  }

  #note(outcome, value, id, timeout) {
    if (outcome === OUTCOME.STORE_ERROR) {
      this.#state.failed(this.reason, value, id);
    } else if (outcome === OUTCOME.STORE_TIMEOUT) {
      // In less time, a store may be slow and well.
      if (timeout === this.#options.timeout) this.#state.failed(this.reason, value, id);
    } else if (outcome !== OUTCOME.CLOSED) {
      this.#state.answered(this.reason);
    }
  }
}

module.exports = { StoreBackend };
