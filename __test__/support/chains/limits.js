'use strict';

// Dates, purposes, path lengths, critical extensions.

const { certificate, extension: x, newKey } = require('../x509');
const { CA, LEAF, LOCALHOST, authority, leaf } = require('./make');

module.exports = function limits() {
  return [...dates(), ...purposes(), ...usages(), ...pathLengths(), ...criticals(), ...malformed()];
};

function dates() {
  const root = authority('Root');
  const rows = [['date: a leaf until after 2049', root, leaf(root, { days: [-1, 36_500] }), 'accepted']];
  for (const [what, days, short] of [
    ['expired', [-9, -1], 'expired'],
    ['not yet valid', [1, 9], 'early'],
  ]) {
    const bad = authority('Root', { days });
    const middle = authority('Middle', { issuer: root, days });
    rows.push(
      [`date: leaf ${what}`, root, leaf(root, { days }), `server ${short}`],
      [`date: root ${what}`, bad, leaf(bad), `root ${short}`],
      [`date: root ${what}, sent too`, bad, [leaf(bad), bad], `root ${short}`],
      [`date: intermediate ${what}`, root, [leaf(middle), middle], `intermediate ${short}`],
      [`date: intermediate in ca ${what}`, [root, middle], leaf(middle), `intermediate ${short}`],
    );
  }
  return rows;
}

/** Rows for this extension in a leaf, in a root and in an intermediate. */
function everywhere(what, extension, verdictOf) {
  const root = authority('Root');
  const top = authority('Root', { extensions: [...CA, extension] });
  const middle = authority('Middle', { issuer: root, extensions: [...CA, extension] });
  return [
    [`${what}: leaf`, root, leaf(root, { extensions: [...LEAF, extension] }), ...verdictOf('server')],
    [`${what}: root`, top, leaf(top), ...verdictOf('root')],
    [`${what}: intermediate`, root, [leaf(middle), middle], ...verdictOf('intermediate')],
  ];
}

function purposes() {
  const table = [
    [['clientAuth'], false],
    [['serverAuth'], true],
    [['clientAuth', 'serverAuth'], true],
    [['any'], false],
    [['any', 'clientAuth'], false],
    [[], false],
  ];
  return table.flatMap(([names, isGood]) =>
    everywhere(`purpose ${names.join(', ') || 'none'}`, x.extendedKeyUsage(...names), (part) => [
      isGood ? 'accepted' : `${part} purpose`,
    ]),
  );
}

function usages() {
  const root = authority('Root');
  const good = ['digitalSignature', 'keyEncipherment', 'keyAgreement'];
  const bad = ['keyCertSign', 'dataEncipherment', 'nonRepudiation', 'cRLSign'];
  const client = leaf(root, { extensions: [...LEAF, x.netscapeType(0)] });
  return [
    ...[...good, ...bad].map((usage) => [
      `usage ${usage}: leaf`,
      root,
      leaf(root, { extensions: [...LEAF, x.keyUsage(usage)] }),
      good.includes(usage) ? 'accepted' : 'usage',
    ]),
    ['usage none: leaf', root, leaf(root, { extensions: [...LEAF, x.keyUsage()] }), 'usage'],
    ['Netscape type client: leaf', root, client, 'server purpose'],
  ];
}

function pathLengths() {
  const limited = (cn, length, rest) =>
    authority(cn, { extensions: [x.basicConstraints(true, length), x.keyUsage('keyCertSign')], ...rest });
  const zero = limited('Root', 0);
  const under = authority('Middle', { issuer: zero });
  const one = limited('Root', 1);
  const first = authority('First', { issuer: one });
  const second = authority('Second', { issuer: first });
  const root = authority('Root');
  const middle = limited('Middle', 0, { issuer: root });
  const deep = authority('Deep', { issuer: middle });
  const long = [];
  for (let depth = 0; depth < 8; depth++) {
    long.unshift(authority(`Middle ${depth}`, { issuer: long[0] ?? root }));
  }
  const [key, rootKey] = [newKey(), newKey()];
  const own = limited('Root', 0, { key: rootKey });
  const renewal = certificate({
    ...{ cn: 'Root', issuer: own, key },
    extensions: [...CA, x.subjectKeyIdentifier(key), x.authorityKeyIdentifier(rootKey)],
  });
  const ofRenewal = leaf(renewal, { extensions: [...LEAF, x.authorityKeyIdentifier(key)] });
  const identified = (cn, key_, rest) =>
    certificate({
      cn,
      key: key_,
      extensions: [x.basicConstraints(true, 0), x.keyUsage('keyCertSign'), x.subjectKeyIdentifier(key_)],
      ...rest,
    });
  const told = identified('Root', rootKey);
  const top = authority('Top');
  const inner = identified('Root', rootKey, { issuer: top });
  const innerRenewal = certificate({
    ...{ cn: 'Root', issuer: inner, key },
    extensions: [...CA, x.subjectKeyIdentifier(key), x.authorityKeyIdentifier(rootKey)],
  });
  return [
    ['path length 0 of the root, none between', zero, leaf(zero), 'accepted'],
    ['path length 0 of the root, one between', zero, [leaf(under), under], 'path length'],
    ['path length 1 of the root, one between', one, [leaf(first), first], 'accepted'],
    ['path length 1 of the root, two between', one, [leaf(second), second, first], 'path length'],
    ['path length 0 of an intermediate, none below', root, [leaf(middle), middle], 'accepted'],
    ['path length 0 of an intermediate, one below', root, [leaf(deep), deep, middle], 'path length'],
    ['path length 0 of the root, a namesake between', told, [ofRenewal, renewal], 'accepted'],
    [
      'path length 0 of an intermediate, a namesake below',
      top,
      [ofRenewal, innerRenewal, inner],
      // webpki also tries the other certificate of that name, and reports the error of that one.
      'signature',
      { differs: 'self-issued' },
    ],
    ['six intermediates', root, [leaf(long[2]), ...long.slice(2)], 'accepted'],
    ['seven intermediates', root, [leaf(long[1]), ...long.slice(1)], 'too long', { differs: 'depth' }],
    ['path length of more than a byte', ...pair(limited('Root', [1, 0])), 'accepted'],
  ];
}

function pair(root) {
  return [root, leaf(root)];
}

/** proxyCertInfo that inherits all, RFC 3820. */
const PROXY = [0x30, 0x0c, 0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x15, 0x01];

function criticals() {
  const anyPolicy = [0x30, 0x06, 0x30, 0x04, 0x06, 0x02, 0x2a, 0x03];
  const identifier = [0x04, 0x02, 0x01, 0x02];
  const refused = (part) => [`${part} critical`];
  return [
    ...everywhere('unknown critical extension', x.unknown(true), refused),
    ...everywhere('unknown extension', x.unknown(false), () => ['accepted']),
    ...everywhere('critical key identifier', x.raw('2.5.29.14', identifier, true), refused),
    ...everywhere('policies of proxies', x.raw('1.3.6.1.5.5.7.1.14', PROXY), refused),
    ...everywhere('policies', x.raw('2.5.29.32', anyPolicy), () => ['accepted']),
    ...everywhere('critical policies', x.raw('2.5.29.32', anyPolicy, true), (part) =>
      part === 'root' ? ['accepted'] : ['some critical', { differs: 'policies' }],
    ),
  ];
}

function malformed() {
  const root = authority('Root');
  const odd = (what, extensions, verdict = 'unreadable', rest = {}) => [
    `malformed: ${what}`,
    root,
    leaf(root, { extensions }),
    verdict,
    rest,
  ];
  return [
    odd('an extension twice', [...LEAF, x.extendedKeyUsage('serverAuth'), x.extendedKeyUsage('serverAuth')]),
    odd('names that are none', [x.raw('2.5.29.17', [0x30, 0x05])]),
    odd('a purpose that is no list', [LOCALHOST, x.raw('2.5.29.37', [0x05, 0x00])]),
    odd('a negative path length', [LOCALHOST, x.raw('2.5.29.19', [0x30, 0x03, 0x02, 0x01, 0xff])]),
    odd('basicConstraints with a tail', [LOCALHOST, x.raw('2.5.29.19', [0x30, 0x02, 0x05, 0x00])]),
  ];
}
