'use strict';

/** The cookies of a Koa app, as a client sends them: the session's, then that of its signature (`….sig`). */

/**
 * @param {string} cookie - both, as a `Cookie` header
 * @returns {{ key: string, id: string, signature: string }}
 */
function partsOf(cookie) {
  const [, key, id, signature] = /^([^=]+)=([^;]+); \1\.sig=([^;]+)$/.exec(cookie);
  return { key, id, signature };
}

/** The header with these parts. */
function headerOf({ key, id, signature }) {
  return `${key}=${id}; ${key}.sig=${signature}`;
}

/** The same cookies with an invalid signature: its first character is changed. */
function forgedInKoa(cookie) {
  const { signature, ...session } = partsOf(cookie);
  return headerOf({ ...session, signature: (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1) });
}

module.exports = { forgedInKoa, headerOf, partsOf };
