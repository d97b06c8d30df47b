'use strict';

const native = require('./native');

/**
 * Reads cookies under settings that do not change any more: a request that is asked for its cookies
 * later, when a secret may have been rotated, answers as it would have at once.
 */
class CookieReader {
  #gate;

  constructor(settings) {
    this.#gate = new native.Gate(settings);
  }

  /**
   * cookie-parser's `signedCookies` of a header: no prototype, `false` for a forged one, JSON for `j:…`.
   * @returns {Record<string, unknown>}
   */
  signedCookies(header) {
    const cookies = Object.create(null);
    const flat = this.#gate.signedCookies(header);
    for (let i = 0; i < flat.length; i += 2) cookies[flat[i]] = jsonCookie(flat[i + 1]);
    return cookies;
  }

  /**
   * The session id of what the client sent, or the number of the outcome that refuses it.
   * @returns {string | number}
   */
  sessionId(sent, credential) {
    return this.#gate.sessionId(sent, credential);
  }
}

/** cookie-parser 1.4.7, JSONCookies: a value `j:…` is replaced where it is JSON and truthy. */
function jsonCookie(value) {
  if (typeof value !== 'string' || !value.startsWith('j:')) return value;
  try {
    return JSON.parse(value.slice(2)) || value;
  } catch {
    return value;
  }
}

module.exports = { CookieReader };
