'use strict';

/** Look-ups in batches: while one is under way, the next one fills. */
class Batches {
  #mget;
  #isUnderWay = false;
  #keys = [];
  #callbacks = [];
  #send = () => this.#sendAll();

  /** @param {(keys: string[]) => Promise<(string | null)[]>} mget */
  constructor(mget) {
    this.#mget = mget;
  }

  /** @param {(error: unknown, text: string | null) => void} callback */
  get(key, callback) {
    this.#keys.push(key);
    this.#callbacks.push(callback);
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    // All of this turn go together.
    process.nextTick(this.#send);
  }

  #sendAll() {
    const callbacks = this.#callbacks;
    const keys = this.#keys;
    this.#callbacks = [];
    this.#keys = [];
    this.#mget(keys).then(
      (texts) => {
        for (let at = 0; at < texts.length; at++) callbacks[at](null, texts[at]);
        this.#goOn();
      },
      (error) => {
        for (const callback of callbacks) callback(error, null);
        this.#goOn();
      },
    );
  }

  /** After the callbacks: what they ask for goes together too. */
  #goOn() {
    if (this.#keys.length > 0) this.#sendAll();
    else this.#isUnderWay = false;
  }
}

module.exports = { Batches };
