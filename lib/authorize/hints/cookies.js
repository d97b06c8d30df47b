'use strict';

const { quoted } = require('../../diagnostics/words');
const { outcomes } = require('../../outcomes');
const { CookieHeader } = require('./cookie-header');
const { formatOf } = require('./cookie-format');

/** What the other cookies of a request say about the one that is missing or wrong. */

/** So many names are told, so much of each; of the others, how many they are. */
const MOST_NAMES = 5;
const NAME_LENGTH = 40;

/**
 * The name came twice, and a later one is signed: cookie-parser and this package take the first.
 * @param {import('./index').Refusal} refusal
 */
function doubledCookie(refusal) {
  const { key } = refusal.authorizer.options;
  const header = new CookieHeader(refusal);
  const [first, ...later] = header.valuesOf(key);
  if (!later.some((value) => value !== first && header.isSigned(value))) return undefined;
  return (
    `The cookie ${quoted(key)} came ${later.length + 1} times, and the first one counts, as in cookie-parser: it is not good, and ` +
    'a later one is signed with the secret. Browsers send the cookie with the longer path first, and of equal paths the ' +
    'older one (RFC 6265, section 5.4): a stale one of another path or domain hides the new one. Clear it with the path and ' +
    'domain that it was set with.'
  );
}

/** The session cookie has another name than the option `key`. */
function signedUnderAnotherName(refusal) {
  const { key } = refusal.authorizer.options;
  const header = new CookieHeader(refusal);
  const signed = header.all.filter(({ name, value }) => name !== key && header.isSigned(value));
  const names = [...new Set(signed.map(({ name }) => name))];
  if (names.length === 0) return undefined;
  const others =
    names.length === 1
      ? `The cookie ${quoted(names[0])} is signed with the secret, but the option key is ${quoted(key)}: give key: ${quoted(names[0])} if it is the session's.`
      : `The cookies ${listed(names)} are signed with the secret, but the option key is ${quoted(key)}: give the name of the session's as key.`;
  return header.has(key) ? `${outcomes[refusal.outcome].hint} ${others}` : others;
}

/** Cookies came, but none of this name. */
function otherCookies(refusal) {
  const { key } = refusal.authorizer.options;
  const { all } = new CookieHeader(refusal);
  const names = [...new Set(all.map(({ name }) => name))];
  if (names.length === 0 || names.includes(key)) return undefined;
  const known = all.map((cookie) => formatOf(cookie, all)).find((format) => format !== undefined);
  const came = `Cookies came, but none named ${quoted(key)} (option key): ${listed(names)}.`;
  if (known !== undefined) return `${came} ${known}`;
  return (
    `${came} Give key the name that express-session has as name. If its cookie is not among these, see the cookie's domain, ` +
    'path, secure and sameSite.'
  );
}

/** The app's own cookie parser gives no cookie of this name, although one came. */
function notGivenByParser(refusal) {
  const { key } = refusal.authorizer.options;
  if (!new CookieHeader(refusal).has(key)) return undefined;
  return (
    `A cookie ${quoted(key)} came, and the function that is the option cookieParser does not give it: it refuses its signature ` +
    '(another secret made it, or nobody has signed it), or it gives it under another name than the option key.'
  );
}

/** Names of cookies, each cut shorter than other texts. */
function listed(names) {
  const first = names.slice(0, MOST_NAMES).map((name) => quoted(name, NAME_LENGTH));
  const more = names.length - first.length;
  return more > 0 ? `${first.join(', ')} and ${more} more` : first.join(', ');
}

module.exports = { doubledCookie, notGivenByParser, otherCookies, signedUnderAnotherName };
