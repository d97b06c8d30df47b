'use strict';

const { warn } = require('../diagnostics');
const { isLogging, logFailure } = require('../diagnostics/debug-log');
const { failureOf } = require('../diagnostics/words');
const { OUTCOME, outcomes } = require('../outcomes');
const { AuthorizationError, textOf, withoutStack } = require('../errors');

/**
 * The error that refuses a client where the app gives none. The client gets a fixed text and the code; the cause stays on
 * the server (`err.cause`).
 * @param {{ outcome: number, cause: unknown, socket: object | undefined }} attempt
 */
function refusalOf(attempt) {
  return errorOf(attempt, outcomes[attempt.outcome].clientText, attempt.cause);
}

/**
 * The error that refuses a client by `accept(error)`. Socket.IO sends the members `message` and `data` of the error: a
 * text, or an error without a message, would reach the client as an empty text.
 */
function refusalBy(attempt, error) {
  return hasMessage(error) ? error : errorOf(attempt, error, error);
}

function errorOf({ outcome, socket }, message, cause) {
  const { code } = outcomes[outcome];
  const info = { code, cause, data: receivesData(socket) ? { code } : undefined };
  return withoutStack(() => new AuthorizationError(message, info));
}

function hasMessage(error) {
  if (typeof error !== 'object' && typeof error !== 'function') return false;
  try {
    return (typeof error.message === 'string' && error.message !== '') || error.data !== undefined;
  } catch {
    return false;
  }
}

/**
 * A client of Socket.IO 3 or 4 receives message and data. An older client receives `data || message`, whatever the version
 * of the server, and there are apps that compare the message.
 */
function receivesData(socket) {
  return !socket?.conn || socket.conn.protocol === 4;
}

/** The callback `fail` itself failed: the client is refused with that error, and the operator gets a warning. */
function failFailed({ accept, data, cause }, error) {
  accept(error instanceof Error ? error : new AuthorizationError(error, { code: 'CALLBACK_ERROR' }), false);
  if (isLogging) logFailure('FAIL_CALLBACK_ERROR', error, data);
  // A `fail` that throws what it was given: that has its own warning, if it is a fault.
  if (error !== undefined && error === cause) return;
  warn(
    'FAIL_CALLBACK_ERROR',
    () =>
      `The fail callback given to authorize() failed; the connection was refused. ${failureOf(error, data)}`,
    1,
  );
}

/** The original's message: a fixed text, a fixed text followed by the cause, or the app's own error. */
function failMessageOf(outcome, cause) {
  const { message, appendsCause } = outcomes[outcome];
  if (appendsCause) return message + textOf(cause?.message ?? cause);
  return message === '' ? cause : message;
}

/**
 * The cause as an error. The I/O thread gives a text. An app may throw undefined: a `fail` that passes its message on, as
 * `accept(message)`, must not let the client in.
 */
function causeOf(outcome, cause) {
  const { message, appendsCause, hint } = outcomes[outcome];
  // An outcome that the addon gives in the call has no text.
  const text = appendsCause ? (cause ?? hint) : undefined;
  if (typeof text === 'string') return withoutStack(() => new Error(text));
  return message === '' ? cause || new Error('a callback failed without an error') : cause;
}

/**
 * Whether `fail` sees the user on the request. Where `success` failed the user is known, as in the original. An attempt too
 * many was not looked up: the user that another namespace has put there stays.
 */
function showsUser(outcome) {
  return outcome === OUTCOME.CALLBACK_ERROR || outcome === OUTCOME.TOO_MANY_ATTEMPTS;
}

module.exports = { causeOf, failFailed, failMessageOf, refusalBy, refusalOf, showsUser };
