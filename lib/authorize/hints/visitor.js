'use strict';

const { quoted } = require('../../diagnostics/words');
const { outcomes } = require('../../outcomes');

/** What came in the query, and from which page. */

const QUERY =
  'The query parameter session_id is taken before the cookie (option sessionIdInQuery), and what came in it';
const OF_QUERY = {
  NO_COOKIE: `${QUERY} is empty.`,
  COOKIE_NOT_SIGNED: `${QUERY} is not the value of a signed cookie (s:<id>.<signature>): leave session_id out, or send the session cookie's own value.`,
  BAD_SIGNATURE: `${QUERY} is signed with none of the secrets: leave session_id out, or send the session cookie's own value as it is now.`,
  SESSION_NOT_FOUND: `${QUERY} is the id of no session: leave session_id out where the client has none, or send the session cookie's own value.`,
};
const SIGNED_BY_OTHERS = `${QUERY} is signed, with none of the secrets (option secret): it was looked up as a bare id, and is none. Send the session cookie's own value as it is now.`;
const ENCODED = `${QUERY} is percent-encoded (s%3A…): decode the cookie's value once before it goes into the query.`;

/** @param {import('./index').Refusal} refusal */
function queryOf({ outcome, queried }) {
  if (!queried) return undefined;
  const { code } = outcomes[outcome];
  if (/^s%3a/i.test(queried)) return ENCODED;
  if (code === 'SESSION_NOT_FOUND' && /^s:.*\./s.test(queried)) return SIGNED_BY_OTHERS;
  return OF_QUERY[code];
}

const OF_FUNCTION =
  'The function that is the option origin does not allow the page that connects, has failed, or has not answered in time.';

/** @param {import('./index').Refusal} refusal */
function originsOf({ outcome, data, authorizer }) {
  // HTTP/2 has no Host, and a pseudo-header instead.
  const { origin, ':authority': authority, host = authority } = data.headers ?? {};
  const isFunction = typeof authorizer.options.origin === 'function';
  return `${isFunction && origin !== undefined ? OF_FUNCTION : outcomes[outcome].hint} ${
    origin === undefined
      ? 'The request has no Origin, and is one that a page of another origin made (JSONP, or Sec-Fetch-Site).'
      : `Its Origin is ${quoted(origin)}, the Host asked for ${quoted(host)}. ` +
        'Behind a proxy that rewrites Host, or leaves its port out, give the option origin a list.'
  }`;
}

module.exports = { originsOf, queryOf };
