'use strict';

const { AsyncResource } = require('node:async_hooks');
const { table, number } = require('./outcomes');
const { acceptOnce } = require('./answer');
const { setUser, dropUser } = require('./user');
const { AuthorizationError, withoutStack, textOf } = require('./errors');

/** Spares the bookkeeping that would emit `destroy` at garbage collection. */
const ASYNC_OPTIONS = { requireManualDestroy: true };

/**
 * One connection on its way through: what became of its look-up comes in, `success` or `fail` is
 * called. An AsyncResource, so that the app's callbacks see the AsyncLocalStorage of their own
 * connection although one wake-up serves many (40 ns).
 */
class Connection extends AsyncResource {
  /**
   * @param {import('./authorizer').Authorizer} authorizer
   * @param {object} data - the request
   * @param {object | undefined} socket - of Socket.IO ≥ 1.0
   * @param {Function} done - `next(error)` for a socket, else `accept(error, accepted)`
   */
  constructor(authorizer, data, socket, done) {
    super('PassportSocketIoConnection', ASYNC_OPTIONS);
    this.authorizer = authorizer;
    this.data = data;
    this.socket = socket;
    this.accept = acceptOnce(socket !== undefined, done, this);
    /** Why it was refused last; where nothing failed, the app's own `accept(null, false)`. */
    this.outcome = number.REFUSED;
    this.cause = undefined;
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
    this.authorizer.settled();
    if (outcome === number.FOUND && !this.#isTooLate()) this.#deserialize(value);
    else if (outcome !== number.FOUND) this.fail(outcome, value);
  }

  /** Session known, user wanted. */
  #deserialize(userKey) {
    let open = true;
    const done = (error, user) => {
      // Passport calls again if a callback throws, and an app's deserializer may anyway.
      if (!open) return;
      open = false;
      if (this.#isTooLate()) return;
      if (error) this.fail(number.DESERIALIZE_ERROR, error);
      else if (!user) this.fail(number.USER_NOT_FOUND);
      else this.#succeed(user);
    };
    try {
      this.authorizer.options.passport.deserializeUser(userKey, this.data, done);
    } catch (error) {
      done(error ?? new Error('deserializeUser threw nothing'));
    }
  }

  /** Nobody is let in once the authorizer is closed, whatever was under way. */
  #isTooLate() {
    if (!this.authorizer.closed) return false;
    this.fail(number.CLOSED, 'the authorizer was closed');
    return true;
  }

  #succeed(user) {
    const { options, tally } = this.authorizer;
    setUser(this.data, options.userProperty, user);
    tally.authorized += 1;
    try {
      this.authorizer.admission.admit(this.socket, user, this.data);
      const result = options.success(this.data, this.accept);
      if (isThenable(result)) result.then(undefined, (error) => this.#successFailed(error));
    } catch (error) {
      this.#successFailed(error);
    }
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
    const { code, critical, hint } = table[outcome];
    this.outcome = outcome;
    this.cause = causeOf(outcome, cause);
    // Where `success` failed the user is known, and stays, as in the original.
    if (outcome !== number.CALLBACK_ERROR) dropUser(this.data, options.userProperty);
    this.authorizer.admission.admitGuest(this.socket, this.data);
    tally.refused(outcome);
    const info = { code, hint, cause: this.cause };
    try {
      const message = messageOf(outcome, this.cause);
      const result = options.fail(this.data, message, critical, this.accept, info);
      if (isThenable(result)) result.then(undefined, (error) => this.#failFailed(error));
    } catch (error) {
      this.#failFailed(error);
    }
  }

  /** The error of a refusal for which the app gave none, as the default `fail` does: `accept(null, false)`. */
  refusal() {
    const { outcome, cause, socket } = this;
    const { code } = table[outcome];
    const info = { code, cause, data: receivesData(socket) ? { code } : undefined };
    return withoutStack(() => new AuthorizationError(messageOf(outcome, cause), info));
  }

  /** `fail` itself failed: out with the client, and a word to the operator, as Express has for a handler. */
  #failFailed(error) {
    this.accept(
      error instanceof Error ? error : new AuthorizationError(error, { code: 'CALLBACK_ERROR' }),
      false,
    );
    process.emitWarning(
      `The fail callback given to authorize() failed; the connection was refused. ${textOf(error?.stack ?? error)}`,
      { type: 'PassportSocketIoWarning', code: 'FAIL_CALLBACK_ERROR' },
    );
  }
}

/** A callback may be an async function: its error comes as a rejection. */
function isThenable(result) {
  return typeof result?.then === 'function';
}

/**
 * A client of Socket.IO 3 or 4 receives message and data; an older one `data || message`, whatever the
 * server's version, and there are apps that match on the message.
 */
function receivesData(socket) {
  return !socket?.conn || socket.conn.protocol === 4;
}

/** The original's message: fixed, or fixed and followed by the cause's, or the app's own error itself. */
function messageOf(outcome, cause) {
  const { message, appendsCause } = table[outcome];
  if (appendsCause) return message + textOf(cause?.message ?? cause);
  return message === '' ? cause : message;
}

/**
 * What befell the I/O thread, or the budget, comes as a text. And an app may throw nothing: a `fail` that
 * hands its message on, `accept(message)`, must not let the client in by it.
 */
function causeOf(outcome, cause) {
  const { message, appendsCause, hint } = table[outcome];
  // What the addon tells in the call has no text beside its number.
  const text = appendsCause ? (cause ?? hint) : undefined;
  if (typeof text === 'string') return withoutStack(() => new Error(text));
  return message === '' ? cause || new Error('a callback failed without an error') : cause;
}

module.exports = { Connection };
