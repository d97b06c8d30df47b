'use strict';

const { isReported, masked, warn } = require('../diagnostics');
const { OUTCOME, outcomes } = require('../outcomes');
const { AuthorizationError, messageOf, textOf, withoutStack } = require('../errors');

/**
 * The error that refuses a client where the app gives none. The client gets a fixed text and the code; the cause stays on
 * the server (`err.cause`).
 * @param {{ outcome: number, cause: unknown, socket: object | undefined }} attempt
 */
function refusalOf(attempt) {
  warnOperator(attempt);
  return errorOf(attempt, outcomes[attempt.outcome].clientText, attempt.cause);
}

/** Warns of a fault of the server: the first at once, then one a minute with a count. */
function warnOperator({ outcome, cause, data }) {
  const { code, critical, clientText } = outcomes[outcome];
  if (!critical || NO_FAULT.has(outcome) || isReported(cause)) return;
  warn(code, `${code}: ${masked(messageOf(cause), data)} (clients are told: ${clientText})`, 1);
}

/** `critical` in the original, but no fault of the server: a visitor without a log-in, an authorizer that the app closed. */
const NO_FAULT = new Set([OUTCOME.PASSPORT_NOT_INITIALIZED, OUTCOME.CLOSED]);

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
function failFailed({ accept, data }, error) {
  accept(error instanceof Error ? error : new AuthorizationError(error, { code: 'CALLBACK_ERROR' }), false);
  const words = masked(textOf(error?.stack ?? error), data);
  warn(
    'FAIL_CALLBACK_ERROR',
    `The fail callback given to authorize() failed; the connection was refused. ${words}`,
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

module.exports = { NO_FAULT, causeOf, failFailed, failMessageOf, refusalBy, refusalOf, showsUser };
