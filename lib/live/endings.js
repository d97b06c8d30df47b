'use strict';

const { performance } = require('node:perf_hooks');
const timers = require('node:timers');
const { callOutside } = require('../sessions/watch/outside');

/** For about so many milliseconds sockets are told in one turn of the event loop. */
const BUDGET_MS = 5;
/** So many are taken out of their slots before the first of them is told. */
const CHUNK = 1000;

/**
 * Ends of sessions, which may come by the hundred thousand (FLUSHALL): told in chunks, between which the event loop turns, and
 * never in the call that brings them.
 */
class Endings {
  #take;
  #tell;
  #waiting = [];
  /** How many of those have been taken. */
  #done = 0;
  #taken = [];
  #isScheduled = false;

  /**
   * @param {(slot: number, turn: number, reason: string) => object | undefined} take - gives the socket, which has no slot then;
   *   undefined where it has left
   * @param {(socket: object, reason: string) => void} tell - throws nothing
   */
  constructor(take, tell) {
    this.#take = take;
    this.#tell = tell;
  }

  add(slot, turn, reason) {
    this.#waiting.push({ slot, turn, reason });
    this.#schedule();
  }

  /** Nobody is told any more. */
  clear() {
    this.#waiting = [];
    this.#done = 0;
    this.#taken = [];
  }

  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Not `unref`ed: such an immediate waits until something else wakes the event loop. It is the only one that is under way.
    timers.setImmediate(() => callOutside(() => this.#run()));
  }

  #run() {
    this.#isScheduled = false;
    const end = performance.now() + BUDGET_MS;
    do {
      if (this.#taken.length === 0) this.#takeChunk();
      const next = this.#taken.pop();
      if (next === undefined) return;
      this.#tell(next.socket, next.reason);
    } while (performance.now() < end);
    this.#schedule();
  }

  /**
   * Sockets of one connection, or of one session, end together: they are all taken before the first is told, which may make
   * the others leave.
   */
  #takeChunk() {
    while (this.#taken.length === 0 && this.#done < this.#waiting.length) {
      for (const { slot, turn, reason } of this.#waiting.slice(this.#done, this.#done + CHUNK)) {
        const socket = this.#take(slot, turn, reason);
        if (socket !== undefined) this.#taken.push({ socket, reason });
      }
      this.#done += CHUNK;
    }
    // Told from the end of the list.
    this.#taken.reverse();
    if (this.#done < this.#waiting.length) return;
    this.#waiting = [];
    this.#done = 0;
  }
}

module.exports = { Endings };
