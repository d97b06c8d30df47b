'use strict';

/** Counts what became of connections. */
class Tally {
  authorized = 0;
  /** Look-ups in flight. */
  pending = 0;
  #failures = new Map();

  refused(code) {
    this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1);
  }

  /** How many failed, in all and by code. */
  failures() {
    const failures = Object.fromEntries(this.#failures);
    const refused = Object.values(failures).reduce((sum, count) => sum + count, 0);
    return { refused, failures };
  }
}

module.exports = { Tally };
