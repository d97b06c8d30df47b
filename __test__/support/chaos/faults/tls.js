'use strict';

// TLS, and the names of hosts.

const { authority, leaf, LEAF } = require('../../chains/make');
const { extension } = require('../../x509');
const { ROOT, Secure } = require('../places/secure');

/** A certificate that must not be believed. */
function shows(certificate, fault) {
  return {
    place: () => Secure.open(),
    begin: (place) => place.show(certificate()),
    end: (place) => place.show(),
    codes: ['STORE_ERROR'],
    ...fault,
  };
}

/** @type {import('../trial').Fault[]} */
module.exports = [
  shows(() => leaf(ROOT, { days: [-9, -1] }), {
    title: "the server's certificate has expired",
    what: 'After a cut look-ups fail, and the cause says it.',
    cause: /certificate has expired/,
  }),
  shows(() => leaf(ROOT, { extensions: [LEAF[0], extension.subjectAltName('DNS:other.example')] }), {
    title: 'the certificate is that of another host',
    what: 'The same.',
    cause: /not valid for name/,
  }),
  shows(() => leaf(authority('Root')), {
    title: 'the certificate is of an authority that nobody trusts',
    what: 'The same.',
    cause: /certificate/,
  }),
  {
    title: 'the server ends connections before the TLS handshake',
    what: 'Look-ups fail at once.',
    place: () => Secure.open(),
    begin({ proxy }) {
      proxy.isOpen = false;
      proxy.cut();
    },
    end: ({ proxy }) => (proxy.isOpen = true),
    codes: ['STORE_ERROR'],
  },
];
