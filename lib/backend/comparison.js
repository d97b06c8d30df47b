'use strict';

const { number } = require('../outcomes');

/**
 * One look-up made both ways. A session may change between the two reads, so that a difference counts
 * only when it is there again the second time.
 */
class Comparison {
  #native;
  #store;
  #sent;
  #credential;

  /**
   * @param {unknown} expected - the user key the store has just given; where left out, the store is asked first
   */
  constructor(native, store, sent, credential, expected) {
    this.#native = native;
    this.#store = store;
    this.#sent = sent;
    this.#credential = credential;
    this.expected = expected;
  }

  /**
   * @returns {Promise<{ equal?: boolean, fault?: string }>} whether both gave the same; without an answer there
   *   is no evidence, only, perhaps, what kept the addon from one
   */
  async run() {
    if (this.expected !== undefined) {
      const first = await this.#ask(this.#native);
      if (isNoAnswer(first)) return { fault: faultOf(first) };
      if (same(first, { outcome: number.FOUND, value: this.expected })) return { equal: true };
    }
    // Where nothing was expected, this is the first look, and a difference is looked at once more.
    for (let looks = this.expected === undefined ? 2 : 1; ; looks--) {
      const said = await this.#ask(this.#store);
      const seen = await this.#ask(this.#native);
      if (isNoAnswer(said) || isNoAnswer(seen)) return { fault: faultOf(seen) };
      const equal = same(said, seen);
      // Both find nothing in any two places: only a user who is found proves that they are one.
      if (equal) return seen.outcome === number.FOUND ? { equal } : {};
      if (equal === undefined || looks === 1) return { equal };
    }
  }

  #ask(backend) {
    return new Promise((resolve) => {
      const deliver = (outcome, value) => resolve({ outcome, value });
      backend.lookUp({ deliver }, this.#sent, this.#credential);
    });
  }
}

const NO_ANSWER = new Set([number.STORE_ERROR, number.STORE_TIMEOUT, number.CLOSED]);

function isNoAnswer({ outcome }) {
  return NO_ANSWER.has(outcome);
}

function faultOf({ outcome, value }) {
  return outcome === number.STORE_ERROR || outcome === number.STORE_TIMEOUT ? String(value) : undefined;
}

/**
 * The same user, or refused for the same reason; the words for a reason differ. Undefined where it cannot
 * be told: a key nested too deeply, or one that the app, which has it by now, has made a ring of.
 */
function same(one, other) {
  if (one.outcome !== other.outcome) return false;
  if (one.outcome !== number.FOUND) return true;
  try {
    return JSON.stringify(one.value) === JSON.stringify(other.value);
  } catch {
    return undefined;
  }
}

module.exports = { Comparison };
