'use strict';

const { isHeard, masked, warn } = require('../diagnostics');
const { table, number } = require('../outcomes');
const { AuthorizationError, withoutStack, textOf, wordsOf } = require('../errors');

/**
 * The error with which a client is refused where the app gives none: a fixed text, and the code. The cause goes with it to
 * the app, and not to the client.
 * @param {{ outcome: number, cause: unknown, socket: object | undefined }} attempt
 */
function refusalOf(attempt) {
  tellOperator(attempt);
  return errorOf(attempt, table[attempt.outcome].clientText, attempt.cause);
}

/** Of a fault whose cause the client is not told, the first at once, then one a minute with a count. */
function tellOperator({ outcome, cause, data }) {
  const { code, critical, clientText } = table[outcome];
  if (!critical || NO_FAULT.has(outcome) || isHeard(cause)) return;
  warn(code, `${code}: ${masked(wordsOf(cause), data)} (clients are told: ${clientText})`, 1);
}

/** Critical in the original: a visitor without a log-in, and what the app has done itself. */
const NO_FAULT = new Set([number.PASSPORT_NOT_INITIALIZED, number.CLOSED]);

/**
 * The error with which a client is refused by `accept(error)`. Socket.IO sends the members `message` and `data` of what
 * it is given, so that a text, or an error without a message, would reach the client as nothing.
 */
function refusalBy(attempt, error) {
  return hasWords(error) ? error : errorOf(attempt, error, error);
}

function errorOf({ outcome, socket }, message, cause) {
  const { code } = table[outcome];
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

/**
 * Whether `fail` is shown the user that is on the request: where `success` failed it is known, as in the original. And
 * what is too much was not looked at: what another namespace knows of the client stays.
 */
function showsUser(outcome) {
  return outcome === number.CALLBACK_ERROR || outcome === number.TOO_MANY_ATTEMPTS;
}

module.exports = { causeOf, messageOf, refusalBy, refusalOf, showsUser };
