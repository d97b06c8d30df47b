'use strict';

const { performance } = require('node:perf_hooks');
const { setImmediate, setTimeout } = require('node:timers');

/**
 * The deadlines of one authorizer. All are equally long, so the oldest is always the first: a linked list and one timer.
 * Only callbacks that do not answer in the call are entered; adding and removing one costs 50 ns, a timer each costs 300.
 *
 * The process stays alive while there are entries, as it does for look-ups: a script that ends waits for its answers.
 */
class Deadlines {
  #ms;
  #first = null;
  #last = null;
  #timer = null;

  /** @param {number} ms */
  constructor(ms) {
    this.#ms = ms;
  }

  /** @param {{ expire(): void, deadline: object | null }} waiting - `expire` is called once, unless it is removed before */
  add(waiting) {
    const entry = {
      waiting,
      at: performance.now() + this.#ms,
      before: this.#last,
      after: null,
    };
    if (this.#last) this.#last.after = entry;
    else this.#first = entry;
    this.#last = entry;
    waiting.deadline = entry;
    if (this.#timer === null) this.#arm();
    else if (entry === this.#first) this.#timer.ref();
  }

  /** Does nothing if it is not entered. */
  remove(waiting) {
    const entry = waiting.deadline;
    if (entry === null) return;
    waiting.deadline = null;
    if (entry.before) entry.before.after = entry.after;
    else this.#first = entry.after;
    if (entry.after) entry.after.before = entry.before;
    else this.#last = entry.before;
    if (this.#first === null) this.#timer?.unref();
  }

  /**
   * Arms the timer for the first entry. When that one is removed, the timer stays: it finds nothing due, and is armed again.
   * After the event loop was blocked, timers come before what has arrived meanwhile: an answer that is there counts.
   */
  #arm() {
    const left = Math.max(1, this.#first.at - performance.now());
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), left);
  }

  #expire() {
    this.#timer = null;
    const now = performance.now();
    while (this.#first !== null && this.#first.at <= now) {
      const { waiting } = this.#first;
      this.remove(waiting);
      waiting.expire();
    }
    if (this.#first !== null && this.#timer === null) this.#arm();
  }
}

module.exports = { Deadlines };
