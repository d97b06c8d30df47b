'use strict';

const { AsyncResource } = require('node:async_hooks');
const { table, number } = require('../outcomes');
const { acceptOnce, isThenable } = require('./accept');
const { beginNext, carrierOf, leave } = require('./connection-limits');
const { masked, warn } = require('../diagnostics');
const { adoptUser, putGuest, putUser } = require('../request-user');
const { AuthorizationError, textOf } = require('../errors');
const { causeOf, messageOf, showsUser } = require('./refusal');

/** Spares the bookkeeping that would emit `destroy` at garbage collection. */
const ASYNC_OPTIONS = { requireManualDestroy: true };

/** Whose turn it is: ours, or that of a callback of the app, which may take its time. */
const LOOK_UP = 'the look-up';
const ORIGIN = 'origin';
const DESERIALIZE = 'deserializeUser';
const SUCCESS = 'success';
const FAIL = 'fail';
/** The connection has ended before the look-up did: nobody's. */
const NOBODY = 'nobody';

/**
 * One authorization on its way through: what became of its look-up comes in, `success` or `fail` is
 * called. An AsyncResource, so that the app's callbacks see the AsyncLocalStorage of their own
 * connection although one wake-up serves many (40 ns).
 */
class Attempt extends AsyncResource {
  #turn = LOOK_UP;
  /** Whether `accept` was called. */
  #isDecided = false;
  /** Whether it counts for the option `maxPending`. */
  #isPending = false;
  #isGone = false;
  /** What the request showed when `success` or `fail` was called, which may put something else there. */
  #shownBefore;
  /** Of Deadlines. */
  deadline = null;

  /**
   * @param {import('./authorizer').Authorizer} authorizer
   * @param {object} data - the request
   * @param {object | undefined} socket - of Socket.IO ≥ 1.0
   * @param {Function} done - `next(error)` for a socket, else `accept(error, accepted)`
   */
  constructor(authorizer, data, socket, done) {
    super('PassportSocketIoAttempt', ASYNC_OPTIONS);
    this.authorizer = authorizer;
    this.data = data;
    this.socket = socket;
    this.accept = acceptOnce(socket !== undefined, done, this);
    /** Why it was refused last; where nothing failed, the app's own `accept(null, false)`. */
    this.outcome = number.REFUSED;
    this.cause = undefined;
  }

  /** What it came on, which may carry many: the connection of Engine.IO, or where there is no socket the request. */
  get connection() {
    return this.socket ? this.socket.conn : carrierOf(this.data);
  }

  get namespace() {
    return this.socket?.nsp;
  }

  /** The callback whose turn it is, for people. */
  get callback() {
    return this.#turn;
  }

  /** It has waited for its turn, which has come. */
  begin() {
    this.runInAsyncScope(this.authorizer.begin, this.authorizer, this);
  }

  /** It counts for the option `maxPending` until `accept` is called, its time is over, or the connection ends. */
  pend() {
    this.#isPending = true;
    this.authorizer.tally.pending += 1;
  }

  /** A verdict from the I/O thread or from a store, in whatever context that calls. */
  deliver(outcome, value) {
    this.runInAsyncScope(this.settle, this, outcome, value);
  }

  /**
   * What became of the look-up.
   * @param {number} outcome - index into the table of outcomes
   * @param {unknown} value - the user's key where a session was found, else the cause of the failure
   */
  settle(outcome, value) {
    // Nobody waits for it any longer: the app is not troubled. Socket.IO is told, so that it cleans up.
    if (this.#turn === NOBODY) this.accept(null, false);
    else if (outcome !== number.FOUND) this.fail(outcome, value);
    else if (!this.#isTooLate()) this.#deserialize(value);
  }

  /** The option `origin` is a function, or the server's `cors` is, that answers later. */
  awaitJudgement(isAllowed) {
    this.#turn = ORIGIN;
    this.authorizer.deadlines.add(this);
    isAllowed.then((is) => this.#judged(is));
  }

  #judged(isAllowed) {
    if (this.#turn !== ORIGIN) return;
    this.#turn = LOOK_UP;
    this.authorizer.deadlines.remove(this);
    this.authorizer.judged(this, isAllowed);
  }

  /** Session known, user wanted. */
  #deserialize(userKey) {
    const done = (error, user) => {
      // Passport calls again if a callback throws, an app's deserializer may anyway, and so may one that is too late.
      if (this.#turn !== DESERIALIZE) return;
      this.#turn = LOOK_UP;
      if (this.deadline !== null) this.authorizer.deadlines.remove(this);
      if (this.#isTooLate()) return;
      if (error) this.fail(number.DESERIALIZE_ERROR, error);
      else if (!user) this.fail(number.USER_NOT_FOUND);
      else this.#succeed(user);
    };
    this.#turn = DESERIALIZE;
    try {
      this.authorizer.options.passport.deserializeUser(userKey, this.data, done);
    } catch (error) {
      done(error ?? new Error('deserializeUser threw nothing'));
    }
    if (this.#turn === DESERIALIZE) this.authorizer.deadlines.add(this);
  }

  /** Nobody is let in once the authorizer is closed, whatever was under way. */
  #isTooLate() {
    if (!this.authorizer.closed) return false;
    this.fail(number.CLOSED, 'the authorizer was closed');
    return true;
  }

  #succeed(user) {
    const { options, place, tally, admission } = this.authorizer;
    putUser(this.socket, this.data, place, user);
    this.#shownBefore = user;
    tally.authorized += 1;
    this.#turn = SUCCESS;
    try {
      admission.admit(this.socket, user, this.data);
      const result = options.success(this.data, this.accept);
      if (isThenable(result)) result.then(undefined, (error) => this.#successFailed(error));
    } catch (error) {
      this.#successFailed(error);
    }
    if (this.#turn === SUCCESS) this.#awaitDecision();
  }

  #successFailed(error) {
    this.authorizer.tally.authorized -= 1;
    this.fail(number.CALLBACK_ERROR, error);
  }

  /**
   * Tells the app that this connection is not to be let in, and why.
   * @param {number} outcome - index into the table of outcomes
   * @param {unknown} [cause]
   */
  fail(outcome, cause) {
    const { options, tally } = this.authorizer;
    const { code, critical } = table[outcome];
    this.outcome = outcome;
    this.cause = causeOf(outcome, cause);
    this.#turn = FAIL;
    if (this.deadline !== null) this.authorizer.deadlines.remove(this);
    if (!showsUser(outcome)) this.#becomeGuest();
    this.#shownBefore = this.data[this.authorizer.place.property];
    tally.refused(outcome);
    const info = { code, hint: this.authorizer.hintOf(this), cause: this.cause };
    try {
      const message = messageOf(outcome, this.cause);
      const result = options.fail(this.data, message, critical, this.accept, info);
      if (isThenable(result)) result.then(undefined, (error) => this.#failFailed(error));
    } catch (error) {
      this.#failFailed(error);
    }
    this.#awaitDecision();
  }

  /** Under a flood there is no waiting for `fail`: what is refused for being too much must not pile up there. */
  refuseTooMany() {
    this.fail(number.TOO_MANY_ATTEMPTS);
    this.accept(null, false);
  }

  /** `success` or `fail` was called; where it has not called `accept`, its time runs. */
  #awaitDecision() {
    if (!this.#isDecided && this.deadline === null) this.authorizer.deadlines.add(this);
  }

  /** The time of the callback whose turn it is is over. */
  expire() {
    this.runInAsyncScope(this.#expire, this);
  }

  #expire() {
    const { options, warnings } = this.authorizer;
    const within = `within ${options.timeout} ms (option timeout)`;
    switch (this.#turn) {
      case DESERIALIZE:
        this.fail(number.DESERIALIZE_TIMEOUT, new Error(`no answer within ${options.timeout} ms`));
        break;
      case ORIGIN:
        this.fail(number.ORIGIN_NOT_ALLOWED);
        break;
      case SUCCESS:
        if (this.#isGone) {
          this.accept(null, false);
          break;
        }
        // It may still let the client in; it no longer counts.
        warnings.once(
          'SUCCESS_UNDECIDED',
          `The success callback given to authorize() has not called accept ${within}. The client waits for it.`,
        );
        this.#release();
        this.leave();
        break;
      default:
        warnings.once(
          'FAIL_UNDECIDED',
          `The fail callback given to authorize() has not called accept ${within}. The client was refused.`,
        );
        this.accept(null, false);
    }
  }

  /** `accept` was called; `leave` follows when the client has its answer. */
  decided(isYes) {
    this.#isDecided = true;
    if (this.deadline !== null) this.authorizer.deadlines.remove(this);
    if (isYes && this.#turn === FAIL) this.#becomeGuest(this.#shownBefore);
    else if (isYes && this.#turn === SUCCESS) this.#isLetIn();
    this.#release();
  }

  /** Others of the connection have their turn. */
  leave() {
    if (this.connection !== undefined) beginNext(this.connection);
  }

  /** The client is gone. Nothing new is begun for it; what the app has begun goes on. */
  endWithConnection() {
    this.#isGone = true;
    this.#release();
    if (this.#turn === LOOK_UP) this.#turn = NOBODY;
    else if (this.#turn === ORIGIN) this.abandon();
  }

  /** The client has gone before its turn came. Socket.IO is told, so that it forgets the socket. */
  abandon() {
    this.#turn = NOBODY;
    this.runInAsyncScope(this.accept, undefined, null, false);
  }

  #isLetIn() {
    adoptUser(this.socket, this.data, this.authorizer.place, this.#shownBefore);
    this.authorizer.admitted(this);
  }

  /** Whoever `fail` lets in has no user, no rooms and no entry in the index, whatever failed. */
  #becomeGuest(before) {
    const { place, admission } = this.authorizer;
    putGuest(this.socket, this.data, place, before);
    admission.admitGuest(this.socket, this.data);
  }

  /** It makes room for others. */
  #release() {
    if (this.connection !== undefined) leave(this);
    if (!this.#isPending) return;
    this.#isPending = false;
    this.authorizer.tally.pending -= 1;
  }

  /** `fail` itself failed: out with the client, and a word to the operator, as Express has for a handler. */
  #failFailed(error) {
    this.accept(
      error instanceof Error ? error : new AuthorizationError(error, { code: 'CALLBACK_ERROR' }),
      false,
    );
    const words = masked(textOf(error?.stack ?? error), this.data);
    warn(
      'FAIL_CALLBACK_ERROR',
      `The fail callback given to authorize() failed; the connection was refused. ${words}`,
    );
  }
}

module.exports = { Attempt };
