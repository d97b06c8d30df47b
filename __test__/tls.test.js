'use strict';

// rediss:// is verified as Node itself would: by Mozilla's authorities and those of NODE_EXTRA_CA_CERTS.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');
const { sharedTlsRedis } = require('./support/shared');

let tlsPort;
const files = sharedTlsRedis(({ port }) => (tlsPort = port), ['ann']);

/** What a process with this environment gets for ann's cookie. */
async function visitWith(env, host = '127.0.0.1') {
  const script = `
    const { authorize } = require(${JSON.stringify(path.join(__dirname, '..'))});
    const { SECRET, cookieOf, passportOf, visit } = require(${JSON.stringify(path.join(__dirname, 'support', 'visit'))});
    const authorizer = authorize({ redis: 'rediss://${host}:${tlsPort}', secret: SECRET, passport: passportOf() });
    visit(authorizer, cookieOf('ann')).then(({ error, data }) =>
      console.log(JSON.stringify({ code: error?.code, message: error?.cause?.message, user: data.user })));`;
  const run = promisify(execFile)(process.execPath, ['-e', script], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: '', ...env },
    timeout: 20_000,
  });
  return JSON.parse((await run).stdout);
}

test('a private authority through NODE_EXTRA_CA_CERTS', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    const { user } = await visitWith({ NODE_EXTRA_CA_CERTS: files.ca }, host);
    assert.equal(user.id, 'ann');
  }
});

test('a private authority that nobody vouches for is refused', async () => {
  const { code, message } = await visitWith({});
  assert.equal(code, 'STORE_ERROR');
  assert.match(message, /certificate/i);
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 is heeded', async () => {
  const { user } = await visitWith({ NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  assert.equal(user.id, 'ann');
});
