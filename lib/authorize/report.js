'use strict';

const { performance } = require('node:perf_hooks');
const { isLogging, logDecision } = require('../diagnostics/debug-log');
const { authorized, refused } = require('../diagnostics/channels');
const { OUTCOME, outcomes } = require('../outcomes');
const { userPropertyOf } = require('../request-user');
const { refuseByDefault } = require('./accept');
const { STEP } = require('./attempt');
const { Faults, IS_FAULT } = require('./faults');
const { FirstRun } = require('./first-run');
const { Heard } = require('./heard');
const { infoOf } = require('./hints/info');
const { RESULT, messageOf, resultOf } = require('./message');

/**
 * What the operator hears of one authorizer's attempts: counted, warned of, logged, published. It decides nothing.
 */
class Report {
  /** Whether the app has a `fail` of its own: the default one reads no info, which takes 0.2 µs to make. */
  #isInfoRead;
  #userProperty;
  #faults;
  /** @type {FirstRun | null} null once a client was let in */
  #firstRun = FirstRun.begin();

  /**
   * @param {object} options - with their defaults
   * @param {{ stats: import('./stats').Stats, backend: object, warnings: import('../diagnostics').Warnings }} parts
   */
  constructor(options, { stats, backend, warnings }) {
    this.#isInfoRead = options.fail !== refuseByDefault;
    this.#userProperty = userPropertyOf(options.userProperty);
    this.stats = stats;
    this.backend = backend;
    this.warnings = warnings;
    this.#faults = new Faults(backend);
  }

  /** An attempt begins: it has its turn. */
  began(attempt) {
    if (isListening() || attempt.heard !== undefined)
      (attempt.heard ??= new Heard()).since = performance.now();
  }

  /**
   * An attempt fails, and `fail` is about to decide.
   * @param {import('./attempt').Attempt} attempt - with `outcome` and `cause`
   * @returns {{ code: string, hint: string, cause: unknown } | undefined} what `fail` gets as `info`
   */
  failed(attempt) {
    const { outcome, heard } = attempt;
    this.stats.refused(outcome);
    // Most are visitors without a log-in, of whom nobody wants to hear.
    const isFault = IS_FAULT[outcome] || this.#faults.outages.areUnderWay;
    if (!isFault && heard === undefined && !this.#isInfoRead) return undefined;
    const info = infoOf(attempt);
    if (heard !== undefined) heard.info = info;
    if (isFault) this.#faults.failed(attempt, info);
    return info;
  }

  /** An object of the app has thrown when the client was to be let in, so that it is refused. */
  broke(attempt, cause) {
    Object.assign(attempt, { outcome: OUTCOME.CALLBACK_ERROR, cause });
    this.#faults.failed(attempt, infoOf(attempt));
  }

  /** An attempt is decided: `isIn` says whether the client is let in, as a user or as a guest. */
  decided(attempt, isIn) {
    if (this.#faults.outages.areUnderWay) this.#faults.decided(attempt);
    if (this.#firstRun !== null && attempt.step !== STEP.ABANDONED) this.#guide(attempt, isIn);
    if (attempt.heard !== undefined) this.#tell(attempt, isIn);
  }

  #guide(attempt, isIn) {
    const isOver = isIn || !this.#firstRun.refused(attempt, () => this.#hintOf(attempt));
    if (isOver) this.#firstRun = null;
  }

  #tell(attempt, isIn) {
    const { since, trace } = attempt.heard;
    const result = resultOf(attempt, isIn);
    // The debug log shows none: it may take many signatures to find out.
    const isHintRead = trace !== undefined || refused.hasSubscribers;
    const message = messageOf(attempt, result, {
      userProperty: this.#userProperty,
      hint: isHintRead && result !== RESULT.LET_IN ? this.#hintOf(attempt) : undefined,
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
    const info = attempt.heard?.info;
    return info?.code === outcomes[attempt.outcome].code ? info.hint : infoOf(attempt).hint;
  }
}

/** Whether somebody wants to know what becomes of attempts. */
function isListening() {
  return isLogging || authorized.hasSubscribers || refused.hasSubscribers;
}

module.exports = { Report };
