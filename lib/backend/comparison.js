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

  /** @param {(equal: boolean | undefined) => void} done - undefined: no answer, no evidence */
  async run(done) {
    if (this.expected !== undefined) {
      const first = await ask(this.#native, this.#sent, this.#credential);
      if (first.outcome === number.FOUND && same(first.value, this.expected)) return done(true);
      if (isNoAnswer(first.outcome)) return done(undefined);
    }
    const said = await ask(this.#store, this.#sent, this.#credential);
    const seen = await ask(this.#native, this.#sent, this.#credential);
    if (isNoAnswer(said.outcome) || isNoAnswer(seen.outcome)) return done(undefined);
    return done(said.outcome === seen.outcome && same(said.value, seen.value));
  }
}

function ask(backend, sent, credential) {
  return new Promise((resolve) => {
    backend.lookUp({ deliver: (outcome, value) => resolve({ outcome, value }) }, sent, credential);
  });
}

function isNoAnswer(outcome) {
  return outcome === number.STORE_ERROR || outcome === number.STORE_TIMEOUT || outcome === number.CLOSED;
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

module.exports = { Comparison };
