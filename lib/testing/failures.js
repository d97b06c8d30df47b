'use strict';

const { AuthorizationError, messageOf, textOf, withoutStack } = require('../errors');

/** The cause of `CLOSED`. */
const CLOSED = 'the authorizer was closed';

/**
 * Rows of the table of outcomes (src/core/outcome.rs) that can occur here, where no addon gives it. A test compares them.
 * Where the message is empty it is the app's own error; `clientText` is the message unless it is given.
 */
const FAILURES = {
  SESSION_NOT_FOUND: {
    message: 'No session found',
    hint: 'The cookie is genuine but its session is gone: it expired, was destroyed, or the store, database or prefix is not the one express-session writes to.',
  },
  NOT_LOGGED_IN: {
    message: 'User not authorized through passport. (User Property not found)',
    hint: 'The visitor has a session but is not logged in.',
  },
  DESERIALIZE_ERROR: {
    message: '',
    critical: true,
    clientText: 'Error in deserializing the user',
    hint: "passport.deserializeUser gave this error; look at the app's deserializer.",
  },
  DESERIALIZE_TIMEOUT: {
    message: 'Error in deserializing the user',
    critical: true,
    hint: 'passport.deserializeUser did not answer within the option timeout (milliseconds): it must call done(); an async function that rejects never answers, because Passport ignores promises.',
  },
  CALLBACK_ERROR: {
    message: '',
    critical: true,
    clientText: 'Error in authorization',
    hint: 'A callback given to authorize() threw this error or rejected with it.',
  },
  REFUSED: { message: 'Not authorized', hint: 'The app called accept(null, false).' },
  CLOSED: {
    message: 'Error in session store:\n',
    critical: true,
    clientText: 'Error in session store',
    hint: 'authorizer.close() was called.',
  },
};

/** Why a client has no user: what `fail` gets, and what a refusal is made of. */
class Failure {
  /** @param {string} code - of FAILURES */
  constructor(code, cause) {
    const { message, critical = false, hint } = FAILURES[code];
    this.code = code;
    this.critical = critical;
    this.hint = hint;
    if (code === 'CLOSED') this.cause = withoutStack(() => new Error(CLOSED));
    else this.cause = message === '' ? cause || new Error('a callback failed without an error') : cause;
    if (code === 'CLOSED') this.message = message + CLOSED;
    else this.message = message === '' ? this.cause : message;
  }

  /** What a client is told by default. */
  get clientText() {
    const { clientText, message } = FAILURES[this.code];
    return clientText ?? message;
  }

  /** The fifth argument of `fail`. */
  get info() {
    const { code, hint, cause } = this;
    return { code, hint, cause };
  }
}

/** The error that refuses a client where the app gives none. */
function refusalOf({ code, cause, clientText }, socket) {
  return errorOf(code, clientText, cause, socket);
}

/** The error that refuses a client by `accept(error)`: Socket.IO sends its members `message` and `data`. */
function refusalBy(error, { code }, socket) {
  return hasMessage(error) ? error : errorOf(code, error, error, socket);
}

/** The error of `recheck` and `ready`. */
function failureError({ code, message, cause, hint }) {
  return new AuthorizationError(messageOf(message), { code, cause, hint });
}

function errorOf(code, message, cause, socket) {
  // An older client gets `data` instead of the message.
  const data = !socket?.conn || socket.conn.protocol === 4 ? { code } : undefined;
  return withoutStack(() => new AuthorizationError(message, { code, cause, data }));
}

function hasMessage(error) {
  if (typeof error !== 'object' && typeof error !== 'function') return false;
  try {
    return (typeof error.message === 'string' && error.message !== '') || error.data !== undefined;
  } catch {
    return false;
  }
}

/** What Engine.IO writes into the response, where `allowRequest` refuses: the code, or the app's own words. */
function refusalText(error, { code }, data) {
  const isServed = 'websocket' in data || 'cleanup' in data;
  if (!error) return isServed ? error : code;
  return error instanceof Error ? textOf(error) : messageOf(error);
}

module.exports = { FAILURES, Failure, failureError, refusalBy, refusalOf, refusalText };
