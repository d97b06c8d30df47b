'use strict';

const { KeyObject } = require('node:crypto');
const native = require('./native');
const { isSecret } = require('./options');

/** What the client's words are; the numbers are those of `Credential` in src/core/admission.rs. */
const CREDENTIAL = Object.freeze({ HEADER: 0, SIGNED: 1, EITHER: 2, ID: 3 });

/**
 * Cookie and signature under the app's live settings: a secret that was added to the array, a prefix
 * or a Passport key that was changed count from the next connection on.
 */
class Gate {
  #options;
  #secrets;
  #prefix;
  #passportKey;
  /** @type {string | Uint8Array} what the Redis client itself puts before every key */
  #keyPrefix = '';

  constructor(options) {
    this.#options = options;
    this.#read();
    this.native = new native.Gate(this.#settings());
  }

  /** What the Redis client itself puts before every key (ioredis, node-redis ≥ 6.1: keyPrefix). */
  set keyPrefix(keyPrefix) {
    this.#keyPrefix = keyPrefix;
    this.native.configure(this.#settings());
  }

  /** Takes over settings that have changed; some nanoseconds where none has. */
  refresh() {
    const { secret, passport } = this.#options;
    const same =
      sameSecrets(this.#secrets, secret) &&
      this.#prefix === this.prefix &&
      this.#passportKey === passport._key;
    if (same) return;
    this.#read();
    this.native.configure(this.#settings());
  }

  /** What stands before the session id in the store's keys, the client's own prefix not included. */
  get prefix() {
    return this.#options.prefix ?? this.#options.store?.prefix ?? 'sess:';
  }

  /**
   * The session id of what the client sent, or the number of the outcome that refuses it.
   * @returns {string | number}
   */
  sessionId(sent, credential) {
    return this.native.sessionId(sent, credential);
  }

  /**
   * cookie-parser's `signedCookies` of a header: no prototype, `false` for a forged one, JSON for `j:…`.
   * @returns {Record<string, unknown>}
   */
  signedCookies(header) {
    const cookies = Object.create(null);
    const flat = this.native.signedCookies(header);
    for (let i = 0; i < flat.length; i += 2) cookies[flat[i]] = jsonCookie(flat[i + 1]);
    return cookies;
  }

  #read() {
    const { secret, passport } = this.#options;
    this.#secrets = Array.isArray(secret) ? [...secret] : secret;
    this.#prefix = this.prefix;
    this.#passportKey = passport._key;
  }

  #settings() {
    return {
      key: this.#options.key,
      secrets: [this.#secrets].flat().filter(isSecret).map(secretBytes),
      prefix: joined(this.#keyPrefix, String(this.#prefix)),
      passportKey: String(this.#passportKey),
    };
  }
}

function sameSecrets(seen, now) {
  if (!Array.isArray(now)) return seen === now;
  return Array.isArray(seen) && seen.length === now.length && seen.every((secret, i) => secret === now[i]);
}

function secretBytes(secret) {
  return secret instanceof KeyObject ? secret.export() : secret;
}

function joined(keyPrefix, prefix) {
  return typeof keyPrefix === 'string' ? keyPrefix + prefix : Buffer.concat([keyPrefix, Buffer.from(prefix)]);
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

module.exports = { Gate, CREDENTIAL };
