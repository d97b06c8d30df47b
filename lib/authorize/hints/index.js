'use strict';

const { outcomes } = require('../../outcomes');
const { CREDENTIAL_KIND } = require('../../sessions/verifier');
const { whyNotOfExpressSession } = require('./cookie-format');
const { doubledCookie, notGivenByParser, otherCookies, signedUnderAnotherName } = require('./cookies');
const { whyNotDeserialized } = require('./deserializer');
const { linkTo } = require('./page');
const { whyFreed } = require('./request');
const { whyNotFound, whyUnreadable } = require('./sessions');
const { whyNoAnswer } = require('./store');
const { originsOf, queryOf } = require('./visitor');

/**
 * Hints for the developer, where the circumstances of a refusal say more than the table of outcomes. Some are costly to
 * find out: an attempt's `info` asks for its hint when the app reads it (`info.js`).
 *
 * By code, what may be the matter; the first that finds something has the word. Each gets the Refusal, and gives a text or
 * undefined.
 */
const SITUATIONS = {
  NO_COOKIE: [
    queryOf,
    whyFreed,
    ofCookies(doubledCookie, signedUnderAnotherName, otherCookies),
    ofParser(notGivenByParser),
  ],
  COOKIE_NOT_SIGNED: [
    queryOf,
    secretOf,
    ofCookies(doubledCookie, whyNotOfExpressSession, signedUnderAnotherName),
  ],
  BAD_SIGNATURE: [queryOf, secretOf, ofCookies(doubledCookie, signedUnderAnotherName)],
  SESSION_NOT_FOUND: [queryOf, ofCookies(doubledCookie), whyNotFound],
  STORE_ERROR: [whyNoAnswer],
  STORE_TIMEOUT: [whyNoAnswer],
  BAD_SESSION: [whyUnreadable],
  PASSPORT_NOT_INITIALIZED: [whyUnreadable],
  DESERIALIZE_ERROR: [whyNotDeserialized],
  ORIGIN_NOT_ALLOWED: [originsOf],
};

const NO_SECRET =
  'There is no secret (option secret), so that no cookie counts: give the one given to express-session.';

/**
 * @typedef {object} Refusal
 * @property {number} outcome
 * @property {unknown} cause
 * @property {object} data - the request
 * @property {unknown} [queried] - what came as `session_id` in the query
 * @property {object} [socket]
 * @property {import('../authorizer').Authorizer} authorizer
 */

/**
 * What a refusal means and what to do; it ends with where to read on.
 * @param {Refusal} refusal
 */
function hintOf(refusal) {
  const { code, hint } = outcomes[refusal.outcome];
  return `${situationOf(refusal, SITUATIONS[code] ?? []) ?? hint} See ${linkTo(code)}`;
}

/** Objects of the app may throw when they are looked at: a hint is no reason to fail. */
function situationOf(refusal, situations) {
  for (const situation of situations) {
    try {
      const found = situation(refusal);
      if (found !== undefined) return found;
    } catch {
      // The next one may know.
    }
  }
  return undefined;
}

/** Where the app has a cookie parser of its own, nothing is known of its cookies. */
function ofCookies(...situations) {
  return (refusal) => (hasOwnParser(refusal) ? undefined : situationOf(refusal, situations));
}

function ofParser(situation) {
  return (refusal) => (hasOwnParser(refusal) ? situation(refusal) : undefined);
}

function hasOwnParser({ authorizer }) {
  return authorizer.requests.kindOf(undefined) !== CREDENTIAL_KIND.HEADER;
}

function secretOf({ authorizer }) {
  return authorizer.options.secret == null ? NO_SECRET : undefined;
}

module.exports = { hintOf };
