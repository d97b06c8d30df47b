'use strict';

const { CREDENTIAL } = require('../sessions/verifier');
const { parseWith } = require('./cookie-parser');
const { expectUser } = require('../request-user');

/**
 * The request object that the original hands to the app as `data`, and what it sets on it: `cookie`
 * and `sessionID` are computed when somebody reads them, and are plain properties from then on.
 */
class RequestView {
  #options;
  #place;
  #gate;
  #parser;
  /** With whose settings the two properties below compute. */
  #reader;
  #cookie;
  #sessionID;

  /**
   * @param {import('../request-user').Place} place - where the user will be
   * @param {Function | undefined} parser - the app's own cookie parser, where it has one
   */
  constructor(options, place, gate, parser) {
    this.#options = options;
    this.#place = place;
    this.#gate = gate;
    this.#parser = parser;
  }

  /** Sets what the original sets before it asks the store. Throws what a custom cookie parser throws. */
  prepare(data) {
    if (this.#reader !== this.#gate.reader) this.#readWith(this.#gate.reader);
    if (this.#parser) data.cookie = parseWith(this.#parser, this.#options.secret, headerOf(data));
    else Reflect.defineProperty(data, 'cookie', this.#cookie);
    Reflect.defineProperty(data, 'sessionID', this.#sessionID);
    expectUser(data, this.#place);
  }

  /**
   * What the client shows to prove its session: the query parameter before the cookie, as in the original.
   * @returns {unknown} a string for `credential(data)`; anything else is no credential
   */
  sent(data) {
    return this.#queried(data) || (this.#parser ? data.sessionID : headerOf(data));
  }

  /** Whether it came in the query, and not in a cookie. */
  isOfQuery(data) {
    return Boolean(this.#queried(data));
  }

  /** Whether it is a bare session id of the query, and not a signed one. */
  isBare(data) {
    const sent = this.#queried(data);
    return typeof this.#gate.reader.sessionId(sent, CREDENTIAL.SIGNED) !== 'string';
  }

  /** What `sent(data)` is. */
  credential(data) {
    if (this.#queried(data)) return this.#queryCredential();
    return this.#parser ? CREDENTIAL.ID : CREDENTIAL.HEADER;
  }

  #queried(data) {
    if (this.#options.sessionIdInQuery === false) return undefined;
    return data.query?.session_id || data._query?.session_id;
  }

  #queryCredential() {
    return this.#options.sessionIdInQuery === 'signed' ? CREDENTIAL.SIGNED : CREDENTIAL.EITHER;
  }

  #readWith(reader) {
    this.#reader = reader;
    this.#cookie = lazy('cookie', (data) => reader.cookiesOf(data, headerOf(data)).signed);
    this.#sessionID = lazy('sessionID', (data) => this.#sessionIdOf(data, reader));
  }

  #sessionIdOf(data, reader) {
    const queried = this.#queried(data);
    if (!queried) {
      if (this.#parser) return data.cookie[this.#options.key] || '';
      // Not `data.cookie`, where the app may have put something else since.
      return reader.cookiesOf(data, headerOf(data)).session;
    }
    if (typeof queried !== 'string') return queried;
    return reader.cookiesOf(data, headerOf(data)).queried(queried, this.#queryCredential());
  }
}

/** The Cookie header; Node joins several into one. */
function headerOf(data) {
  const header = data.headers?.cookie;
  return typeof header === 'string' ? header : '';
}

/** A property that is computed on the first read, or replaced by the first write. */
function lazy(name, compute) {
  const settle = (data, value) => {
    Reflect.defineProperty(data, name, { value, writable: true, enumerable: true, configurable: true });
    return value;
  };
  return {
    get() {
      return settle(this, compute(this));
    },
    set(value) {
      settle(this, value);
    },
    enumerable: true,
    configurable: true,
  };
}

module.exports = { RequestView };
