'use strict';

// Which certificates may sign others.

const { certificate, extension: x } = require('../x509');
const { CA, LEAF, LOCALHOST, authority, leaf } = require('./make');

module.exports = function authorities() {
  const root = authority('Root');
  const oldRoot = certificate({ cn: 'Old', version: 1 });
  const oldMiddle = certificate({ cn: 'Old', version: 1, issuer: root });
  const oldLeaf = leaf(root, { version: 1, extensions: [], cn: 'localhost' });
  const secondLeaf = leaf(root, { version: 2, extensions: [], cn: 'localhost' });
  const bothLeaf = leaf(root, { extensions: [...CA, LOCALHOST] });
  const caLeaf = leaf(root, { extensions: [x.basicConstraints(true), LOCALHOST] });
  return [
    ...signing('CA:FALSE', LEAF, false),
    ...signing('CA:FALSE written out', [x.raw('2.5.29.19', [0x30, 0x03, 0x01, 0x01, 0x00])], false),
    ...signing('CA:FALSE with keyCertSign', [...LEAF, x.keyUsage('keyCertSign')], false),
    ...signing('without basicConstraints', [LOCALHOST], false),
    ...signing('without extensions', [], false),
    ...signing('CA:TRUE without keyCertSign', [x.basicConstraints(true), x.keyUsage('cRLSign')], false),
    ...signing('keyCertSign without basicConstraints', [x.keyUsage('keyCertSign')], 'root'),
    ...signing('of Netscape type CA', [x.netscapeType(5)], 'root'),
    ...signing('CA:TRUE without keyUsage', [x.basicConstraints(true)], true),
    ['a root of version 1', oldRoot, leaf(oldRoot), 'accepted'],
    ['an intermediate of version 1', root, [leaf(oldMiddle), oldMiddle], 'intermediate no authority'],
    ['an intermediate of version 1 in ca', [root, oldMiddle], leaf(oldMiddle), 'intermediate no authority'],
    ['a leaf of version 1', root, oldLeaf, 'version 1', { differs: 'version 1' }],
    ['a leaf of version 2', root, secondLeaf, 'unreadable', { differs: 'version 1' }],
    ['a server that is an authority', root, caLeaf, 'authority as server', { differs: 'CA as server' }],
    ['a server that is an authority with its usage', root, bothLeaf, 'usage'],
  ];
};

/** Rows for these extensions in a root, in an intermediate that the server sends, and in one in `ca`. */
function signing(what, extensions, isGood) {
  const root = authority('Root');
  const top = certificate({ cn: 'Signer', extensions });
  const under = certificate({ cn: 'Signer', issuer: root, extensions });
  const good = (place) => (isGood === true || isGood === place ? 'accepted' : `${place} no authority`);
  return [
    [`signs as a root: ${what}`, top, leaf(top), good('root')],
    [`signs as an intermediate: ${what}`, root, [leaf(under), under], good('intermediate')],
    [`signs as an intermediate in ca: ${what}`, [root, under], leaf(under), good('intermediate')],
    // An intermediate never is a root.
    [`signs as an intermediate alone in ca: ${what}`, under, leaf(under), 'no root'],
  ];
}
