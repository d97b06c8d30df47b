'use strict';

const { createHmac } = require('node:crypto');
const { isDeepStrictEqual } = require('node:util');

/** The functions that cookie-parser exports beside itself, in every version since 1.0. */
const MARKS = ['JSONCookie', 'JSONCookies', 'signedCookie', 'signedCookies'];

/**
 * The app's own cookie parser; undefined where it is the standard one or none is given, since the native parser does the
 * same. The standard one is recognised by its exports, and checked on a header.
 */
function customParser({ cookieParser, secret }, verifier) {
  if (!cookieParser) return undefined;
  const standard =
    MARKS.every((mark) => typeof cookieParser[mark] === 'function') && agrees(cookieParser, secret, verifier);
  return standard ? undefined : cookieParser;
}

/** Calls a cookie parser as the original does (3.7.0, parseCookie). Throws what the parser throws. */
function parseWith(cookieParser, secret, header) {
  const request = { headers: { cookie: header } };
  let view;
  let failure;
  // It does not throw: it may be called later, when no caller catches an exception.
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

/** A promise settles too late to be used; its rejection must not end the process. */
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

/** Good, forged, unsigned, quoted, repeated, JSON: all versions of cookie-parser read this header alike. */
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
