'use strict';

const { KeyObject } = require('node:crypto');
const native = require('./native');
const { CookieReader } = require('./cookies');
const { isSecret } = require('./options');

/** The number of each kind of credential, made in Rust (src/core/credential.rs). */
const CREDENTIAL = Object.freeze(native.credentialKinds());

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
    const settings = this.#settings();
    /** Look-ups go through this one, under the settings of the moment they are made. */
    this.native = new native.Verifier(settings);
    /** Reads cookies under the settings of now, whatever they become later. */
    this.reader = CookieReader.of(settings);
  }

  /** What the Redis client itself puts before every key (ioredis, node-redis ≥ 6.1: keyPrefix). */
  set keyPrefix(keyPrefix) {
    this.#keyPrefix = keyPrefix;
    this.#configure();
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
    this.#configure();
  }

  /** What stands before the session id in the store's keys, the client's own prefix not included. */
  get prefix() {
    return this.#options.prefix ?? this.#options.store?.prefix ?? 'sess:';
  }

  #configure() {
    const settings = this.#settings();
    this.native.configure(settings);
    this.reader = CookieReader.of(settings);
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
  if (secret instanceof KeyObject) return secret.export();
  // As Node hashes any view: its bytes.
  return ArrayBuffer.isView(secret)
    ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
    : secret;
}

function joined(keyPrefix, prefix) {
  return typeof keyPrefix === 'string' ? keyPrefix + prefix : Buffer.concat([keyPrefix, Buffer.from(prefix)]);
}

module.exports = { Gate, CREDENTIAL };
