'use strict';

const { clearTimeout, setTimeout } = require('node:timers');
const native = require('../addon');
const { messageOf } = require('../errors');

/**
 * Credentials that a client's provider gives before each connection. Authorizers with the same provider have the same
 * credentials, so they may share a connection.
 */
class ProviderCredentials {
  #ask;
  /** @type {number} milliseconds: the longest timeout of its authorizers */
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
   * The credentials of a provider, one object for all its authorizers.
   * @param {() => object | Promise<object>} provider
   * @param {number} within - timeout in milliseconds
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

/** An entry lives as long as its provider, that is as long as the client. */
const known = new WeakMap();

/** The addon holds the function that asks. It must not keep the provider alive through it. */
function weaklyAsked(credentials) {
  const weak = new WeakRef(credentials);
  return () => weak.deref()?.ask();
}

/**
 * Makes the function that asks a credentials provider. It answers exactly once, whatever the provider does.
 * @param {() => object | Promise<object>} provider
 * @param {() => number} within - milliseconds
 * @param {() => { logIn: Function, loginFailed: Function }} answering
 */
function loginAsker(provider, within, answering) {
  return () => {
    const limit = within();
    let timer = null;
    const silence = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it did not answer within ${limit} ms`)), limit);
      // Pending look-ups keep the process alive; this timer need not.
      timer.unref();
    });
    const asked = new Promise((resolve) => resolve(provider()));
    Promise.race([asked, silence])
      .then(checked)
      .then(
        ({ username, password }) => answering().logIn(username, password),
        (error) => answering().loginFailed(`the credentials provider failed: ${messageOf(error)}`),
      )
      .finally(() => clearTimeout(timer));
  };
}

/** To Redis, empty and missing are the same: no AUTH, or the AUTH of the default user. */
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
