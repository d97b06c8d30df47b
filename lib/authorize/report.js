'use strict';

const { outcomes } = require('../outcomes');
const { hintOf } = require('./hints');

/**
 * What the operator hears of one authorizer's attempts: counted, warned of, logged, published. It decides nothing.
 */
class Report {
  #options;

  /**
   * @param {object} options - with their defaults
   * @param {{ stats: import('./stats').Stats, backend: object, warnings: import('../diagnostics').Warnings }} parts
   */
  constructor(options, { stats, backend, warnings }) {
    this.#options = options;
    this.stats = stats;
    this.backend = backend;
    this.warnings = warnings;
  }

  /** An attempt begins: it has its turn. */
  began(_attempt) {}

  /**
   * An attempt fails, and `fail` is about to decide.
   * @param {import('./attempt').Attempt} attempt - with `outcome` and `cause`
   * @returns {{ code: string, hint: string, cause: unknown }} what `fail` gets as `info`
   */
  failed(attempt) {
    const { outcome, cause } = attempt;
    this.stats.refused(outcome);
    return { code: outcomes[outcome].code, hint: hintOf(attempt, this.#options), cause };
  }

  /** An attempt is decided: `isIn` says whether the client is let in, as a user or as a guest. */
  decided(_attempt, _isIn) {}
}

module.exports = { Report };
