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

/**
 * The CPU time of the main thread, and of another thread of this process that is known by its name (Linux). It may begin later.
 */
class ShareClock {
  #clock = new CpuClock();
  #name;

  constructor(name) {
    // The kernel keeps 15 characters.
    this.#name = name.slice(0, 15);
  }

  read() {
    return { at: performance.now(), main: this.#clock.read().main, other: this.#other() };
  }

  /** @returns {{ main: number, other: number }} shares of one core since then */
  since(before) {
    const now = this.read();
    const ns = (now.at - before.at) * 1e6;
    return { main: (now.main - before.main) / ns, other: (now.other - before.other) / ns };
  }

  #other() {
    const name = (thread) => fs.readFileSync(`/proc/self/task/${thread}/comm`, 'latin1').trim();
    let sum = 0;
    for (const thread of fs.readdirSync('/proc/self/task')) {
      if (name(thread) !== this.#name) continue;
      sum += Number.parseInt(fs.readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1'), 10);
    }
    return sum;
  }
}

module.exports = { CpuClock, ShareClock };
