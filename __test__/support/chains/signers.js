'use strict';

// How a chain leads from the server's certificate to a root.

const { extension: x, newKey } = require('../x509');
const { CA, LEAF, alone, authority, leaf } = require('./make');

module.exports = function signers() {
  return [...roads(), ...namesakes(), ...careless()];
};

function roads() {
  const root = authority('Root');
  const other = authority('Other');
  const middle = authority('Middle', { issuer: root });
  const below = leaf(middle);
  const second = authority('Second', { issuer: middle });
  const deep = leaf(second);
  const crossed = authority('Middle', { issuer: authority('Elsewhere'), key: middle.key });
  const issued = leaf(root);
  return [
    ['a root in ca', root, leaf(root), 'accepted'],
    ['a root in ca, the intermediate sent', root, [below, middle], 'accepted'],
    ['a root in ca, root and intermediate sent', root, [below, middle, root], 'accepted'],
    ['a root in ca, sent in the wrong order', root, [below, root, middle], 'accepted'],
    ['a root in ca, junk sent beside', root, [leaf(root), other], 'accepted'],
    ['a root in ca, the intermediate not sent', root, below, 'issuer'],
    ['root and intermediate in ca', [root, middle], below, 'accepted'],
    ['intermediate before root in ca, and sent too', [middle, root], [below, middle], 'accepted'],
    ['an intermediate alone in ca', middle, below, 'no root'],
    ['an intermediate alone in ca, and sent too', middle, [below, middle], 'no root'],
    ['an intermediate alone in ca, the root sent', middle, [below, middle, root], 'no root'],
    ['another root in ca', other, leaf(root), 'issuer'],
    ['another root in ca, the right one sent', other, [leaf(root), root], 'unknown root'],
    ['two roots in ca, the second is right', [other, root], leaf(root), 'accepted'],
    ['two intermediates sent', root, [deep, second, middle], 'accepted'],
    ['the upper of two intermediates in ca, the lower sent', [root, middle], [deep, second], 'accepted'],
    [
      'the lower of two intermediates in ca, the upper sent',
      [root, second],
      [deep, second, middle],
      'no root',
    ],
    ['cross-signed: a dead end in ca', [root, crossed], [below, middle], 'no root'],
    ['cross-signed: a dead end sent first', root, [below, crossed, middle], 'issuer'],
    ['cross-signed: a dead end sent last', root, [below, middle, crossed], 'accepted'],
    ['a leaf alone in ca, issued by a root', issued, issued, 'issuer'],
    ['a leaf alone in ca, the root sent', issued, [issued, root], 'unknown root'],
    ['a leaf in ca beside its root', [issued, root], issued, 'accepted'],
    ['signed by another key', root, leaf({ ...root, key: newKey() }), 'signature'],
    ['an intermediate signed by another key', root, forged(root), 'signature'],
  ];
}

function forged(root) {
  const middle = authority('Middle', { issuer: { ...root, key: newKey() } });
  return [leaf(middle), middle];
}

/** Several certificates with one name: chosen by key identifier if there is one, else the first that is valid today. */
function namesakes() {
  const [one, two] = [newKey(), newKey()];
  const identified = [one, two].map((key) =>
    authority('Root', { key, extensions: [...CA, x.subjectKeyIdentifier(key)] }),
  );
  const naming = (key, issuer) => leaf(issuer, { extensions: [...LEAF, x.authorityKeyIdentifier(key)] });
  const plain = [authority('Root'), authority('Root')];
  const [first] = plain;
  const expired = authority('Root', { key: one, days: [-9, -1] });
  const renewed = authority('Root', { key: one });
  const early = authority('Root', { key: one, days: [1, 9] });
  const lately = authority('Root', { key: one, days: [-9, -2] });
  const middles = [
    [-9, -1],
    [-1, 2],
  ].map((days) => authority('Middle', { issuer: first, key: one, days }));
  const bySerial = (serial, name) =>
    leaf(first, { extensions: [...LEAF, x.authorityBySerial(serial, name)] });
  return [
    ['another root of the same name in ca', authority('Root'), leaf(first), 'signature'],
    ['told apart by key identifiers, the first', identified, naming(one, identified[0]), 'accepted'],
    ['told apart by key identifiers, the second', identified, naming(two, identified[1]), 'accepted'],
    ['not told apart, the first', plain, leaf(plain[0]), 'accepted'],
    ['not told apart, the second', plain, leaf(plain[1]), 'signature'],
    ["a key identifier that is not the root's", identified[0], naming(two, identified[0]), 'issuer'],
    ["a serial number that is not the root's", first, bySerial([9]), 'issuer'],
    ["a serial number that is the root's", first, bySerial(first.serial), 'accepted'],
    ["an issuer of the issuer that is not the root's", first, bySerial(first.serial, 'Else'), 'issuer'],
    ["an issuer of the issuer that is the root's", first, bySerial(first.serial, 'Root'), 'accepted'],
    [
      'two issuers of the issuer, the first counts',
      first,
      bySerial(first.serial, ['Root', 'Else']),
      'accepted',
    ],
    ['the expired root of the same key first', [expired, renewed], leaf(expired), 'accepted'],
    ['the expired root of the same key last', [renewed, expired], leaf(expired), 'accepted'],
    ['two expired roots of the same key', [lately, expired], leaf(expired), 'root expired'],
    ['an expired root, then an early one', [expired, early], leaf(expired), 'root early'],
    ['an early root, then an expired one', [early, expired], leaf(expired), 'root early'],
    [
      'the expired intermediate of the same key sent first',
      first,
      [leaf(middles[0]), ...middles],
      'accepted',
    ],
    ['a name in another kind of string', first, otherString(first), 'issuer', { differs: 'encoding' }],
  ];
}

/** The issuer's name is a PrintableString; in the root it is a UTF8String. */
function otherString(root) {
  const name = Buffer.from(root.name);
  name[name.indexOf(0x0c)] = 0x13;
  return leaf({ ...root, name });
}

function careless() {
  const self = alone();
  const late = alone(undefined, { days: [-9, -1] });
  const off = { rejectUnauthorized: false };
  return [
    ['rejectUnauthorized false', authority('Root'), self, 'accepted', off],
    [
      'rejectUnauthorized false, expired, wrong host',
      self,
      late,
      'accepted',
      { ...off, servername: 'b.example' },
    ],
  ];
}
