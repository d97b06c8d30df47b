'use strict';

// Every version of Express, express-session and Passport that is promised: a log-in over HTTP, then a client of
// Socket.IO 4. The app asks the original about each connection too, and refuses it unless both say the same.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { startRedis } = require('../scripts/support/redis-server');
const { APPS, REFUSALS, rotatesSecrets, startFramework, browse, forged } = require('./support/frameworks');
const { connect } = require('./support/socket-client');

/** More connections than the proof of a derived look-up needs, so that the store and the addon both answer. */
const OFTEN = 5;

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

for (const app of APPS) {
  test(Object.values(app).filter(Boolean).join(', '), async (t) => {
    const url = await startFramework(t, app, redis.url);
    const cookie = await logIn(url, 'ann');

    await t.test('who is logged in', async (t2) => {
      for (let i = 0; i < OFTEN; i++) await assertLetIn(t2, url, cookie, 'ann');
    });

    await t.test('who is not', async (t2) => {
      await assertRefused(t2, url, undefined, 'NO_COOKIE');
      await assertRefused(t2, url, forged(cookie), 'BAD_SIGNATURE');
      await assertRefused(t2, url, await browse(url), REFUSALS[app.passport].visitor);
    });

    await t.test('who has logged out', async (t2) => {
      const old = await logIn(url, 'bob');
      await assertLetIn(t2, url, old, 'bob');
      const next = await browse(`${url}/logout`, { cookie: old, form: {} });
      await assertRefused(t2, url, old, REFUSALS[app.passport].loggedOut);
      // A new session, from Passport 0.6 on.
      if (next) await assertRefused(t2, url, next, REFUSALS[app.passport].visitor);
      await assertLetIn(t2, url, cookie, 'ann');
    });

    if (!rotatesSecrets(app)) return;
    await t.test('secrets are rotated while the app runs', async (t2) => {
      await browse(`${url}/rotate`, { form: {} });
      const newer = await logIn(url, 'cat');
      await assertLetIn(t2, url, cookie, 'ann');
      await assertLetIn(t2, url, newer, 'cat');
      await browse(`${url}/forget`, { form: {} });
      await assertRefused(t2, url, cookie, 'BAD_SIGNATURE');
      await assertLetIn(t2, url, newer, 'cat');
    });
  });
}

test('every Passport has its refusals', () => {
  assert.deepEqual([...new Set(APPS.map(({ passport }) => passport))].sort(), Object.keys(REFUSALS).sort());
});

async function logIn(url, name) {
  const cookie = await browse(`${url}/login`, { form: { username: name, password: 'any' } });
  assert.match(cookie, /^connect\.sid=s%3A/);
  return cookie;
}

async function assertLetIn(t, url, cookie, name) {
  const { welcome, refused } = await connect(t, url, { cookie });
  assert.deepEqual(welcome, { name, logged_in: true }, refused?.message);
}

async function assertRefused(t, url, cookie, code) {
  const { refused } = await connect(t, url, { cookie });
  assert.equal(refused?.data?.code, code, refused?.message ?? 'was let in');
}
