'use strict';

const { table } = require('../outcomes');

/** Counts what became of connections. */
class Tally {
  authorized = 0;
  /** Those that are being authorized: look-ups in flight, and callbacks of the app that have not decided. */
  pending = 0;
  /** How many failed, by index into the table of outcomes. */
  #failures = new Array(table.length).fill(0);

  refused(outcome) {
    this.#failures[outcome] += 1;
  }

  /** How many failed, in all and by code. */
  failures() {
    const failures = {};
    let refused = 0;
    for (const [outcome, count] of this.#failures.entries()) {
      if (count > 0) failures[table[outcome].code] = count;
      refused += count;
    }
    return { refused, failures };
  }
}

module.exports = { Tally };
