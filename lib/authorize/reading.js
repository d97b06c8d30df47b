'use strict';

const { AsyncResource } = require('node:async_hooks');
const { AuthorizationError, withoutStack } = require('../errors');
const { OUTCOME, outcomes } = require('../outcomes');
const { CREDENTIAL_KIND } = require('../sessions/verifier');
const { hintOf } = require('./hints');
const { causeOf, failMessageOf } = require('./refusal');

/** Steps as promises, for `recheck` and `authenticate`: they call neither `success` nor `fail`, and so need no attempt. */

const ASYNC_OPTIONS = { requireManualDestroy: true };

/** Gets the outcome of one look-up. The app's store is asked in the async context in which it was made. */
class Receiver extends AsyncResource {
  constructor(deliver) {
    super('PassportSocketIoReading', ASYNC_OPTIONS);
    this.deliver = (outcome, value) => deliver({ outcome, value });
  }
}

/**
 * Applies settings that have changed.
 * @returns {{ outcome: number, value: unknown } | undefined} why nothing can be looked up
 */
function refreshed({ verifier }) {
  try {
    verifier.refresh();
    return undefined;
  } catch (error) {
    // The store's prefix may be a getter that throws.
    return { outcome: OUTCOME.STORE_ERROR, value: error };
  }
}

/** @returns {Promise<{ outcome: number, value: unknown }>} the value is the user key where a user was found, else the cause */
function lookUpById({ backend }, id) {
  return new Promise((resolve) => backend.lookUp(new Receiver(resolve), id, CREDENTIAL_KIND.ID));
}

/**
 * Passport makes a user of the user key, within the option `timeout`.
 * @param {object} data - the request
 * @returns {Promise<{ outcome: number, value: unknown }>} the value is the user, or the cause
 */
function deserialize({ deadlines, options }, userKey, data) {
  return new Promise((resolve) => {
    const finish = (outcome, value) => {
      deadlines.remove(waiting);
      resolve({ outcome, value });
    };
    const expire = () =>
      finish(OUTCOME.DESERIALIZE_TIMEOUT, new Error(`no answer within ${options.timeout} ms`));
    const waiting = { expire, deadline: null };
    const done = (error, user) => {
      if (error) finish(OUTCOME.DESERIALIZE_ERROR, error);
      else finish(user ? OUTCOME.FOUND : OUTCOME.USER_NOT_FOUND, user);
    };
    deadlines.add(waiting);
    try {
      options.passport.deserializeUser(userKey, data, done);
    } catch (error) {
      done(error ?? new Error('deserializeUser threw nothing'));
    }
  });
}

/**
 * The error with which a promise of the app is rejected. Its hint is made now.
 * @param {{ outcome: number, cause: unknown, data: object, queried: unknown, socket: object | undefined,
 *   authorizer: import('./authorizer').Authorizer }} refusal - the cause as it was given
 */
function rejectionOf(refusal) {
  const { outcome } = refusal;
  const cause = causeOf(outcome, refusal.cause);
  const info = { code: outcomes[outcome].code, cause, hint: hintOf({ ...refusal, cause }) };
  return withoutStack(() => new AuthorizationError(failMessageOf(outcome, cause), info));
}

module.exports = { deserialize, lookUpById, refreshed, rejectionOf };
