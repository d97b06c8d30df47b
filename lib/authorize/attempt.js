'use strict';

const { AsyncResource } = require('node:async_hooks');
const { OUTCOME } = require('../outcomes');
const { carrierOf, leave } = require('./connection-limits');

/** Spares the bookkeeping that would emit `destroy` at garbage collection. */
const ASYNC_OPTIONS = { requireManualDestroy: true };

/** Where an attempt is: on our side, or in a callback of the app. The texts name the callback in warnings. */
const STEP = Object.freeze({
  LOOK_UP: 'the look-up',
  ORIGIN: 'origin',
  DESERIALIZE: 'deserializeUser',
  SUCCESS: 'success',
  FAIL: 'fail',
  /** The connection ended before the look-up did. */
  ABANDONED: 'the client has left',
});

/**
 * The state of one authorization. It decides nothing: what happens later (its turn, the outcome of its look-up, the end of
 * its time) it hands to the Authorizer, in its own async context. So the app's callbacks see the AsyncLocalStorage of
 * their own connection although one wake-up serves many (40 ns).
 */
class Attempt extends AsyncResource {
  #authorizer;
  #isPending = false;
  step = STEP.LOOK_UP;
  /** Whether `accept` was called. */
  isDecided = false;
  /** Whether the client has left. */
  isGone = false;
  /** Why it was refused last; where nothing failed, the app's own `accept(null, false)`. */
  outcome = OUTCOME.REFUSED;
  cause = undefined;
  /** What its socket expects of the session, where sessions are watched. */
  expected = undefined;
  /** What came as `session_id` in the query, which is read once. */
  queried = undefined;
  /** What the request showed as user when `success` or `fail` was called: they may put another one there. */
  shown = undefined;
  /** Set by Deadlines. */
  deadline = null;
  /** For the app's callbacks. */
  accept = undefined;

  /**
   * @param {import('./authorizer').Authorizer} authorizer
   * @param {object} data - the request
   * @param {object | undefined} socket - of Socket.IO 1.0 or later
   * @param {Function} done - `next(error)` for a socket, else `accept(error, accepted)`
   * @param {import('./heard').Heard} [heard] - where somebody traces authorizations
   */
  constructor(authorizer, data, socket, done, heard) {
    super('PassportSocketIoAttempt', ASYNC_OPTIONS);
    this.#authorizer = authorizer;
    this.data = data;
    this.socket = socket;
    this.done = done;
    /** Only where somebody hears of it: one field for all that. */
    this.heard = heard;
  }

  /** What the attempts of one client share: the Engine.IO connection, else the request. */
  get connection() {
    return this.socket ? this.socket.conn : carrierOf(this.data);
  }

  get namespace() {
    return this.socket?.nsp;
  }

  /** For what is found out about an attempt that has failed. */
  get authorizer() {
    return this.#authorizer;
  }

  get warnings() {
    return this.#authorizer.warnings;
  }

  /** Its turn has come. */
  begin() {
    this.runInAsyncScope(this.#authorizer.begin, this.#authorizer, this);
  }

  /** The outcome of the look-up, from the I/O thread or from a store, in whatever context that calls. */
  deliver(outcome, value, id) {
    this.runInAsyncScope(this.#authorizer.settle, this.#authorizer, this, outcome, value, id);
  }

  /** Its time is over. */
  expire() {
    this.runInAsyncScope(this.#authorizer.expire, this.#authorizer, this);
  }

  /** Resolves when `accept` has been called. */
  decided() {
    return new Promise((resolve) => {
      const { done } = this;
      this.done = (...args) => {
        resolve();
        done(...args);
      };
    });
  }

  /** A callback of the app has not answered in the call: its time runs. */
  waitIn(step) {
    this.step = step;
    this.#authorizer.deadlines.add(this);
  }

  /** The callback has answered. */
  resume() {
    this.step = STEP.LOOK_UP;
    if (this.deadline !== null) this.#authorizer.deadlines.remove(this);
  }

  /** It counts for the option `maxPending` until `accept` is called, its time is over, or the connection ends. */
  pend() {
    this.#isPending = true;
    this.#authorizer.stats.pending += 1;
  }

  /** It stops counting for `maxPending` and for the limits of its connection. */
  release() {
    if (this.isDecided && this.deadline !== null) this.#authorizer.deadlines.remove(this);
    if (this.connection !== undefined) leave(this);
    if (!this.#isPending) return;
    this.#isPending = false;
    this.#authorizer.stats.pending -= 1;
  }

  /** The connection ends. No further step begins; what the app has begun goes on. */
  endWithConnection() {
    this.isGone = true;
    this.release();
    if (this.step === STEP.LOOK_UP) this.step = STEP.ABANDONED;
    else if (this.step === STEP.ORIGIN) this.abandon();
  }

  /** The client left before the attempt had its turn. Socket.IO gets an answer, so that it drops the socket. */
  abandon() {
    this.step = STEP.ABANDONED;
    this.runInAsyncScope(this.accept, undefined, null, false);
  }
}

module.exports = { Attempt, STEP };
