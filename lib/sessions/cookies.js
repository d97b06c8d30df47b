'use strict';

const { createHash } = require('node:crypto');
const native = require('../addon');

/**
 * Reads cookies with settings that never change. A request whose cookies are read late, after a secret was rotated, gives
 * the same result as at its arrival.
 */
class CookieReader {
  #verifier;
  /** @type {WeakMap<object, RequestCookies>} */
  #requests = new WeakMap();

  constructor(settings) {
    this.#verifier = new native.Verifier(settings);
  }

  /**
   * The reader of these settings, shared by all authorizers of the same cookie: an app may make one for each namespace, or
   * for each socket, and a request that passes several is read once.
   * @param {{ key: string, secrets: Array<string | Uint8Array> }} settings - as the binding takes them
   */
  static of(settings) {
    const digest = digestOf(settings);
    let reader = readers.get(digest)?.deref();
    if (!reader) {
      reader = new CookieReader(settings);
      readers.set(digest, new WeakRef(reader));
      collected.register(reader, digest);
    }
    return reader;
  }

  /**
   * cookie-parser's `signedCookies` of a header: no prototype, `false` for a forged one, JSON for `j:…`.
   * @returns {Record<string, unknown>}
   */
  signedCookies(header) {
    const cookies = Object.create(null);
    const flat = JSON.parse(this.#verifier.signedCookies(header));
    for (let i = 0; i < flat.length; i += 2) cookies[flat[i]] = jsonCookie(flat[i + 1]);
    return cookies;
  }

  /** The session cookie of `signedCookies`, without the others; null where there is none. */
  signedCookie(header) {
    return jsonCookie(this.#verifier.signedCookie(header));
  }

  /**
   * The session id in what the client sent, or the outcome that refuses it.
   * @returns {string | number}
   */
  sessionId(sent, kind) {
    return this.#verifier.sessionId(sent, kind);
  }

  /**
   * The cookies of a request, each read once: a client may send any number of CONNECT packets, and all of them have the
   * same request.
   * @param {object} request
   * @param {string} header - its Cookie header as it is now
   */
  cookiesOf(request, header) {
    let cookies = this.#requests.get(request);
    if (cookies?.header !== header) {
      cookies = new RequestCookies(this, header);
      this.#requests.set(request, cookies);
    }
    return cookies;
  }
}

/** The cookies of one request, and the session id in its query, each computed on the first read. */
class RequestCookies {
  #reader;
  #signed;
  #session;
  #queried = {};

  constructor(reader, header) {
    this.#reader = reader;
    this.header = header;
  }

  /** The same object each time, as with cookie-parser. */
  get signed() {
    return (this.#signed ??= this.#reader.signedCookies(this.header));
  }

  /** The session cookie; '' where there is none, or a forged one. */
  get session() {
    return (this.#session ??= this.#reader.signedCookie(this.header) || '');
  }

  /** The session id that a query parameter gives; '' where its signature is not good. */
  queried(sent, kind) {
    if (this.#queried.sent !== sent || this.#queried.kind !== kind) {
      const id = this.#reader.sessionId(sent, kind);
      this.#queried = { sent, kind, id: typeof id === 'string' ? id : '' };
    }
    return this.#queried.id;
  }
}

/** Readers in use, by a digest of their settings. */
const readers = new Map();
const collected = new FinalizationRegistry((digest) => {
  // Another may have taken its place.
  if (!readers.get(digest)?.deref()) readers.delete(digest);
});

/** Each text has its length before it, so no two settings have the same bytes. Secrets are not kept. */
function digestOf({ key, secrets }) {
  const hash = createHash('sha256');
  for (const part of [key, ...secrets]) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('base64');
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
