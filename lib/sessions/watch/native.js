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
  #keeps;
  #unwatch;

  /**
   * @param {object} lookup - native.Lookup: where the sessions are
   * @param {object} settings
   * @param {(slot: number, turn: number, reason: string) => void} settings.onEnd
   * @param {boolean} [settings.keeps] - a slot whose session has ended is watched until it is unwatched: its owner asks
   *   somebody else first
   * @param {object} [credentials] - which the addon asks before each connection
   */
  constructor(lookup, { recheckEvery, onEnd, keeps = false }, credentials) {
    this.#watcher = new native.Watcher(lookup, recheckEvery, keeps);
    this.#onEnd = onEnd;
    this.#keeps = keeps;
    /** Kept alive here. */
    this.credentials = credentials;
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

  /** The session has ended. */
  ended(slot, turn, reason) {
    this.#onEnd(slot, turn, reason);
  }

  /** The session has another user. */
  changed(slot, turn) {
    if (!this.#keeps) this.#unwatch(slot, turn);
    this.#onEnd(slot, turn, 'user-changed');
  }

  /** The session has the same user in another notation (`1.0` for `1`), of which the addon need not tell again. */
  noted(slot, turn, identity) {
    const known = this.#keeps ? this.idsOf([slot]).get(slot) : undefined;
    // A text that is no UTF-8 can only be noted as another one: the addon would see the same change at once, and for ever.
    if (known?.turn === turn && known.identity !== identity) this.watch(slot, turn, known.id, identity);
  }

  /** @returns {Map<number, { turn: number, id: string, identity: string }>} by slot; those that are not watched are absent */
  idsOf(slots) {
    const flat = JSON.parse(this.#watcher.describe(Uint32Array.from(slots)));
    const ids = new Map();
    for (const [at, slot] of slots.entries()) {
      const [turn, id, identity] = flat.slice(3 * at, 3 * at + 3);
      if (typeof id === 'string') ids.set(slot, { turn, id, identity });
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
