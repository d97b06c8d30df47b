'use strict';

// Whom the addon trusts is whom Node trusts: each chain is shown to tls.connect and to the addon. Where they differ the
// addon refuses, and docs/redis.md says so.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const tls = require('node:tls');
const { Passport } = require('passport');
const { authorize } = require('..');
const { DIFFERENCES, SAYS, chains } = require('./support/chains');
const { leaf, authority } = require('./support/chains/make');
const { ownCertificates } = require('./support/chains/own');
const { verdicts } = require('./support/tls-verdicts');

const PAGE = fs.readFileSync(path.join(__dirname, '..', 'docs', 'redis.md'), 'utf8').replace(/\s+/g, ' ');

/** OpenSSL's security level of Node 22 and newer refuses these too. */
const BY_VERSION = ['small RSA'];

describe('certificates', { concurrency: 4 }, () => {
  for (const row of chains()) {
    test(row.name, async () => {
      const { node, ours } = await verdicts(
        { key: row.sent[0].keyPem, cert: pemOf(row.sent), ...row.server },
        { ca: pemOf(row.ca), servername: row.servername, rejectUnauthorized: row.rejectUnauthorized },
      );
      if (row.verdict === 'accepted') assert.equal(ours, 'accepted');
      else assert.ok(ours.includes(SAYS[row.verdict] ?? 'no such text'), ours);
      const same = (node === 'accepted') === (ours === 'accepted');
      if (!row.differs) assert.ok(same, `Node: ${node}\nthe addon: ${ours}`);
      else if (!BY_VERSION.includes(row.differs)) assert.equal(node, 'accepted');
    });
  }
});

describe('a server that asks for our own certificate', { concurrency: 4 }, () => {
  const root = authority('Root');
  const server = leaf(root);
  const asking = { key: server.keyPem, cert: server.pem, ca: root.pem, requestCert: true };
  for (const [what, own, isTaken] of ownCertificates(root)) {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
      test(`${what}, ${maxVersion}`, async () => {
        const options = { ca: root.pem, servername: 'localhost', ...own };
        const { node, ours } = await verdicts({ ...asking, maxVersion }, options);
        const taken = [node, ours].map((verdict) => verdict === 'accepted');
        assert.deepEqual(taken, [isTaken, isTaken], `Node: ${node}\nthe addon: ${ours}`);
        for (const line of (own?.key ?? '').split('\n').filter(Boolean)) assert.ok(!ours.includes(line));
      });
    }
  }
});

test('every authority that Node trusts can be read', () => {
  for (const ca of tls.rootCertificates) {
    const redis = { host: '127.0.0.1', port: 1, tls: { ca } };
    authorize({ redis, secret: 'x', passport: new Passport() }).close();
  }
});

test('docs/redis.md says where the addon refuses more than Node', () => {
  for (const words of Object.values(DIFFERENCES)) assert.ok(PAGE.includes(words), words);
});

function pemOf(certificates) {
  return certificates.map(({ pem }) => pem).join('');
}
