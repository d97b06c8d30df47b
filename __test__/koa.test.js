'use strict';

// Cookies of Koa, whose signature is in a second cookie: what the recipe of examples/koa lets in, and what it does not.

const assert = require('node:assert/strict');
const { createHmac } = require('node:crypto');
const { test } = require('node:test');
const Keygrip = require('keygrip');
const { start } = require('../examples/koa/server');
const { KINDS } = require('../examples/koa/sessions');
const { browse } = require('./support/frameworks');
const { forgedInKoa, headerOf, partsOf } = require('./support/koa');
const { sharedRedis } = require('./support/shared');
const { connect } = require('./support/socket-client');

/** Most tests wait for what a server or a client tells. */
const WITHIN = { timeout: 60_000 };
const SECRET = 'keyboard cat';

let redis;
let admin;
sharedRedis((started) => ({ redis, admin } = started));

/** By name: what somebody sends who has the cookies of two sessions, and one key of the app where it says so. */
const FORGERIES = {
  'another signature': (ann) => forgedInKoa(headerOf(ann)),
  'no signature': ({ key, id }) => `${key}=${id}`,
  'an empty signature': (ann) => headerOf({ ...ann, signature: '' }),
  'a shorter signature': (ann) => headerOf({ ...ann, signature: ann.signature.slice(0, -1) }),
  'a longer signature': (ann) => headerOf({ ...ann, signature: `${ann.signature}A` }),
  'the signature of another session': (ann, bob) => headerOf({ ...ann, signature: bob.signature }),
  'another session with this signature': (ann, bob) => headerOf({ ...bob, signature: ann.signature }),
  'the signature alone': ({ key, signature }) => `${key}.sig=${signature}`,
  'both under another name': (ann) => headerOf({ ...ann, key: 'other' }),
  'signed under another name': (ann) =>
    headerOf({ ...ann, signature: new Keygrip([SECRET]).sign(`other=${ann.id}`) }),
  'signed without the name': (ann) => headerOf({ ...ann, signature: new Keygrip([SECRET]).sign(ann.id) }),
  'signed with another key': (ann) =>
    headerOf({ ...ann, signature: new Keygrip(['another']).sign(`${ann.key}=${ann.id}`) }),
  'signed with another algorithm': (ann) =>
    headerOf({ ...ann, signature: new Keygrip([SECRET], 'sha256').sign(`${ann.key}=${ann.id}`) }),
  'signed as express-session does': ({ key, id }) =>
    `${key}=${encodeURIComponent(`s:${id}.${createHmac('sha256', SECRET).update(id).digest('base64').replace(/=+$/, '')}`)}`,
  'a forged one before the good one': (ann) => `${ann.key}=forged; ${headerOf(ann)}`,
};

for (const sessions of Object.keys(KINDS)) {
  test(`${sessions}: what was not signed is refused`, WITHIN, async (t) => {
    const url = await startApp(t, { sessions });
    const [ann, bob] = [await logIn(url, 'ann', 'rabbit'), await logIn(url, 'bob', 'builder')].map(partsOf);
    assert.equal(ann.key, KINDS[sessions].key);
    assert.equal(await codeFor(t, url, headerOf(ann)), 'ann');
    for (const [what, forge] of Object.entries(FORGERIES)) {
      const cookie = forge(ann, bob);
      assert.equal(await codeFor(t, url, cookie), 'NO_COOKIE', what);
      assert.deepEqual(await meOf(url, cookie), { code: 'NO_COOKIE' }, what);
    }
    assert.equal(await codeFor(t, `${url}?session_id=${encodeURIComponent(ann.id)}`), 'NO_COOKIE');
  });

  test(`${sessions}: keys in Redis are those that the authorizer reads`, WITHIN, async (t) => {
    const url = await startApp(t, { sessions });
    const { id } = partsOf(await logIn(url, 'ann', 'rabbit'));
    const name = KINDS[sessions].prefix + id;
    const stored = JSON.parse(await admin.get(name));
    assert.deepEqual(stored.passport, { user: 1 });
    // The page says so: for a while it is there though it is over.
    if (sessions === 'koa-session') assert.ok((await admin.ttl(name)) * 1000 > stored._maxAge);
  });

  test(`${sessions}: an event stream ends with its session`, WITHIN, async (t) => {
    const url = await startApp(t, { sessions });
    const cookie = await logIn(url, 'ann', 'rabbit');
    assert.equal((await fetch(`${url}/events`, { headers: { connection: 'close' } })).status, 401);
    const { body } = await fetch(`${url}/events`, { headers: { connection: 'close', cookie } });
    const heard = body.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    assert.match((await heard.next()).value, /^event: welcome\ndata: "ann"\n/);
    await browse(`${url}/logout`, { cookie, form: {} });
    // Passport takes the user out of the session, saves it, and has a new one made: either is seen first.
    assert.match((await heard.next()).value, /^event: bye\ndata: (destroyed|logged-out)\n/);
    assert.ok((await heard.next()).done);
  });

  test(`${sessions}: closes, though an event stream is open`, WITHIN, async () => {
    const app = await start({ redisUrl: redis.url, port: 0, sessions });
    const cookie = await logIn(app.url, 'ann', 'rabbit');
    const { body } = await fetch(`${app.url}/events`, { headers: { cookie } });
    const reader = body.getReader();
    await reader.read();
    await app.close();
    await assert.rejects(reader.read());
  });

  test(`${sessions}: keys are rotated while the app runs`, WITHIN, async (t) => {
    const keys = ['old'];
    const url = await startApp(t, { sessions, keys });
    const ann = await logIn(url, 'ann', 'rabbit');
    keys.unshift('new');
    const bob = await logIn(url, 'bob', 'builder');
    assert.equal(await codeFor(t, url, ann), 'ann');
    assert.equal(await codeFor(t, url, bob), 'bob');
    keys.pop();
    assert.equal(await codeFor(t, url, ann), 'NO_COOKIE');
    assert.equal(await codeFor(t, url, bob), 'bob');
  });

  test(`${sessions}: a Keygrip with another algorithm`, WITHIN, async (t) => {
    const url = await startApp(t, { sessions, keys: new Keygrip(['a', 'b'], 'sha256') });
    const ann = await logIn(url, 'ann', 'rabbit');
    assert.equal(await codeFor(t, url, ann), 'ann');
    assert.equal(await codeFor(t, url, forgedInKoa(ann)), 'NO_COOKIE');
    const { key, id } = partsOf(ann);
    const asUsual = headerOf({ key, id, signature: new Keygrip(['a', 'b']).sign(`${key}=${id}`) });
    assert.equal(await codeFor(t, url, asUsual), 'NO_COOKIE');
  });
}

/** The app of examples/koa. @returns {Promise<string>} its URL */
async function startApp(t, options) {
  const app = await start({ redisUrl: redis.url, port: 0, ...options });
  t.after(() => app.close());
  return app.url;
}

function logIn(url, username, password) {
  return browse(`${url}/login`, { form: { username, password } });
}

/** The user of a connection with these cookies, or the code with which it is refused. */
async function codeFor(t, url, cookie) {
  const { welcome, refused } = await connect(t, url, { cookie });
  return refused ? refused.data.code : welcome;
}

/** What the route says that asks the authorizer. */
async function meOf(url, cookie) {
  return (await fetch(`${url}/me`, { headers: { connection: 'close', cookie } })).json();
}
