'use strict';

const { performance } = require('node:perf_hooks');
const { isLogging, logDecision } = require('../diagnostics/debug-log');
const { authorized, refused } = require('../diagnostics/channels');
const { OUTCOME, outcomes } = require('../outcomes');
const { userPropertyOf } = require('../request-user');
const { STEP } = require('./attempt');
const { Faults, IS_FAULT } = require('./faults');
const { FirstRun } = require('./first-run');
const { hintOf } = require('./hints');
const { RESULT, messageOf, resultOf } = require('./message');

/**
 * What the operator hears of one authorizer's attempts: counted, warned of, logged, published. It decides nothing.
 */
class Report {
  #options;
  #userProperty;
  #faults;
  /** @type {FirstRun | null} null once a client was let in */
  #firstRun = FirstRun.begin();

  /**
   * @param {object} options - with their defaults
   * @param {{ stats: import('./stats').Stats, backend: object, warnings: import('../diagnostics').Warnings }} parts
   */
  constructor(options, { stats, backend, warnings }) {
    this.#options = options;
    this.#userProperty = userPropertyOf(options.userProperty);
    this.stats = stats;
    this.backend = backend;
    this.warnings = warnings;
    this.#faults = new Faults(backend);
  }

  /** An attempt begins: it has its turn. */
  began(attempt) {
    if (isHeard(attempt)) attempt.since = performance.now();
  }

  /**
   * An attempt fails, and `fail` is about to decide.
   * @param {import('./attempt').Attempt} attempt - with `outcome` and `cause`
   * @returns {{ code: string, hint: string, cause: unknown }} what `fail` gets as `info`
   */
  failed(attempt) {
    const { outcome, cause } = attempt;
    this.stats.refused(outcome);
    const info = { code: outcomes[outcome].code, hint: hintOf(attempt, this.#options), cause };
    // Most are visitors without a log-in, of whom nobody wants to hear.
    if (IS_FAULT[outcome] || this.#faults.outages.areUnderWay || isTold(attempt)) {
      attempt.info = info;
      this.#faults.failed(attempt, info);
    }
    return info;
  }

  /** An attempt is decided: `isIn` says whether the client is let in, as a user or as a guest. */
  decided(attempt, isIn) {
    const { outages } = this.#faults;
    if (outages.areUnderWay && attempt.step === STEP.SUCCESS && attempt.outcome === OUTCOME.REFUSED)
      outages.succeeded();
    // An object of the app may have thrown when the client was let in.
    if (!isIn && IS_FAULT[attempt.outcome]) this.#failedLate(attempt);
    if (this.#firstRun !== null && attempt.step !== STEP.ABANDONED) this.#guide(attempt, isIn);
    if (isTold(attempt)) this.#tell(attempt, isIn);
  }

  #failedLate(attempt) {
    if (attempt.info?.code === outcomes[attempt.outcome].code) return;
    this.#faults.failed(attempt, { hint: this.#hintOf(attempt) });
  }

  #guide(attempt, isIn) {
    const isOver = isIn || !this.#firstRun.refused(attempt, () => this.#hintOf(attempt));
    if (isOver) this.#firstRun = null;
  }

  #tell(attempt, isIn) {
    const { since, trace } = attempt;
    const result = resultOf(attempt, isIn);
    const message = messageOf(attempt, result, {
      userProperty: this.#userProperty,
      hint: result === RESULT.LET_IN ? undefined : this.#hintOf(attempt),
      // One that left before its turn came took none.
      durationMs: since === undefined ? 0 : performance.now() - since,
      backend: this.backend.description,
    });
    trace?.decided(attempt, message, result === RESULT.REFUSED);
    if (isLogging) logDecision(message, result);
    if (result === RESULT.LET_IN) authorized.publish(message);
    else if (result === RESULT.REFUSED) refused.publish(message);
  }

  /** That of the outcome which counts: a failure after the one that `fail` was told of has another. */
  #hintOf(attempt) {
    const { info, outcome } = attempt;
    const { code, hint } = outcomes[outcome];
    if (info?.code === code) return info.hint;
    try {
      return hintOf(attempt, this.#options);
    } catch {
      // A getter of the request.
      return hint;
    }
  }
}

/** Whether somebody hears what becomes of an attempt. */
function isTold({ since, trace }) {
  return since !== undefined || trace !== undefined;
}

/** Whether somebody wants to know what becomes of an attempt. */
function isHeard({ trace }) {
  return isLogging || trace !== undefined || authorized.hasSubscribers || refused.hasSubscribers;
}

module.exports = { Report };
