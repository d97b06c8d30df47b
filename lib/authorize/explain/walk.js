'use strict';

const { OUTCOME } = require('../../outcomes');
const { causeOf } = require('../refusal');
const { kindOfError } = require('./words');

/** What a step says where an earlier one has failed. */
const NOT_REACHED = { status: 'not-reached', text: 'not reached' };

/** One request on its way through the steps, and what is known of it so far. */
class Walk {
  /** Another one where a step has failed: the walk ends there. */
  outcome = OUTCOME.FOUND;
  /** Why, as the app or the addon said it: for `report.cause` and the hint, never for the text. */
  cause = undefined;
  /** What came as `session_id` in the query, where the option `sessionIdInQuery` lets it count. */
  queried = undefined;
  /** The session id, or the outcome that refuses the credential. */
  id = undefined;
  /** What the look-up gave: `{ outcome, value, shape, answers }`. */
  said = undefined;

  constructor(authorizer, request, { server, isQueryGiven }) {
    this.authorizer = authorizer;
    this.request = request;
    this.server = server;
    this.isQueryGiven = isQueryGiven;
  }

  get isFound() {
    return this.outcome === OUTCOME.FOUND;
  }

  /** @param {(walk: Walk) => object | Promise<object>} examine - a step */
  async take(examine) {
    if (!this.isFound) return NOT_REACHED;
    try {
      return await examine(this);
    } catch (error) {
      // A getter of the app, such as Express's `req.query`, may throw. `authenticate` says the same of it.
      return this.failed(OUTCOME.CALLBACK_ERROR, error, `An object of the app threw: ${kindOfError(error)}.`);
    }
  }

  passed(text, facts) {
    return { status: 'passed', text, ...facts };
  }

  /** It does not apply to this request. */
  skipped(text, facts) {
    return { status: 'skipped', text, ...facts };
  }

  /** It cannot be examined without a function of the app. */
  unknown(text, facts) {
    return { status: 'unknown', text, ...facts };
  }

  failed(outcome, cause, text, facts) {
    this.outcome = outcome;
    this.cause = causeOf(outcome, cause);
    return { status: 'failed', text, ...facts };
  }
}

module.exports = { Walk };
