'use strict';

/**
 * Chains of certificates: each with the certificates of `ca`, those that the server sends, and the expected result.
 * @returns {Row[]}
 * @typedef {object} Row
 * @property {string} name
 * @property {object[]} ca - certificates of `../x509`
 * @property {object[]} sent - the same, the server's own first
 * @property {string} verdict - 'accepted', or the name of a text in `SAYS`
 * @property {string} servername
 * @property {boolean} rejectUnauthorized
 * @property {object} [server] - more options of `tls.createServer`
 * @property {boolean} [inHandshake] - refused for the server's key, and not for its certificate
 * @property {string} [differs] - the name of a difference in `DIFFERENCES`: Node accepts, the addon refuses
 */
function chains() {
  const parts = ['signers', 'pinned', 'authorities', 'names', 'limits', 'keys'];
  return parts.flatMap((part) => require(`./${part}`)()).map(rowOf);
}

function rowOf([name, ca, sent, verdict, rest]) {
  const row = { servername: 'localhost', rejectUnauthorized: true, ...rest };
  return { name, ca: [ca].flat(), sent: [sent].flat(), verdict, ...row };
}

/** The messages of the addon for refusals. */
const SAYS = {
  issuer: 'was not issued by an authority in `ca`: add the root certificate',
  'no root':
    "`ca` has an intermediate certificate of the server's chain, but not the root above it: add the root",
  'self-signed': 'is self-signed and is not the one in `ca`: add that very certificate',
  'unknown root': 'ends at a root certificate that is not in `ca`',
  signature: 'is not valid: `ca` has another certificate of the same name',
  'too long': 'more than six intermediate certificates',
  'server expired': "the server's certificate has expired",
  'intermediate expired': "an intermediate certificate of the server's chain has expired",
  'root expired': "the certificate in `ca` that issued the server's chain has expired",
  'server early': "the server's certificate is not valid yet",
  'intermediate early': "an intermediate certificate of the server's chain is not valid yet",
  'root early': "the certificate in `ca` that issued the server's chain is not valid yet",
  'server purpose': "the server's certificate is not for servers: where it has an extended key usage",
  'intermediate purpose': "an intermediate certificate of the server's chain is not for servers",
  'root purpose': "the certificate in `ca` that issued the server's chain is not for servers",
  usage: 'where it has a key usage it needs digitalSignature',
  'intermediate no authority':
    "an intermediate certificate of the server's chain is not that of an authority",
  'root no authority': "the certificate in `ca` that issued the server's chain is not that of an authority",
  'path length': 'more intermediate certificates than the path length',
  constraints: 'an authority above it may not issue (name constraints)',
  'server critical': "the server's certificate has a critical extension",
  'intermediate critical': "an intermediate certificate of the server's chain has a critical extension",
  'root critical': "the certificate in `ca` that issued the server's chain has a critical extension",
  'version 1': 'is of version 1: issue one of version 3',
  'authority as server': 'is that of an authority (basicConstraints CA:TRUE): issue one with CA:FALSE',
  'common name': 'it has no fitting subjectAltName, and its common name is another or does not count',
  name: 'certificate not valid for name',
  unreadable: 'certificate cannot be read',
  'some critical': 'has a critical extension that is not supported',
  unsupported: 'a key or a signature that is not supported: there are RSA from 2048 bits',
  'nothing in common': 'found no cipher suite or kind of key in common',
};

/** The cases that Node accepts and the addon refuses, in the words of docs/redis.md, which lists all of them. */
const DIFFERENCES = {
  'small RSA': 'RSA keys below 2048 bits',
  'P-521': 'P-521',
  'ECDSA with SHA-512': 'ECDSA with SHA-512',
  'version 1': 'version 1',
  'CA as server': 'marked CA:TRUE',
  depth: 'more than six intermediates',
  wildcard: 'wildcard for a part of a label',
  dot: 'dot at its end',
  'constrained CN': 'common name under name constraints',
  'self-issued': 'renewed its own key below a path length',
  policies: 'critical policies',
  encoding: 'encoded in two ways',
};

module.exports = { DIFFERENCES, SAYS, chains };
