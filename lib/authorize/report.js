'use strict';

const { refuseByDefault } = require('./accept');
const { infoOf } = require('./hints/info');

/**
 * What the operator hears of one authorizer's attempts: counted, warned of, logged, published. It decides nothing.
 */
class Report {
  /** Whether the app has a `fail` of its own: the default one reads no info, which takes 0.2 µs to make. */
  #isInfoRead;

  /**
   * @param {object} options - with their defaults
   * @param {{ stats: import('./stats').Stats, backend: object, warnings: import('../diagnostics').Warnings }} parts
   */
  constructor(options, { stats, backend, warnings }) {
    this.#isInfoRead = options.fail !== refuseByDefault;
    this.stats = stats;
    this.backend = backend;
    this.warnings = warnings;
  }

  /** An attempt begins: it has its turn. */
  began(_attempt) {}

  /**
   * An attempt fails, and `fail` is about to decide.
   * @param {import('./attempt').Attempt} attempt - with `outcome` and `cause`
   * @returns {{ code: string, hint: string, cause: unknown } | undefined} what `fail` gets as `info`
   */
  failed(attempt) {
    this.stats.refused(attempt.outcome);
    return this.#isInfoRead ? infoOf(attempt) : undefined;
  }

  /** An attempt is decided: `isIn` says whether the client is let in, as a user or as a guest. */
  decided(_attempt, _isIn) {}
}

module.exports = { Report };
