'use strict';

const timers = require('node:timers');
const { Confirmations } = require('./confirm-end');

/** So many sockets move in one turn of the event loop. */
const CHUNK = 500;

/**
 * Watches the sessions of a store that is followed to its Redis: natively while look-ups are native, else by asking the store.
 * At each change of that, the watched sessions move along. What the addon sees of an end is told when the store has
 * confirmed it: the store's client may have another database by now, or another server.
 */
class ProvenWatch {
  #store;
  #settings;
  #confirmations;
  /** The watch in use, and the native backend that it belongs to, if any. */
  #watch;
  #native;
  /** Watches from which sessions are still being moved away. */
  #former = new Set();

  /**
   * @param {import('../store').StoreBackend} store
   * @param {object | undefined} nativeBackend - while look-ups are native: the RedisBackend
   * @param {() => void} onContradiction - the store has a session that the addon has seen end
   * @param {object} settings - as of `openWatch`
   */
  constructor(store, nativeBackend, onContradiction, settings) {
    this.#store = store;
    this.#settings = settings;
    this.#confirmations = new Confirmations(store, settings.onEnd, () => {
      if (this.#native) onContradiction();
    });
    this.#open(nativeBackend);
  }

  /** Look-ups are native by this backend from now on, or, where it is undefined, the store answers them. */
  follow(nativeBackend) {
    if (nativeBackend === this.#native) return;
    const former = this.#watch;
    this.#former.add(former);
    this.#confirmations.clear();
    this.#open(nativeBackend);
    this.#moveFrom(former, this.#settings.slots());
  }

  watch(slot, turn, id, identity) {
    this.#watch.watch(slot, turn, id, identity);
  }

  unwatch(slot, turn) {
    this.#confirmations.forget(slot);
    this.#watch.unwatch(slot, turn);
    for (const former of this.#former) former.unwatch(slot, turn);
  }

  idsOf(slots) {
    const found = [this.#watch, ...this.#former].map((watch) => watch.idsOf(slots));
    return new Map(found.reverse().flatMap((ids) => [...ids]));
  }

  get tier() {
    return this.#watch.tier;
  }

  get sessions() {
    return [this.#watch, ...this.#former].reduce((sum, { sessions }) => sum + sessions, 0);
  }

  close() {
    this.#confirmations.clear();
    for (const watch of [this.#watch, ...this.#former]) watch.close();
    this.#former.clear();
  }

  #open(nativeBackend) {
    const { recheckEvery, onEnd } = this.#settings;
    this.#native = nativeBackend;
    if (nativeBackend === undefined) {
      this.#watch = this.#store.openWatch({ recheckEvery, onEnd });
      return;
    }
    const watch = nativeBackend.openWatch({
      recheckEvery,
      keeps: true,
      // What a former watch says is worth nothing: its sessions are moved, and looked at again.
      onEnd: (...end) => watch === this.#watch && this.#confirmations.add(watch, ...end),
    });
    this.#watch = watch;
  }

  /** In chunks, each socket to the watch that is in use by then. */
  #moveFrom(former, slots) {
    const moving = slots.splice(0, CHUNK);
    const ids = former.idsOf(moving.map(({ slot }) => slot));
    for (const { slot, turn } of moving) {
      const found = ids.get(slot);
      if (found?.turn !== turn || !this.#former.has(former)) continue;
      this.#watch.watch(slot, turn, found.id, found.identity);
      former.unwatch(slot, turn);
    }
    if (slots.length > 0 && this.#former.has(former)) {
      // Not `unref`ed: see lib/live/endings.js.
      timers.setImmediate(() => this.#moveFrom(former, slots));
    } else if (this.#former.delete(former)) {
      former.close();
    }
  }
}

module.exports = { ProvenWatch };
