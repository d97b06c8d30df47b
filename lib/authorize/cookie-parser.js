'use strict';

const { createHmac } = require('node:crypto');
const { isDeepStrictEqual } = require('node:util');

/** What the standard module exports beside itself, in every version since 1.0. */
const MARKS = ['JSONCookie', 'JSONCookies', 'signedCookie', 'signedCookies'];

/**
 * The app's own cookie parser, or nothing where it is the standard one (or none was given), which the
 * native parser replaces. It is recognised by its marks, and proven on a header.
 */
function customParser({ cookieParser, secret }, verifier) {
  if (!cookieParser) return undefined;
  const standard =
    MARKS.every((mark) => typeof cookieParser[mark] === 'function') && agrees(cookieParser, secret, verifier);
  return standard ? undefined : cookieParser;
}

/** What the original does with a cookie parser (3.7.0, parseCookie). Throws what the parser throws. */
function parseWith(cookieParser, secret, header) {
  const request = { headers: { cookie: header } };
  let view;
  let failure;
  // It only takes notes: it may be called when there is nobody left to catch an exception.
  const next = (error) => {
    if (error) failure ??= { error };
    else view = request.signedCookies || request.cookies;
  };
  const middleware = withoutRejection(cookieParser(secret));
  withoutRejection(middleware(request, {}, next));
  if (failure) throw failure.error;
  if (!view) throw new TypeError('the option cookieParser must parse in the call, not later');
  return view;
}

/** A promise is too late to be of use; its rejection must not end the process. */
function withoutRejection(result) {
  if (typeof result?.then === 'function') result.then(undefined, () => {});
  return result;
}

function agrees(cookieParser, secret, verifier) {
  const header = probe(secret);
  try {
    return isDeepStrictEqual(parseWith(cookieParser, secret, header), verifier.reader.signedCookies(header));
  } catch {
    return false;
  }
}

/** Good, forged, unsigned, quoted, repeated, JSON: what all versions of cookie-parser read alike. */
function probe(secret) {
  const first = Array.isArray(secret) ? secret[0] : secret;
  const sign = (value) =>
    `s:${value}.${createHmac('sha256', first ?? '')
      .update(value)
      .digest('base64')
      .replace(/=+$/, '')}`;
  const good = encodeURIComponent(sign('good'));
  return `a=1; good=${good}; forged=${good}x; quoted="${sign('quoted')}"; json=${encodeURIComponent(sign('j:{"a":[1]}'))}; good=second; bad=%ZZ`;
}

module.exports = { customParser, parseWith };
