'use strict';

const { quoted } = require('../../diagnostics/words');
const { OUTCOME } = require('../../outcomes');
const { CREDENTIAL_KIND } = require('../../sessions/verifier');
const { CookieHeader } = require('../hints/cookie-header');
const { queryOf } = require('../request');
const { kindOfError, listed, named, shown } = require('./words');

/** The steps that read what the client sent as its credential. */

/** @param {import('./walk').Walk} walk */
function query(walk) {
  const { authorizer, request } = walk;
  const { sessionIdInQuery } = authorizer.options;
  if (sessionIdInQuery === false) return walk.skipped('It does not count (sessionIdInQuery: false).');
  const queried = authorizer.requests.queried({ query: queryOf(request) });
  walk.queried = queried;
  if (!queried) return walk.skipped('No session_id in it: the cookie counts.');
  const note = noteOfRoutes(walk);
  if (typeof queried !== 'string') {
    const text = `session_id came more than once, or as an object${note}.`;
    return walk.failed(OUTCOME.SESSION_NOT_FOUND, undefined, text);
  }
  return walk.passed(`A session_id came. It is taken before the cookie${note}.`);
}

/** Engine.IO, which parses queries into `_query`, has not seen this request: `authenticate` may take it in another way. */
function noteOfRoutes({ authorizer, request, queried, isQueryGiven }) {
  if (isQueryGiven || request._query !== undefined) return '';
  if (typeof queried === 'string' && !authorizer.requests.isBare(queried)) return '';
  return ' (authorizer.authenticate counts the cookie instead, unless the option sessionIdInQuery is given)';
}

/** @param {import('./walk').Walk} walk */
function cookies(walk) {
  const { authorizer, request, queried } = walk;
  const { key } = authorizer.options;
  try {
    walk.id = authorizer.requests.idIn(request, queried);
  } catch (error) {
    const text = `The option cookieParser failed: ${kindOfError(error)}.`;
    return walk.failed(OUTCOME.CALLBACK_ERROR, error, text);
  }
  // An id that is no text is one: it is not found.
  if (request.xdomain && typeof walk.id !== 'string' && walk.id !== OUTCOME.SESSION_NOT_FOUND) {
    return walk.failed(
      OUTCOME.CORS_NO_SESSION,
      undefined,
      'The request of another domain came without a session.',
    );
  }
  const { all, isWhole } = new CookieHeader({ data: request, authorizer });
  const came = all.map(({ name }) => name);
  const count = came.filter((name) => name === key).length;
  const facts = { key: shown(key), names: [...new Set(came)].map(shown), count };
  const first = isWhole ? '' : ' (of a long header, the first ones)';
  const which = all.length === 0 ? 'No cookie came' : `These came: ${listed(facts.names.map(named))}${first}`;
  if (queried) {
    if (walk.id === OUTCOME.NO_COOKIE) {
      return walk.failed(walk.id, undefined, 'The session_id of the query is empty.', facts);
    }
    return walk.skipped(`The query is taken before them. ${which}.`, facts);
  }
  const sent = `The session's is ${quoted(key)} (option key)`;
  if (walk.id === OUTCOME.NO_COOKIE) {
    const why = authorizer.requests.isParsedByApp
      ? 'the option cookieParser does not give it'
      : 'it came without a session id';
    const text = count > 0 ? `${sent}; ${why}.` : `${which}. ${sent}.`;
    return walk.failed(walk.id, undefined, text, facts);
  }
  const often = count > 1 ? ` It came ${count} times, of which the first counts.` : '';
  return walk.passed(`${which}. ${sent}.${often}`, facts);
}

/** @param {import('./walk').Walk} walk */
function signature(walk) {
  const { authorizer, request, queried, id } = walk;
  const { requests, verifier } = authorizer;
  if (!queried && requests.isParsedByApp) return walk.skipped('The option cookieParser checks it.');
  const what = queried ? 'The session_id of the query' : 'The cookie';
  if (id === OUTCOME.COOKIE_NOT_SIGNED) return walk.failed(id, undefined, `${what} is not signed.`);
  if (queried && id === queried) return walk.skipped(`${what} is a bare id, without a signature.`);
  const signer = queried
    ? verifier.signerOf(queried, CREDENTIAL_KIND.SIGNED)
    : verifier.signerOf(request.headers.cookie, CREDENTIAL_KIND.HEADER);
  const { secret, secrets } = signer;
  if (secret === null || id === OUTCOME.BAD_SIGNATURE) {
    const text = unsigned(what, secrets);
    return walk.failed(OUTCOME.BAD_SIGNATURE, undefined, text, { secret: null, secrets });
  }
  const which = secrets === 1 ? 'the secret' : `secret ${secret + 1} of ${secrets}`;
  return walk.passed(`${what} is signed by ${which}.`, signer);
}

function unsigned(what, secrets) {
  if (secrets === 0) return 'There is no secret (option secret).';
  return secrets === 1
    ? `${what} is not signed by the secret.`
    : `${what} is signed by none of ${secrets} secrets.`;
}

module.exports = { cookies, query, signature };
