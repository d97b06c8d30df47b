'use strict';

const { isReported, warn } = require('../diagnostics');
const { isLogging, logFailure } = require('../diagnostics/debug-log');
const { failureOf, maskedLine, oneLine } = require('../diagnostics/words');
const { messageOf } = require('../errors');
const { OUTCOME, outcomes } = require('../outcomes');
const { STEP } = require('./attempt');
const { Outages } = require('./outages');

/** `critical` in the original, but no fault of the server: a visitor without a log-in, an authorizer that the app closed. */
const NO_FAULT = new Set([OUTCOME.PASSPORT_NOT_INITIALIZED, OUTCOME.CLOSED]);
const IS_FAULT = outcomes.map(({ critical }, outcome) => critical && !NO_FAULT.has(outcome));
/** The cause was thrown or given by code of the app. */
const IS_OF_APP = new Set([OUTCOME.DESERIALIZE_ERROR, OUTCOME.CALLBACK_ERROR]);

/**
 * Faults of the server among the failures of one authorizer. The process is warned of them, whatever the app's `fail` does:
 * of the first of each code at once, then once a minute with a count.
 */
class Faults {
  #backend;
  outages = new Outages();

  /** @param {{ description: object }} backend */
  constructor(backend) {
    this.#backend = backend;
  }

  /**
   * An attempt has failed. It may not be a fault.
   * @param {import('./attempt').Attempt} attempt
   * @param {{ hint: string }} info - of which the hint is read only for a warning
   */
  failed(attempt, info) {
    const { outcome, cause, data } = attempt;
    if (!IS_FAULT[outcome]) {
      this.outages.failed(outcome);
      return;
    }
    const { code } = outcomes[outcome];
    this.outages.fault(outcome);
    if (isLogging && IS_OF_APP.has(outcome)) logFailure(code, cause, data);
    // The option rooms has a warning of its own.
    if (!isReported(cause)) warn(code, () => this.#textOf(attempt, info), 1);
  }

  /** @param {import('./attempt').Attempt} attempt - that is decided */
  decided({ step, outcome }) {
    if (step === STEP.SUCCESS && outcome === OUTCOME.REFUSED) this.outages.succeeded();
  }

  #textOf({ outcome, cause, data }, { hint }) {
    const words = IS_OF_APP.has(outcome) ? failureOf(cause, data) : maskedLine(messageOf(cause), data);
    const { kind, address, reason } = this.#backend.description;
    return `${outcomes[outcome].code}: ${words} [backend: ${kind}, ${oneLine(address ?? reason)}]. ${hint}`;
  }
}

module.exports = { Faults, IS_FAULT, NO_FAULT };
