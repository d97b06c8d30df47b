'use strict';

// Clients under TLS are followed, each with what it says about whom to trust and who it is.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { makeCertificates } = require('./support/certificates');
const { runScript } = require('./support/child');
const { authorizerOf, assertAdmitted, prove, untilStore } = require('./support/proof');
const { startWithTls } = require('./support/redis-store');
const { openStore, save } = require('./support/stores');

/** Each client with a connect-redis that takes it, and where it keeps its options of TLS. */
const CLIENTS = {
  'node-redis 2': [6, (options) => options],
  'node-redis 3': [6, (options) => options],
  'node-redis 4': [8, (options) => ({ tls: true, ...options })],
  'node-redis 4 in legacyMode': [6, (options) => ({ tls: true, ...options })],
  'node-redis 5': [10, (options) => ({ tls: true, ...options })],
  'node-redis 6': [10, (options) => ({ tls: true, ...options })],
  'ioredis 3': [6, (options) => options],
  'ioredis 4': [6, (options) => options],
  'ioredis 5': [6, (options) => options],
  'ioredis 6': [6, (options) => options],
  iovalkey: [6, (options) => options],
};

let files;
let ca;
/** One that asks for a certificate of the client, and one that does not. */
let open;
let strict;

before(async () => {
  files = makeCertificates();
  ca = fs.readFileSync(files.ca);
  [open, strict] = await Promise.all(['no', 'yes'].map((clients) => startWithTls(files, { clients })));
});

after(async () => {
  await Promise.all([open?.redis.stop(), strict?.redis.stop()]);
  fs.rmSync(files.dir, { recursive: true });
});

let sessions = 0;

/** A store over a client with these options of TLS, an authorizer over it, and a session. */
async function openOver(t, name, server, options, settings) {
  const [version, place] = CLIENTS[name];
  const at = { host: '127.0.0.1', port: server.port, tls: place(options), ...settings };
  const opened = await openStore(version, name, at);
  t.after(opened.close);
  // Where the store hides its client, the option shows it.
  const authorizer = authorizerOf(t, { store: opened.store, client: opened.client });
  const sid = `sid-${(sessions += 1)}`;
  await save(opened.store, sid, 'ann');
  return { authorizer, sid };
}

for (const name of Object.keys(CLIENTS)) {
  test(`${name}: an authority of its own, as a Buffer, a text and an array`, async (t) => {
    for (const given of [ca, String(ca), [ca]]) {
      const { authorizer, sid } = await openOver(t, name, open, { ca: given });
      await prove(authorizer, sid, 'ann');
      assert.equal(authorizer.backend.address, `rediss://127.0.0.1:${open.port}/0`);
    }
  });

  test(`${name}: a certificate of its own`, async (t) => {
    const own = { ca, cert: fs.readFileSync(files.cert), key: fs.readFileSync(files.key, 'utf8') };
    const { authorizer, sid } = await openOver(t, name, strict, own);
    await prove(authorizer, sid, 'ann');
    await assertAdmitted(authorizer, sid, 'ann');
  });

  test(`${name}: whom it does not check, the addon does not either`, async (t) => {
    const { authorizer, sid } = await openOver(t, name, open, { rejectUnauthorized: false });
    await prove(authorizer, sid, 'ann');
  });

  test(`${name}: the name that the certificate has to have`, async (t) => {
    const { authorizer, sid } = await openOver(t, name, open, { ca, servername: 'localhost' });
    await prove(authorizer, sid, 'ann');
  });

  test(`${name}: what the addon cannot follow`, async (t) => {
    const table = { checkServerIdentity: () => undefined, minVersion: 'TLSv1.3', ciphers: 'HIGH' };
    for (const [option, value] of Object.entries(table)) {
      const { authorizer, sid } = await openOver(t, name, open, { ca, [option]: value });
      await untilStore(authorizer, sid, 'ann', new RegExp(`uses TLS with ${option}: give the option redis`));
    }
  });
}

test('ioredis: a host among the options of TLS wins', async (t) => {
  const { authorizer, sid } = await openOver(
    ...[t, 'ioredis 6', open, { ca, host: 'localhost', port: open.port }],
    { host: '127.0.0.2', port: 1 },
  );
  await prove(authorizer, sid, 'ann');
  assert.equal(authorizer.backend.address, `rediss://localhost:${open.port}/0`);
});

test('rediss:// and nothing else: whom Node trusts', async () => {
  const script = `
    const { openStore, save } = require(${JSON.stringify(path.join(__dirname, 'support', 'stores.js'))});
    const url = 'rediss://127.0.0.1:${open.port}';
    (async () => {
      for (const [version, name] of [[10, 'node-redis 6'], [6, 'node-redis 3'], [6, 'ioredis 6']]) {
        const opened = await openStore(version, name, { url });
        await save(opened.store, 'ann', 'ann');
        const authorizer = authorize({ store: opened.store, secret: SECRET, passport: passportOf() });
        for (let i = 0; i < 500 && authorizer.backend.kind !== 'redis'; i++) {
          await visit(authorizer, cookieOf('ann'));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        console.log(authorizer.backend.kind);
        authorizer.close();
        await opened.close();
      }
    })();`;
  const { out, err } = await runScript(script, { env: { NODE_EXTRA_CA_CERTS: files.ca } });
  assert.deepEqual([out, err], ['redis\nredis\nredis', '']);
});
