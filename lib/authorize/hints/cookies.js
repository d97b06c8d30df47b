'use strict';

const { outcomes } = require('../../outcomes');
const { CookieHeader } = require('./cookie-header');
const { formatOf } = require('./cookie-format');
const { listed, shown } = require('./text');

/** What the other cookies of a request say about the one that is missing or wrong. */

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
    `The cookie ${shown(key)} came ${later.length + 1} times, and the first one counts, as in cookie-parser: it is not good, and ` +
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
      ? `The cookie ${shown(names[0])} is signed with the secret, but the option key is ${shown(key)}: give key: ${shown(names[0])} if it is the session's.`
      : `The cookies ${listed(names)} are signed with the secret, but the option key is ${shown(key)}: give the name of the session's as key.`;
  return header.has(key) ? `${outcomes[refusal.outcome].hint} ${others}` : others;
}

/** Cookies came, but none of this name. */
function otherCookies(refusal) {
  const { key } = refusal.authorizer.options;
  const { all } = new CookieHeader(refusal);
  const names = [...new Set(all.map(({ name }) => name))];
  if (names.length === 0 || names.includes(key)) return undefined;
  const known = all.map((cookie) => formatOf(cookie, all)).find((format) => format !== undefined);
  const came = `Cookies came, but none named ${shown(key)} (option key): ${listed(names)}.`;
  if (known !== undefined) return `${came} ${known}`;
  return (
    `${came} Give key the name that express-session has as name. If its cookie is not among these, see the cookie's domain, ` +
    'path, secure and sameSite.'
  );
}

module.exports = { doubledCookie, otherCookies, signedUnderAnotherName };
