'use strict';

const GATHER_MS = 100;

/** Calls back once for all that happens within a tenth of a second. */
class Gathered {
  #timer;
  #tell;

  constructor(tell) {
    this.#tell = tell;
  }

  add() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, GATHER_MS);
  }

  close() {
    clearTimeout(this.#timer);
  }
}

module.exports = { Gathered };
