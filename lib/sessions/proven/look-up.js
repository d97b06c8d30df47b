'use strict';

const { performance } = require('node:perf_hooks');
const { OUTCOME } = require('../../outcomes');

/** Outcomes that say nothing about a session. */
const INCONCLUSIVE = new Set([OUTCOME.STORE_ERROR, OUTCOME.STORE_TIMEOUT]);
/**
 * Native outcomes that may be the addon's mistake: the visitor may have a session where only the store's client looks.
 * node-redis does not show a later select(), and a client may have found its Redis again before the addon has.
 */
const TO_CONFIRM = new Set([
  OUTCOME.SESSION_NOT_FOUND,
  OUTCOME.BAD_SESSION,
  OUTCOME.PASSPORT_NOT_INITIALIZED,
  OUTCOME.NOT_LOGGED_IN,
  OUTCOME.STORE_ERROR,
]);

/** The look-up of one connection, and the receiver of its native answer. */
class LookUp {
  since = performance.now();

  constructor(backend, attempt, sent, kind) {
    this.backend = backend;
    this.stage = backend.stage;
    // The prefix of a store that is not followed may be a getter that throws.
    this.prefix = backend.stage.native && backend.options.store.prefix;
    this.attempt = attempt;
    this.sent = sent;
    this.kind = kind;
  }

  deliver(outcome, value, id) {
    this.backend.answered(this, outcome, value, id);
  }

  /** Whether a native answer to it counts: nothing has changed since it was asked. */
  get isTrusted() {
    return this.stage === this.backend.stage;
  }

  /** What is left of its time, in whole milliseconds, which errors name; at least 1, the shortest timer. */
  get timeLeft() {
    return Math.max(1, Math.floor(this.backend.options.timeout - (performance.now() - this.since)));
  }

  /**
   * Asks once more. The AsyncLocalStorage is that of its own connection, by which a client may tell tenants apart, and not that
   * of the answer which led here.
   * @returns {Promise<{ outcome: number, value: unknown, id: string | undefined }>}
   */
  ask(backend, timeout) {
    return new Promise((resolve) => {
      const receiver = { deliver: (outcome, value, id) => resolve({ outcome, value, id }) };
      this.attempt.runInAsyncScope(() => backend.lookUp(receiver, this.sent, this.kind, timeout));
    });
  }
}

module.exports = { LookUp, INCONCLUSIVE, TO_CONFIRM };
