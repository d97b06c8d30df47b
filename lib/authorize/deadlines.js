'use strict';

const { performance } = require('node:perf_hooks');
const { setTimeout } = require('node:timers');

/**
 * Deadlines of one authorizer, all equally long, so that the oldest is always the first: a list and one timer. Only
 * what does not answer at once is entered, and to enter it and take it out again costs 50 ns, where a timer each costs 300.
 *
 * The process stays alive for what is entered, as for look-ups: a script that ends waits for its answers, and then ends.
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

  /** @param {{ expire(): void, deadline: object | null }} waiting - `expire` is called once, unless it is taken out before */
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

  /** Takes one out that has answered; nothing happens if it is not there. */
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

  /** For the first one. It is not armed anew when that one answers: it then finds nothing due, and looks again later. */
  #arm() {
    const left = Math.max(1, this.#first.at - performance.now());
    this.#timer = setTimeout(() => this.#expire(), left);
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
