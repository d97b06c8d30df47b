'use strict';

const { outcomes } = require('../outcomes');

/** Counts attempts: those whose user was found, and those that went to `fail`, by outcome. */
class Stats {
  authorized = 0;
  /** Attempts under way: look-ups in flight, and callbacks of the app that have not decided. */
  pending = 0;
  /** Failures, by index into the table of outcomes. */
  #failures = new Array(outcomes.length).fill(0);

  refused(outcome) {
    this.#failures[outcome] += 1;
  }

  /** What `authorizer.stats()` gives, as far as it is counted here: `failures` by code. */
  counts() {
    const failures = {};
    let refused = 0;
    for (const [outcome, count] of this.#failures.entries()) {
      if (count > 0) failures[outcomes[outcome].code] = count;
      refused += count;
    }
    return { authorized: this.authorized, refused, failures, pending: this.pending };
  }
}

module.exports = { Stats };
