'use strict';

// Keys and signatures. OpenSSL's security level is 1 in Node 18 and 20, and 2 from Node 22 on.

const { newKey } = require('../x509');
const { authority, leaf } = require('./make');

const TLS_1_2 = { server: { maxVersion: 'TLSv1.2' } };

module.exports = function keys() {
  const root = authority('Root');
  const of = (kind) => leaf(root, { key: newKey(kind) });
  const by = (kind, rest) => {
    const signer = authority('Root', { key: newKey(kind) });
    return [signer, leaf(signer, rest)];
  };
  const signed = (hash) => leaf(root, { hash });
  const top = (hash) => {
    const signer = authority('Root', { hash });
    return [signer, leaf(signer)];
  };
  const differs = (name) => ({ differs: name });
  return [
    ['key of the leaf: P-384', root, of('p384'), 'accepted'],
    ['key of the leaf: RSA', root, of('rsa'), 'accepted'],
    ['key of the leaf: Ed25519', root, of('ed25519'), 'accepted'],
    [
      'key of the leaf: P-521',
      root,
      of('p521'),
      'nothing in common',
      { differs: 'P-521', inHandshake: true },
    ],
    [
      'key of the leaf: RSA of 1024 bits',
      root,
      of('rsa1024'),
      'signature',
      { differs: 'small RSA', inHandshake: true },
    ],
    ['key of the leaf under TLS 1.2: P-256', root, of('ec'), 'accepted', TLS_1_2],
    ['key of the leaf under TLS 1.2: RSA', root, of('rsa'), 'accepted', TLS_1_2],
    ['key of the root: P-384', ...by('p384'), 'accepted'],
    ['key of the root: RSA', ...by('rsa'), 'accepted'],
    ['key of the root: Ed25519', ...by('ed25519'), 'accepted'],
    ['key of the root: P-521', ...by('p521'), 'unsupported', differs('P-521')],
    ['key of the root: RSA of 1024 bits', ...by('rsa1024'), 'signature', differs('small RSA')],
    ['signed with ECDSA and SHA-1', root, signed('sha1'), 'unsupported'],
    ['signed with RSA and SHA-1', ...by('rsa', { hash: 'sha1' }), 'unsupported'],
    ['signed with ECDSA and SHA-384', root, signed('sha384'), 'accepted'],
    ['signed with ECDSA and SHA-512', root, signed('sha512'), 'unsupported', differs('ECDSA with SHA-512')],
    // The signature of a root on itself is not checked.
    ['the root signed itself with SHA-1', ...top('sha1'), 'accepted'],
    ['the root signed itself with SHA-512', ...top('sha512'), 'accepted'],
  ];
};
