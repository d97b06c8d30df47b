'use strict';

const { performance } = require('node:perf_hooks');
const timers = require('node:timers');
const { OUTCOME } = require('../../outcomes');
const { readyOf } = require('../../redis/clients');

/**
 * How long, in milliseconds, the store is waited for while the addon finds nobody at the address of its Redis.
 * - A client that says that it is not connected queues its commands until it is. A connection that was only cut is made
 *   again within some 50 ms (node-redis and ioredis begin with delays of up to 250).
 * - A client that says that it is connected, or says nothing, may be right: a rule of the network may keep out the addon
 *   alone. It may as well be wrong, because the server hangs. A store that has answered since is waited for as ever; one
 *   that has not gets four times as long, which a sound store does not need.
 */
const NOT_READY_MS = 250;
const SILENT_MS = 1000;
/** How long, in milliseconds, a confirmation is waited for then. The addon has answered already, with an error. */
const CONFIRM_MS = 250;
/** Time between two looks at what waits. */
const TICK_MS = 100;

/**
 * While Redis is down, the app's client queues its commands, and every visitor would wait for the whole `timeout` before they
 * are refused. The addon knows better: it ends what waits for the store, with the cause.
 */
class Impatience {
  #backend;
  #store;
  /** @type {Map<Function, number>} how to end each look-up in the store, and since when it waits */
  #waiting = new Map();
  #timer = null;
  /** How often the store had answered when the addon first found nobody; undefined while it does not. */
  #answers;

  /**
   * @param {{ stage: { native?: import('../redis').RedisBackend }, client: object }} backend
   * @param {import('../store').StoreBackend} store
   */
  constructor(backend, store) {
    this.#backend = backend;
    this.#store = store;
  }

  /** @param {(outcome: number, value: unknown) => void} finish - ends a look-up in the store */
  add(finish) {
    this.#waiting.set(finish, performance.now());
    if (this.#timer === null) this.#arm();
  }

  remove(finish) {
    this.#waiting.delete(finish);
  }

  /** Another stage begins: what the store has answered before says nothing about it. */
  reset() {
    this.#answers = undefined;
  }

  /** How long a confirmation is waited for, after the addon has found nobody. Undefined where it was refused. */
  get confirmWithin() {
    const { stage, client } = this.#backend;
    if (!stage.native?.status.isOutOfReach) return undefined;
    return readyOf(client) === false ? 0 : CONFIRM_MS;
  }

  /** The look-ups themselves keep the process alive. */
  #arm() {
    this.#timer = timers.setTimeout(() => this.#look(), TICK_MS).unref();
  }

  #look() {
    this.#timer = null;
    const { native } = this.#backend.stage;
    if (native) this.#endWithCause(native);
    if (this.#waiting.size > 0) this.#arm();
  }

  #endWithCause(native) {
    const { address, state, isOutOfReach, lastError } = native.status;
    // Only now it is worth a connection: the store has answered nobody yet, so that nothing is proven.
    if (state === 'idle' && this.#hasAny(NOT_READY_MS)) native.connect();
    if (!isOutOfReach) {
      this.#answers = undefined;
      return;
    }
    this.#answers ??= this.#store.answers;
    const limit = this.#limit;
    const now = performance.now();
    for (const [finish, since] of this.#waiting) {
      if (now - since < limit) break;
      finish(OUTCOME.STORE_ERROR, `${lastError} (${address})`);
    }
  }

  get #limit() {
    if (readyOf(this.#backend.client) === false) return NOT_READY_MS;
    return this.#store.answers === this.#answers ? SILENT_MS : Infinity;
  }

  /** The first one waits longest. */
  #hasAny(ms) {
    for (const since of this.#waiting.values()) return performance.now() - since >= ms;
    return false;
  }
}

module.exports = { Impatience };
