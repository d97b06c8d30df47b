'use strict';

const { CREDENTIAL_KIND } = require('../../sessions/verifier');

/** Bounds of what is read of a header: a client may send any, and a hint is no reason to check a thousand signatures. */
const MOST_BYTES = 8192;
const MOST_COOKIES = 50;
const MOST_SIGNATURES = 20;

/**
 * The cookies of a request, as cookie-parser reads them, and with those that it drops: of cookies of one name it takes the
 * first.
 */
class CookieHeader {
  #reader;
  #signatures = 0;

  /** @param {import('./index').Refusal} refusal */
  constructor({ data, authorizer }) {
    const header = data.headers?.cookie;
    this.#reader = authorizer.verifier.reader;
    /** @type {{ name: string, value: string }[]} */
    this.all = typeof header === 'string' ? cookiesIn(header) : [];
    /** Whether these are all cookies of the header. */
    this.isWhole = typeof header !== 'string' || isShort(header);
  }

  /** The values of a name, in the order in which they came. */
  valuesOf(name) {
    return this.all.filter((cookie) => cookie.name === name).map(({ value }) => value);
  }

  has(name) {
    return this.all.some((cookie) => cookie.name === name);
  }

  /** Whether a value is signed with one of the secrets as they are now: `s:<value>.<signature>`. */
  isSigned(value) {
    if (!value.startsWith('s:') || this.#signatures >= MOST_SIGNATURES) return false;
    this.#signatures += 1;
    return typeof this.#reader.sessionId(value, CREDENTIAL_KIND.SIGNED) === 'string';
  }
}

function cookiesIn(header) {
  const cookies = [];
  for (const pair of header.slice(0, MOST_BYTES).split(';', MOST_COOKIES)) {
    const at = pair.indexOf('=');
    if (at > 0) cookies.push({ name: pair.slice(0, at).trim(), value: decoded(pair.slice(at + 1).trim()) });
  }
  return cookies;
}

function isShort(header) {
  return header.length <= MOST_BYTES && header.split(';', MOST_COOKIES + 1).length <= MOST_COOKIES;
}

function decoded(text) {
  const value = text.startsWith('"') ? text.slice(1, -1) : text;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

module.exports = { CookieHeader };
