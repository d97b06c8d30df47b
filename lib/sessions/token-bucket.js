'use strict';

const { performance } = require('node:perf_hooks');

/** Limits how often something starts: it is full at first, and refilled at this rate. */
class TokenBucket {
  #perSecond;
  #capacity;
  #tokens;
  #filledAt = performance.now();

  /** @param {number} [capacity] - how many may start at once, after a pause */
  constructor(perSecond, capacity = perSecond) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
    this.#tokens = capacity;
  }

  get isEmpty() {
    const now = performance.now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
    return this.#tokens < 1;
  }

  /** @returns {boolean} false where there is none */
  take() {
    if (this.isEmpty) return false;
    this.#tokens -= 1;
    return true;
  }
}

module.exports = { TokenBucket };
