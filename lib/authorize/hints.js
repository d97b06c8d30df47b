'use strict';

const { OUTCOME, outcomes } = require('../outcomes');

/** Hints for the developer, where the circumstances of a refusal say more than the table of outcomes. */

const QUERY =
  'The query parameter session_id is taken before the cookie (option sessionIdInQuery), and what came in it';
const OF_QUERY = {
  NO_COOKIE: `${QUERY} is empty.`,
  COOKIE_NOT_SIGNED: `${QUERY} is not the value of a signed cookie (s:<id>.<signature>): leave session_id out, or send the session cookie's own value.`,
  BAD_SIGNATURE: `${QUERY} is signed with none of the secrets: leave session_id out, or send the session cookie's own value as it is now.`,
  SESSION_NOT_FOUND: `${QUERY} is the id of no session: leave session_id out where the client has none, or send the session cookie's own value.`,
};
const NO_SECRET =
  'There is no secret (option secret), so that no cookie counts: give the one given to express-session.';
const COOKIE_SESSION =
  'This cookie is one of cookie-session, which keeps the session in the cookie itself: such sessions cannot be used. Use express-session.';

/**
 * @param {import('./attempt').Attempt} attempt - that was refused
 * @param {{ key: string, secret: unknown }} options
 */
function hintOf({ outcome, data, queried }, options) {
  const { code, hint } = outcomes[outcome];
  if (outcome === OUTCOME.ORIGIN_NOT_ALLOWED) return `${hint} ${originsOf(data)}`;
  if (queried && OF_QUERY[code]) return OF_QUERY[code];
  if (outcome === OUTCOME.COOKIE_NOT_SIGNED && hasSignatureBeside(data, options.key)) return COOKIE_SESSION;
  const needsSecret = outcome === OUTCOME.BAD_SIGNATURE || outcome === OUTCOME.COOKIE_NOT_SIGNED;
  return needsSecret && options.secret == null ? NO_SECRET : hint;
}

function originsOf({ headers }) {
  const { origin, host } = headers ?? {};
  if (origin === undefined) {
    return 'The request has no Origin, and is one that a page of another origin made (JSONP, or Sec-Fetch-Site).';
  }
  return (
    `Its Origin is ${shown(origin)}, the Host asked for ${shown(host)}. ` +
    'Behind a proxy that rewrites Host, or leaves its port out, give the option origin a list.'
  );
}

/** A text of the client, cut and quoted. */
function shown(text) {
  return JSON.stringify(String(text).slice(0, 200));
}

function hasSignatureBeside({ headers }, key) {
  const cookie = headers?.cookie;
  return typeof cookie === 'string' && cookie.includes(`${key}.sig=`);
}

module.exports = { hintOf, shown };
