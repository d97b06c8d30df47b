'use strict';

const { performance } = require('node:perf_hooks');

/** So many at once, so many a second: what doubts may cost, whoever causes them. */
class Budget {
  #tokens;
  #since = performance.now();
  #inFlight = 0;

  /**
   * @param {number} perSecond - how many may start each second
   * @param {number} atOnce - how many may be under way
   */
  constructor(perSecond, atOnce) {
    this.perSecond = perSecond;
    this.atOnce = atOnce;
    this.#tokens = perSecond;
  }

  /** Whether one more may start. */
  take() {
    const now = performance.now();
    this.#tokens = Math.min(this.perSecond, this.#tokens + ((now - this.#since) / 1000) * this.perSecond);
    this.#since = now;
    if (this.#tokens < 1 || this.#inFlight >= this.atOnce) return false;
    this.#tokens -= 1;
    this.#inFlight += 1;
    return true;
  }

  /** One has ended. */
  release() {
    this.#inFlight -= 1;
  }

  /** Whether none is under way. */
  get isIdle() {
    return this.#inFlight === 0;
  }
}

module.exports = { Budget };
