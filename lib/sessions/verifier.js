'use strict';

const { KeyObject } = require('node:crypto');
const native = require('../addon');
const { OUTCOME } = require('../outcomes');
const { CookieReader } = require('./cookies');

/** The number of each kind of credential; Rust owns them (src/core/credential.rs). */
const CREDENTIAL_KIND = Object.freeze(native.credentialKinds());

/**
 * Verifies cookies and signatures with the app's live settings: a secret added to the array, or a changed prefix or
 * Passport key, counts from the next connection on.
 */
class Verifier {
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
    /** Look-ups use this one, with the settings of the moment in which they are made. */
    this.native = new native.Verifier(settings);
    /** Reads cookies with the settings as they are now; a later change makes a new reader. */
    this.reader = CookieReader.of(settings);
  }

  /** The prefix that the Redis client itself adds to every key (ioredis, node-redis 6.1 and later: keyPrefix). */
  set keyPrefix(keyPrefix) {
    this.#keyPrefix = keyPrefix;
    this.#configure();
  }

  /** Applies settings that have changed; costs a few nanoseconds where none has. */
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

  /** A native verifier with the settings of this moment, whose look-ups are not timed. */
  twin() {
    return new native.Verifier(this.#settings());
  }

  /**
   * By which of the secrets a credential is signed, and of how many.
   * @returns {{ secret: number | null, secrets: number }} `secret`: its place in the list, from 0; null if by none
   */
  signerOf(sent, kind) {
    const settings = this.#settings();
    const { secrets } = settings;
    const isSigner = (secret) => {
      const alone = new native.Verifier({ ...settings, secrets: [secret] });
      return alone.sessionId(sent, kind) !== OUTCOME.BAD_SIGNATURE;
    };
    const at = secrets.findIndex(isSigner);
    return { secret: at < 0 ? null : at, secrets: secrets.length };
  }

  /** The prefix of the store's keys, without the client's own prefix. */
  get prefix() {
    return this.#options.prefix ?? this.#options.store?.prefix ?? 'sess:';
  }

  /** What the keys of sessions in Redis begin with, as a text. */
  get keysBegin() {
    return String(joined(this.#keyPrefix, String(this.prefix)));
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

/** Whether a value can be a secret. Others may get into a live array of secrets: they have signed nothing. */
function isSecret(secret) {
  if (typeof secret === 'string') return secret !== '';
  if (ArrayBuffer.isView(secret)) return secret.byteLength > 0;
  return secret instanceof KeyObject && secret.symmetricKeySize > 0;
}

function secretBytes(secret) {
  if (secret instanceof KeyObject) return secret.export();
  // Node's Hmac takes the bytes of any view.
  return ArrayBuffer.isView(secret)
    ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength)
    : secret;
}

function joined(keyPrefix, prefix) {
  return typeof keyPrefix === 'string' ? keyPrefix + prefix : Buffer.concat([keyPrefix, Buffer.from(prefix)]);
}

module.exports = { Verifier, CREDENTIAL_KIND, isSecret };
