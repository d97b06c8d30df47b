'use strict';

// Self-signed certificates of servers.

const { extension: x, newKey } = require('../x509');
const { CA, LEAF, LOCALHOST, alone, authority } = require('./make');

module.exports = function pinned() {
  return [...exactly(), ...namesakes()];
};

/** `ca` contains exactly this certificate. */
function exactly() {
  const table = [
    ['with CA:FALSE', LEAF, 'accepted'],
    ['with CA:TRUE', [x.basicConstraints(true), LOCALHOST], 'accepted'],
    ['with CA:TRUE and the usage of an authority', [...CA, LOCALHOST], 'usage'],
    ['without basicConstraints', [LOCALHOST], 'accepted'],
    ['for clients only', [LOCALHOST, x.extendedKeyUsage('clientAuth')], 'server purpose'],
    ['for servers', [LOCALHOST, x.extendedKeyUsage('serverAuth')], 'accepted'],
    ['for clients and servers', [LOCALHOST, x.extendedKeyUsage('clientAuth', 'serverAuth')], 'accepted'],
    ['for any purpose', [LOCALHOST, x.extendedKeyUsage('any')], 'server purpose'],
    ['for no purpose', [LOCALHOST, x.extendedKeyUsage()], 'server purpose'],
    ['of usage cRLSign', [LOCALHOST, x.keyUsage('cRLSign')], 'usage'],
    ['of usage keyCertSign', [LOCALHOST, x.keyUsage('keyCertSign')], 'usage'],
    ['of usage digitalSignature', [LOCALHOST, x.keyUsage('digitalSignature')], 'accepted'],
    ['of usage keyEncipherment', [LOCALHOST, x.keyUsage('keyEncipherment')], 'accepted'],
    ['of usage keyAgreement', [LOCALHOST, x.keyUsage('keyAgreement')], 'accepted'],
    ['of Netscape type client', [LOCALHOST, x.netscapeType(0)], 'server purpose'],
    ['of Netscape type server', [LOCALHOST, x.netscapeType(1)], 'accepted'],
    ['with an unknown critical extension', [LOCALHOST, x.unknown(true)], 'server critical'],
    ['with an unknown extension', [LOCALHOST, x.unknown(false)], 'accepted'],
    ['with CA:FALSE and a path length', [LOCALHOST, x.basicConstraints(false, 1)], 'accepted'],
    ['with name constraints', [LOCALHOST, x.permittedNames('example.com')], 'accepted'],
  ];
  const rows = table.map(([what, extensions, verdict]) => pin(what, alone(extensions), verdict));
  const twelve = { server: { maxVersion: 'TLSv1.2' } };
  return [
    ...rows,
    pin('without extensions', alone([]), 'accepted'),
    pin('of version 1', alone([], { version: 1 }), 'accepted'),
    pin('of version 1, RSA', alone([], { version: 1, key: newKey('rsa') }), 'accepted'),
    pin('of version 1, under TLS 1.2', alone([], { version: 1 }), 'accepted', twelve),
    pin(
      'of version 1, RSA, under TLS 1.2',
      alone([], { version: 1, key: newKey('rsa') }),
      'accepted',
      twelve,
    ),
    pin('of version 1, for another name', alone([], { version: 1, cn: 'other' }), 'common name'),
    pin('of version 1, for an address', alone([], { version: 1, cn: '127.0.0.1' }), 'common name', {
      servername: '127.0.0.1',
    }),
    pin('under TLS 1.2', alone(), 'accepted', twelve),
    pin('for another host', alone(), 'name', { servername: 'other.example' }),
    pin('expired', alone(LEAF, { days: [-9, -1] }), 'server expired'),
    pin('from before 1970', alone(LEAF, { days: [-25_000, 2] }), 'accepted'),
    pin('not yet valid', alone(LEAF, { days: [1, 9] }), 'server early'),
    pin('signed by SHA-1', alone(LEAF, { hash: 'sha1' }), 'accepted'),
    pin('P-384', alone(LEAF, { key: newKey('p384') }), 'accepted'),
    pin('RSA', alone(LEAF, { key: newKey('rsa') }), 'accepted'),
    pin('Ed25519', alone(LEAF, { key: newKey('ed25519') }), 'accepted'),
    pin('P-521', alone(LEAF, { key: newKey('p521') }), 'nothing in common', {
      differs: 'P-521',
      inHandshake: true,
    }),
    pin('RSA of 1024 bits', alone(LEAF, { key: newKey('rsa1024') }), 'signature', {
      differs: 'small RSA',
      inHandshake: true,
    }),
    pin('of its own name, by a key that it says is another', naming(), 'issuer'),
    pin('of its own name, by a key of another kind', byOther(), 'issuer'),
  ];
}

function pin(what, certificate, verdict, rest) {
  return [`self-signed in ca: ${what}`, certificate, certificate, verdict, rest];
}

function naming() {
  const [key, other] = [newKey(), newKey()];
  return alone([...LEAF, x.subjectKeyIdentifier(key), x.authorityKeyIdentifier(other)], { key });
}

function byOther() {
  const self = alone();
  return alone(LEAF, { issuer: { key: newKey('rsa'), name: self.name } });
}

/** `ca` contains another certificate. */
function namesakes() {
  const self = alone();
  const late = alone(LEAF, { days: [-9, -1] });
  const renewed = alone(LEAF, { key: late.key });
  const [one, two] = [newKey(), newKey()];
  const identified = [one, two].map((key) =>
    alone([...LEAF, x.subjectKeyIdentifier(key), x.authorityKeyIdentifier(key)], { key }),
  );
  return [
    ['self-signed, a root in ca', authority('Root'), self, 'self-signed'],
    ['self-signed, another of its name in ca', alone(), self, 'self-signed'],
    ['self-signed, another of its name before it in ca', [alone(), self], self, 'self-signed'],
    ['self-signed, another of its name after it in ca', [self, alone()], self, 'accepted'],
    ['self-signed, another of its key in ca', alone(LEAF, { key: self.key }), self, 'self-signed'],
    ['self-signed, renewed, the expired one in ca', late, renewed, 'self-signed'],
    ['self-signed, renewed, both in ca', [late, renewed], renewed, 'accepted'],
    ['self-signed, told apart by key identifiers, the first', identified, identified[0], 'accepted'],
    ['self-signed, told apart by key identifiers, the second', identified, identified[1], 'accepted'],
  ];
}
