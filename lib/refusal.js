'use strict';

const { table } = require('./outcomes');
const { AuthorizationError, withoutStack, textOf } = require('./errors');

/**
 * The error with which a client is refused where the app gives none.
 * @param {{ outcome: number, cause: unknown, socket: object | undefined }} attempt
 */
function refusalOf({ outcome, cause, socket }) {
  const { code } = table[outcome];
  const info = { code, cause, data: receivesData(socket) ? { code } : undefined };
  return withoutStack(() => new AuthorizationError(messageOf(outcome, cause), info));
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

module.exports = { causeOf, messageOf, refusalOf };
