'use strict';

const fs = require('node:fs');

/**
 * CPU time used so far, in nanoseconds. `main` is the time of the main thread on Linux. Elsewhere it is the time of all
 * threads, which is too much for a contender with threads. (`process.threadCpuUsage` needs Node 23.9.)
 */
class CpuClock {
  #text = Buffer.alloc(64);
  #file = openSchedstat();

  /** Whether `main` is the main thread alone. */
  get tellsThreadsApart() {
    return this.#file !== undefined;
  }

  /** @returns {{ main: number, process: number }} */
  read() {
    // The order matters: this call makes the kernel account for the time since the last timer tick. Without it schedstat
    // is up to 4 ms behind, with it some microseconds.
    const { user, system } = process.cpuUsage();
    const all = (user + system) * 1000;
    return { main: this.#file === undefined ? all : this.#mainThread(), process: all };
  }

  #mainThread() {
    const length = fs.readSync(this.#file, this.#text, 0, this.#text.length, 0);
    return Number.parseInt(this.#text.toString('latin1', 0, length), 10);
  }
}

/** `<ns on a CPU> <ns waiting for one> <turns>` of the main thread, whose id is that of the process. */
function openSchedstat() {
  try {
    return fs.openSync(`/proc/self/task/${process.pid}/schedstat`);
  } catch {
    return undefined;
  }
}

module.exports = { CpuClock };
