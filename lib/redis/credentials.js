'use strict';

const { clearTimeout, setTimeout } = require('node:timers');
const native = require('../addon');

/**
 * Credentials that a client's provider gives before each connection. Authorizers that ask the same provider have the
 * same ones, and so may share a connection.
 */
class ProviderCredentials {
  #ask;
  /** @type {number} milliseconds: those of the authorizer that waits longest */
  #within = 0;

  constructor(provider) {
    this.#ask = loginAsker(
      provider,
      () => this.#within,
      () => this.native,
    );
    this.native = new native.JsCredentials(weaklyAsked(this));
  }

  /**
   * Those of a provider, one for all who ask it.
   * @param {() => object | Promise<object>} provider
   * @param {number} within - milliseconds that it may take
   */
  static of(provider, within) {
    let credentials = known.get(provider);
    if (!credentials) known.set(provider, (credentials = new ProviderCredentials(provider)));
    credentials.#within = Math.max(credentials.#within, within);
    return credentials;
  }

  ask() {
    this.#ask();
  }
}

/** For as long as the provider is there, that is as long as its client. */
const known = new WeakMap();

/** The addon holds its question, and must not hold the provider by it. */
function weaklyAsked(credentials) {
  const weak = new WeakRef(credentials);
  return () => weak.deref()?.ask();
}

/**
 * Makes what asks a credentials provider, and answers once, whatever the provider does.
 * @param {() => object | Promise<object>} provider
 * @param {() => number} within - milliseconds
 * @param {() => { logIn: Function, loginFailed: Function }} answering
 */
function loginAsker(provider, within, answering) {
  return () => {
    const patience = within();
    let timer = null;
    const silence = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it did not answer within ${patience} ms`)), patience);
      // The look-ups that wait keep the process alive, as long as any do.
      timer.unref();
    });
    const asked = new Promise((resolve) => resolve(provider()));
    Promise.race([asked, silence])
      .then(checked)
      .then(
        ({ username, password }) => answering().logIn(username, password),
        (error) => answering().loginFailed(`the credentials provider failed: ${wordsOf(error)}`),
      )
      .finally(() => clearTimeout(timer));
  };
}

/** Whatever was thrown: what goes wrong here would end the process. */
function wordsOf(error) {
  try {
    return String(error?.message ?? error);
  } catch {
    return 'it threw what has no words';
  }
}

/** Empty and left out are the same to Redis: no log-in, or that of the default user. */
function checked(given) {
  const { username, password } = given ?? {};
  if (!given || !isText(username) || !isText(password)) {
    throw new TypeError('it gave something else than { username, password }');
  }
  return { username: username || null, password: password || null };
}

function isText(value) {
  return value == null || typeof value === 'string';
}

module.exports = { ProviderCredentials, loginAsker };
