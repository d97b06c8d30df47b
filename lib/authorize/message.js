'use strict';

const { ifReadable } = require('../errors');
const { OUTCOME, outcomes } = require('../outcomes');
const { userAt } = require('../request-user');
const { STEP } = require('./attempt');

/** What became of an attempt, in the words of the debug log. */
const RESULT = Object.freeze({ LET_IN: 'let-in', GUEST: 'guest', REFUSED: 'refused', LEFT: 'left' });

/**
 * @param {import('./attempt').Attempt} attempt - that is decided
 * @param {boolean} isIn
 */
function resultOf({ step }, isIn) {
  if (isIn) return step === STEP.SUCCESS ? RESULT.LET_IN : RESULT.GUEST;
  return step === STEP.ABANDONED ? RESULT.LEFT : RESULT.REFUSED;
}

/**
 * The members that a message about an attempt has, as far as they apply. It is made before Socket.IO gets the decision: an
 * object of the app that throws when it is looked at must not keep that back.
 * @param {import('./attempt').Attempt | import('./authenticate').Authentication} attempt - the latter has the user itself, and
 *   puts none on the request
 * @param {string} result
 * @param {{ userProperty: import('../request-user').UserProperty, hint: string, durationMs: number, backend: object }} more
 */
function messageOf(
  { outcome, cause, data, socket, shown, user },
  result,
  { userProperty, hint, durationMs, backend },
) {
  const message = { request: data, durationMs, backend };
  if (socket) Object.assign(message, { socket, namespace: ifReadable(() => socket.nsp?.name) });
  if (result === RESULT.LET_IN) message.user = user ?? ifReadable(() => userOf(socket, data, userProperty));
  if (result === RESULT.GUEST || result === RESULT.REFUSED) {
    Object.assign(message, { code: outcomes[outcome].code, hint });
    if (cause !== undefined) message.cause = cause;
  }
  if (result === RESULT.REFUSED && hasUser(outcome, shown)) message.user = shown;
  return message;
}

/** `success` may have put another object on the request, where all namespaces of a client put theirs. */
function userOf(socket, data, userProperty) {
  return socket ? userAt(socket, data, userProperty) : data[userProperty.name];
}

/** Whether a user was found, whom the app's `success` has refused, or could not let in. */
function hasUser(outcome, shown) {
  const isAfterSuccess = outcome === OUTCOME.REFUSED || outcome === OUTCOME.CALLBACK_ERROR;
  return isAfterSuccess && ifReadable(() => shown.logged_in) === true;
}

module.exports = { RESULT, messageOf, resultOf };
