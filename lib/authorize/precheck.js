'use strict';

const { CLOSED, OUTCOME } = require('../outcomes');

/** A look-up can be made. */
const NOTHING = Object.freeze([]);

/**
 * Why nothing is looked up for a request.
 * @param {object} data - the request
 * @param {unknown} sent - what the client sent as its credential
 * @param {import('./authorizer').Authorizer} authorizer
 * @returns {[outcome?: number, cause?: string]} empty where a look-up can be made
 */
function whyNoLookUp(data, sent, { isClosed, options: { maxPending }, stats }) {
  if (data.xdomain && !data.sessionID) return [OUTCOME.CORS_NO_SESSION];
  if (isClosed) return [OUTCOME.CLOSED, CLOSED];
  if (stats.pending >= maxPending) {
    return [OUTCOME.OVERLOADED, `${maxPending} connections are being authorized (option maxPending)`];
  }
  // ?session_id=a&session_id=b, or an object that a cookie parser made: no store has such an id.
  return typeof sent === 'string' ? NOTHING : [OUTCOME.SESSION_NOT_FOUND];
}

module.exports = { whyNoLookUp };
