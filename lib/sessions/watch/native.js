'use strict';

const native = require('../../addon');
const events = require('./events');

/**
 * Watches sessions in Redis, natively: on a connection of its own, on which the server tells of changes (`CLIENT TRACKING`)
 * where it can.
 */
class NativeWatch {
  #watcher;
  #onEnd;
  #unwatch;

  /**
   * @param {object} lookup - native.Lookup: where the sessions are
   * @param {{ recheckEvery: number, onEnd: (slot: number, turn: number, reason: string) => void }} settings
   */
  constructor(lookup, { recheckEvery, onEnd }) {
    this.#watcher = new native.Watcher(lookup, recheckEvery);
    this.#onEnd = onEnd;
    this.#unwatch = this.#watcher.stopper();
    /**
     * Watches a session for a socket. `onEnd` is called once with slot and turn, never in this call, if it ends.
     * @type {(slot: number, turn: number, id: string, identity: string) => void}
     */
    this.watch = this.#watcher.starter();
    events.listen(this.#watcher.owner, this);
  }

  unwatch(slot, turn) {
    this.#unwatch(slot, turn);
  }

  /** The session has ended; the addon has forgotten the slot. */
  ended(slot, turn, reason) {
    this.#onEnd(slot, turn, reason);
  }

  /** The session has another user. */
  changed(slot, turn) {
    this.#unwatch(slot, turn);
    this.#onEnd(slot, turn, 'user-changed');
  }

  /** Reads everything again now. */
  recheck() {
    this.#watcher.readAll();
  }

  /** @returns {Map<number, { id: string, identity: string }>} by slot; those that are not watched are absent */
  idsOf(slots) {
    const flat = JSON.parse(this.#watcher.describe(Uint32Array.from(slots)));
    const ids = new Map();
    for (const [at, slot] of slots.entries()) {
      const [id, identity] = flat.slice(2 * at, 2 * at + 2);
      if (typeof id === 'string') ids.set(slot, { id, identity });
    }
    return ids;
  }

  get tier() {
    const { isTracking } = this.#watcher.status();
    if (isTracking === undefined) return null;
    return isTracking ? 'tracking' : 'poll';
  }

  /** The number of distinct sessions. */
  get sessions() {
    return this.#watcher.status().sessions;
  }

  close() {
    this.#watcher.close();
    events.forget(this.#watcher.owner);
  }
}

module.exports = { NativeWatch };
