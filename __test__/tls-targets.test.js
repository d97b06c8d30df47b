'use strict';

// The same rules of TLS for every server that the addon connects to: one Redis, a Sentinel and the master that it names,
// the nodes of a cluster.

const assert = require('node:assert/strict');
const { after, before, describe, test } = require('node:test');
const { SAYS } = require('./support/chains');
const { alone, authority, leaf } = require('./support/chains/make');
const { extension: x } = require('./support/x509');
const { bulk, startTlsRedis } = require('./support/tls-redis');
const { askAddon } = require('./support/tls-verdicts');

const root = authority('Root');
const middle = authority('Middle', { issuer: root });
const ADDRESS = x.subjectAltName('IP:127.0.0.1', 'DNS:localhost');

/** What servers show, what `ca` has, and what comes of it. */
const TABLE = [
  ['root and chain', [leaf(middle, { extensions: [ADDRESS] }), middle], root, 'accepted'],
  ['an intermediate alone', [leaf(middle, { extensions: [ADDRESS] }), middle], middle, 'no root'],
  ['no authority', ...ofNoAuthority(), 'root no authority'],
  [
    'self-signed, for clients',
    ...twice(alone([ADDRESS, x.extendedKeyUsage('clientAuth')])),
    'server purpose',
  ],
  ['self-signed', ...twice(alone([ADDRESS])), 'accepted'],
  ['an expired root', ...ofExpired(), 'root expired'],
];

function ofNoAuthority() {
  const signer = alone([ADDRESS]);
  return [[leaf(signer, { extensions: [ADDRESS] })], signer];
}

function ofExpired() {
  const old = authority('Root', { days: [-9, -1] });
  return [[leaf(old, { extensions: [ADDRESS] })], old];
}

function twice(certificate) {
  return [[certificate], certificate];
}

const serverOf = (chain) => ({ key: chain[0].keyPem, cert: chain.map(({ pem }) => pem).join('') });
const localOnly = [leaf(root)];

const CLUSTER = {
  CLUSTER: ([what], port) =>
    what.toUpperCase() === 'SLOTS'
      ? `*1\r\n*3\r\n:0\r\n:16383\r\n*3\r\n${bulk('127.0.0.1')}:${port}\r\n${bulk('id')}`
      : bulk('cluster_state:ok\r\n'),
};

/** A Sentinel that names this master. */
const naming = (port) => ({
  SENTINEL: ([what]) =>
    what.toUpperCase() === 'SENTINELS' ? '*0\r\n' : `*2\r\n${bulk('127.0.0.1')}${bulk(String(port))}`,
});

function says(verdict, ours) {
  if (verdict === 'accepted') assert.equal(ours, verdict);
  else assert.ok(ours.includes(SAYS[verdict]), ours);
}

for (const [what, chain, given, verdict] of TABLE) {
  describe(what, () => {
    let node;
    let sentinel;
    const tls = { ca: given.pem };
    const nodes = ({ port }) => [{ host: '127.0.0.1', port }];

    before(async () => {
      node = await startTlsRedis(serverOf(chain), CLUSTER);
      sentinel = await startTlsRedis(serverOf(chain), naming(node.port));
    });
    after(() => Promise.all([node?.stop(), sentinel?.stop()]));

    test('one server', async () => {
      says(verdict, await askAddon({ host: '127.0.0.1', port: node.port, tls }));
    });

    test('the nodes of a cluster', async () => {
      says(verdict, await askAddon({ nodes: nodes(node), tls }));
    });

    test('the master that a Sentinel names', async () => {
      const trusting = { name: 'm', nodes: nodes(sentinel), tls: { rejectUnauthorized: false } };
      says(verdict, await askAddon({ sentinel: trusting, tls }));
    });

    test('a Sentinel', async () => {
      const asked = { name: 'm', nodes: nodes(sentinel), tls };
      says(verdict, await askAddon({ sentinel: asked, tls: { rejectUnauthorized: false } }));
    });
  });
}

describe('names', () => {
  let node;
  let sentinel;
  const ca = root.pem;
  const named = { ca, servername: 'localhost' };

  before(async () => {
    node = await startTlsRedis(serverOf(localOnly), CLUSTER);
    sentinel = await startTlsRedis(serverOf(localOnly), naming(node.port));
  });
  after(() => Promise.all([node?.stop(), sentinel?.stop()]));

  test('of the node that a cluster names, unless servername is given', async () => {
    const nodes = [{ host: 'localhost', port: node.port }];
    says('name', await askAddon({ nodes, tls: { ca } }));
    says('accepted', await askAddon({ nodes, tls: named }));
  });

  test('of the master that a Sentinel names, unless servername is given', async () => {
    const asked = { name: 'm', nodes: [{ host: 'localhost', port: sentinel.port }], tls: { ca } };
    says('name', await askAddon({ sentinel: asked, tls: { ca } }));
    says('accepted', await askAddon({ sentinel: asked, tls: named }));
  });

  test('of the Sentinel itself', async () => {
    const asked = { name: 'm', nodes: [{ host: '127.0.0.1', port: sentinel.port }] };
    says('name', await askAddon({ sentinel: { ...asked, tls: { ca } }, tls: named }));
    says('accepted', await askAddon({ sentinel: { ...asked, tls: named }, tls: named }));
  });
});
