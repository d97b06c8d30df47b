'use strict';

const { CREDENTIAL_KIND } = require('../sessions/verifier');

/** `cookie` and `sessionID` of a request: computed on the first read, plain properties from then on. */

/** By reader, and by the option `sessionIdInQuery`. */
const shared = new WeakMap();

/**
 * The descriptors of the two properties. Authorizers that read requests alike get the same ones: to V8 a request with other
 * accessors has another shape, and with two authorizers of one server, each of 1,024 authorizations in flight took 1.8 times
 * as long.
 * @param {import('../sessions/cookies').CookieReader} reader
 * @param {boolean | 'signed'} sessionIdInQuery - the option
 * @returns {{ cookie: PropertyDescriptor, sessionID: PropertyDescriptor }}
 */
function propertiesOf(reader, sessionIdInQuery) {
  let ofReader = shared.get(reader);
  if (ofReader === undefined) shared.set(reader, (ofReader = new Map()));
  let properties = ofReader.get(sessionIdInQuery);
  if (properties === undefined) {
    properties = {
      cookie: lazy('cookie', (data) => reader.cookiesOf(data, headerOf(data)).signed),
      sessionID: lazy('sessionID', (data) => sessionIdOf(data, reader, sessionIdInQuery)),
    };
    ofReader.set(sessionIdInQuery, properties);
  }
  return properties;
}

/** `sessionID` where the app has a cookie parser of its own, which has made `cookie`. */
function parsedProperty(reader, { key, sessionIdInQuery }) {
  return lazy('sessionID', (data) =>
    queriedIn(data, sessionIdInQuery) ? sessionIdOf(data, reader, sessionIdInQuery) : data.cookie[key] || '',
  );
}

function sessionIdOf(data, reader, sessionIdInQuery) {
  const queried = queriedIn(data, sessionIdInQuery);
  // Not from `data.cookie`: the app may have replaced it.
  if (!queried) return reader.cookiesOf(data, headerOf(data)).session;
  if (typeof queried !== 'string') return queried;
  return reader.cookiesOf(data, headerOf(data)).queried(queried, queryKindOf(sessionIdInQuery));
}

/** The query parameter `session_id`, which is taken before the cookie, as in the original; falsy where there is none. */
function queriedIn(data, sessionIdInQuery) {
  if (sessionIdInQuery === false) return undefined;
  return data.query?.session_id || data._query?.session_id;
}

/** The kind of credential in the query. */
function queryKindOf(sessionIdInQuery) {
  return sessionIdInQuery === 'signed' ? CREDENTIAL_KIND.SIGNED : CREDENTIAL_KIND.EITHER;
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

module.exports = { headerOf, parsedProperty, propertiesOf, queriedIn, queryKindOf };
