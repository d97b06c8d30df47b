'use strict';

// Client certificates, and whether a server accepts them.

const { certificate, extension: x, newKey } = require('../x509');
const { authority } = require('./make');

/** @returns {[string, object | undefined, boolean][]} its name, `cert` and `key`, and whether the server accepts it */
function ownCertificates(root) {
  const of = (issuer, rest) =>
    certificate({ cn: 'client', issuer, extensions: [x.extendedKeyUsage('clientAuth')], ...rest });
  const middle = authority('Middle', { issuer: root });
  const stranger = authority('Stranger');
  const [good, below] = [of(root), of(middle)];
  return [
    ['none', undefined, false],
    ['of the authority', pair(good), true],
    ['of the authority, RSA', pair(of(root, { key: newKey('rsa') })), true],
    ['of version 1', pair(of(root, { version: 1, extensions: [] })), true],
    ['of an intermediate that is with it', { ...pair(below), cert: below.pem + middle.pem }, true],
    ['of an intermediate that is not', pair(below), false],
    ['of a stranger', pair(of(stranger)), false],
    ['for servers only', pair(of(root, { extensions: [x.extendedKeyUsage('serverAuth')] })), false],
    ['expired', pair(of(root, { days: [-9, -1] })), false],
  ];
}

function pair({ pem, keyPem }) {
  return { cert: pem, key: keyPem };
}

module.exports = { ownCertificates };
