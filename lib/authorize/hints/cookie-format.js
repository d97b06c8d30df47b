'use strict';

const { CookieHeader } = require('./cookie-header');
const { PAGE } = require('./page');

/** Session cookies of other libraries, known by their names or by the form of their values. */

const IN_THE_COOKIE =
  'This cookie is one of cookie-session, or of koa-session without a store, which keep the session in the cookie itself: such ' +
  'sessions cannot be used. Use express-session.';
const KOA =
  "This cookie is one of koa, which keeps the signature in a second cookie (….sig): read it with the option cookieParser, and the app's " +
  `session store with the option store, as ${PAGE}#cookies-of-koa-and-fastify shows.`;
const FASTIFY =
  "This cookie is one of @fastify/session: give authorize() key: 'sessionId' (or its cookieName) and @fastify/session " +
  "cookiePrefix: 's:', so that its cookies are those of express-session.";
const SEALED =
  'This cookie is one of @fastify/secure-session, iron-session or another library that encrypts the session in the cookie ' +
  'itself: such sessions cannot be used. Use express-session, or @fastify/session.';
const ENCODED =
  'The value of this cookie is percent-encoded twice (s%253A…): a client that sends the cookie by itself sends it as it got it.';
const TOKEN =
  'The value of this cookie is a JSON Web Token, as of next-auth, not the cookie of express-session: there is no session in a store ' +
  'that it names.';

/** What @fastify/session makes: an id and an HMAC-SHA256 in base64, without express-session's `s:`. */
const FASTIFY_VALUE = /^[\w-]{20,}\.[A-Za-z0-9+/]{43}=?$/;
const SECURE_SESSION_VALUE = /^[A-Za-z0-9+/_-]+=*;[A-Za-z0-9+/_-]+=*$/;
/** Signed, in three parts; or encrypted, in five, of which the second may be empty. */
const TOKEN_VALUE = /^eyJ[\w-]+(?:\.[\w-]*){2}(?:(?:\.[\w-]*){2})?$/;

/**
 * The cookie that the option `key` names is not one of express-session.
 * @param {import('./index').Refusal} refusal
 */
function whyNotOfExpressSession(refusal) {
  const { key } = refusal.authorizer.options;
  const { all } = new CookieHeader(refusal);
  const own = all.find(({ name }) => name === key);
  if (own === undefined) return undefined;
  if (/^s%3a/i.test(own.value)) return ENCODED;
  if (TOKEN_VALUE.test(own.value)) return TOKEN;
  return formatOf(own, all);
}

/**
 * @param {{ name: string, value: string }} cookie
 * @param {{ name: string }[]} all - of the request
 */
function formatOf({ name, value }, all) {
  if (value.startsWith('s:')) return undefined;
  if (all.some((other) => other.name === `${name}.sig`)) return isSession(value) ? IN_THE_COOKIE : KOA;
  if (/^koa[.:]s/.test(name)) return KOA;
  if (FASTIFY_VALUE.test(value)) return FASTIFY;
  if (value.startsWith('Fe26.2*') || SECURE_SESSION_VALUE.test(value)) return SEALED;
  return undefined;
}

/** Whether the value is a session itself: an object in base64. */
function isSession(value) {
  try {
    const session = JSON.parse(Buffer.from(value, 'base64').toString());
    return typeof session === 'object' && session !== null;
  } catch {
    return false;
  }
}

module.exports = { formatOf, whyNotOfExpressSession };
