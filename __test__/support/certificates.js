'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/**
 * A private certificate authority, and a certificate from it for 127.0.0.1 and localhost, in a temporary folder. The caller
 * removes the folder.
 * @returns {{ dir: string, ca: string, cert: string, key: string }} paths
 */
function makeCertificates() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'certificates-'));
  const file = (name) => path.join(dir, name);
  const openssl = (...args) =>
    execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  );
  openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  fs.writeFileSync(file('names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  const signedBy = [
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'names',
  ];
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.pem', ...signedBy);
  return { dir, ca: file('ca.pem'), cert: file('server.pem'), key: file('server.key') };
}

/** Arguments for a Redis with TLS at this port. @param {'yes' | 'no'} clients - whether clients need a certificate */
function tlsArgs(port, { ca, cert, key }, clients = 'no') {
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca];
  return ['--tls-port', String(port), '--tls-auth-clients', clients, ...files];
}

module.exports = { makeCertificates, tlsArgs };
