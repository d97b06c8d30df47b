'use strict';

const { isReported, masked, warn } = require('../diagnostics');
const { OUTCOME, outcomes } = require('../outcomes');
const { AuthorizationError, withoutStack, textOf, wordsOf } = require('../errors');

/**
 * The error with which a client is refused where the app gives none: a fixed text, and the code. The cause goes with it to
 * the app, and not to the client.
 * @param {{ outcome: number, cause: unknown, socket: object | undefined }} attempt
 */
function refusalOf(attempt) {
  warnOperator(attempt);
  return errorOf(attempt, outcomes[attempt.outcome].clientText, attempt.cause);
}

/** Of a fault whose cause the client is not told, the first at once, then one a minute with a count. */
function warnOperator({ outcome, cause, data }) {
  const { code, critical, clientText } = outcomes[outcome];
  if (!critical || NO_FAULT.has(outcome) || isReported(cause)) return;
  warn(code, `${code}: ${masked(wordsOf(cause), data)} (clients are told: ${clientText})`, 1);
}

/** Critical in the original: a visitor without a log-in, and what the app has done itself. */
const NO_FAULT = new Set([OUTCOME.PASSPORT_NOT_INITIALIZED, OUTCOME.CLOSED]);

/**
 * The error with which a client is refused by `accept(error)`. Socket.IO sends the members `message` and `data` of what
 * it is given, so that a text, or an error without a message, would reach the client as nothing.
 */
function refusalBy(attempt, error) {
  return hasWords(error) ? error : errorOf(attempt, error, error);
}

function errorOf({ outcome, socket }, message, cause) {
  const { code } = outcomes[outcome];
  const info = { code, cause, data: receivesData(socket) ? { code } : undefined };
  return withoutStack(() => new AuthorizationError(message, info));
}

function hasWords(error) {
  if (typeof error !== 'object' && typeof error !== 'function') return false;
  try {
    return (typeof error.message === 'string' && error.message !== '') || error.data !== undefined;
  } catch {
    return false;
  }
}

/**
 * A client of Socket.IO 3 or 4 receives message and data; an older one `data || message`, whatever the
 * server's version, and there are apps that match on the message.
 */
function receivesData(socket) {
  return !socket?.conn || socket.conn.protocol === 4;
}

/** The callback `fail` itself failed: the client is refused with that error, and the operator gets a warning. */
function failFailed({ accept, data }, error) {
  accept(error instanceof Error ? error : new AuthorizationError(error, { code: 'CALLBACK_ERROR' }), false);
  const words = masked(textOf(error?.stack ?? error), data);
  warn(
    'FAIL_CALLBACK_ERROR',
    `The fail callback given to authorize() failed; the connection was refused. ${words}`,
  );
}

/** The original's message: fixed, or fixed and followed by the cause's, or the app's own error itself. */
function messageOf(outcome, cause) {
  const { message, appendsCause } = outcomes[outcome];
  if (appendsCause) return message + textOf(cause?.message ?? cause);
  return message === '' ? cause : message;
}

/**
 * What befell the I/O thread, or the budget, comes as a text. And an app may throw nothing: a `fail` that
 * hands its message on, `accept(message)`, must not let the client in by it.
 */
function causeOf(outcome, cause) {
  const { message, appendsCause, hint } = outcomes[outcome];
  // What the addon tells in the call has no text beside its number.
  const text = appendsCause ? (cause ?? hint) : undefined;
  if (typeof text === 'string') return withoutStack(() => new Error(text));
  return message === '' ? cause || new Error('a callback failed without an error') : cause;
}

/**
 * Whether `fail` is shown the user that is on the request: where `success` failed it is known, as in the original. And
 * what is too much was not looked at: what another namespace knows of the client stays.
 */
function showsUser(outcome) {
  return outcome === OUTCOME.CALLBACK_ERROR || outcome === OUTCOME.TOO_MANY_ATTEMPTS;
}

module.exports = { causeOf, failFailed, messageOf, refusalBy, refusalOf, showsUser };
