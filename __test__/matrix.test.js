'use strict';

// Every connect-redis over every Redis client: a log-in over HTTP through that very store, then the same user
// as the original gives, natively wherever that is promised. `npm run test:matrix` runs all of it, on every
// server there is; without MATRIX=full a diagonal.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { startRedis } = require('../scripts/support/redis-server');
const { startApp } = require('./support/app');
const { COMBINATIONS, DIAGONAL } = require('./support/matrix');
const { OTHERS } = require('./support/matrix-others');
const { ARGS, SETTLED } = require('./support/matrix-settings');
const { LIBRARIES } = require('./support/oracle');
const { authorizerOf, assertAdmitted, prove, untilStore, warningsDuring } = require('./support/proof');
const { CLIENTS, STORES, save } = require('./support/stores');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');

const FULL = process.env.MATRIX === 'full';

/** @type {Awaited<ReturnType<typeof startRedis>>} */
let redis;
/** One with a password. */
let locked;
before(async () => {
  redis = await startRedis();
  if (FULL) locked = await startRedis({ args: ARGS });
});
after(() => Promise.all([redis?.stop(), locked?.stop()]));

for (const { name, kind, reason, option, open, openWriter } of FULL ? COMBINATIONS : diagonal()) {
  test(`${name}: ${kind === 'redis' ? 'native' : 'store'}`, async (t) => {
    const { store, given } = await opened(t, open, plain(redis), option);
    const { store: writer } = openWriter ? await opened(t, openWriter, plain(redis)) : { store };
    await assertSameAsOriginal(t, { given, writer, reason });
  });
}

for (const { name, option, open, openWriter, setting, of, address } of FULL ? SETTLED : []) {
  test(`${name}, ${setting}: native`, async (t) => {
    const { store, given } = await opened(t, open, of(locked), option);
    const { store: writer } = openWriter ? await opened(t, openWriter, of(locked)) : { store };
    const [first, second] = ['first', 'second'].map((sid) => `${name}, ${setting}, ${sid}`);
    await save(writer, first, 'ann');
    await save(writer, second, 'bob');
    const authorizer = authorizerOf(t, given);
    await prove(authorizer, first, 'ann');
    await assertAdmitted(authorizer, second, 'bob');
    assert.equal(authorizer.backend.address, address(locked));
  });
}

for (const [name, { reason, open }] of Object.entries(OTHERS)) {
  test(`${name}: store`, async (t) => {
    const { store, given } = await opened(t, open, plain(redis));
    await assertSameAsOriginal(t, { given, writer: store, reason });
  });
}

test('the diagonal has each store and each client', () => {
  assert.equal(diagonal().length, DIAGONAL.size);
  const names = (member) => [...new Set(diagonal().map((each) => each[member]))];
  assert.deepEqual(names('version').sort(), [...new Set(COMBINATIONS.map(({ version }) => version))].sort());
  for (const client of Object.keys(CLIENTS)) assert.ok(names('client').includes(client), client);
});

test('every client is tried with settings, here or in derive.test.js', () => {
  const tried = [
    ...SETTLED.map(({ client }) => client),
    ...Object.keys(STORES).map((name) => name.split(', ')[1]),
  ];
  // A `.legacy()` is a view of a client.
  const clients = Object.keys(CLIENTS).filter((name) => !name.endsWith('.legacy()'));
  assert.deepEqual(
    clients.filter((name) => !tried.includes(name)),
    [],
  );
});

function diagonal() {
  return COMBINATIONS.filter(({ name }) => DIAGONAL.has(name));
}

function plain({ host, port }) {
  return { host, port };
}

/** A store, closed with the test; `given` is for authorize(). */
async function opened(t, open, settings, option = false) {
  const { store, client, real, close } = await open(settings);
  t.after(close);
  return { store, given: option ? { store, client: real ?? client } : { store } };
}

/**
 * One log-in, in all of its states.
 * @param {object} way
 * @param {{ store, client? }} way.given - to authorize()
 * @param {import('express-session').Store} way.writer - the app's
 * @param {RegExp} [way.reason] - why the store is to answer; else look-ups are to be native
 */
async function assertSameAsOriginal(t, { given, writer, reason }) {
  const warnings = warningsDuring(t);
  const app = await startApp(t, { store: writer, attach: (server) => server });
  const ours = authorizerOf(t, given);
  const { store } = given;
  const original = LIBRARIES.original.authorize({ secret: SECRET, store, passport: passportOf() });

  const cookie = await app.logIn('ann');
  const sid = sidOf(cookie);
  assert.deepEqual(await answersOf(ours, original, cookie), { user: { id: 'ann', logged_in: true } });
  if (reason) await untilStore(ours, sid, 'ann', reason);
  else await prove(ours, sid, 'ann');
  const { backend } = ours;
  assert.deepEqual(await answersOf(ours, original, cookie), { user: { id: 'ann', logged_in: true } });

  const later = await app.logIn('bob');
  assert.deepEqual(await answersOf(ours, original, later), { user: { id: 'bob', logged_in: true } });

  const anonymous = await app.post('/logout', cookie);
  assert.deepEqual(await answersOf(ours, original, cookie), { refused: 'No session found' });
  assert.deepEqual(await answersOf(ours, original, anonymous), { refused: 'Passport was not initialized' });

  assert.deepEqual(ours.backend, backend);
  assert.deepEqual(warnings, []);
}

/** What both say of one visitor, which has to be the same. */
async function answersOf(ours, original, cookie) {
  const [own, its] = await Promise.all([answerOf(ours, cookie), answerOf(original, cookie)]);
  assert.deepEqual(own, its);
  return own;
}

async function answerOf(authorizer, cookie) {
  const { error, data } = await visit(authorizer, cookie);
  return error ? { refused: error.message } : { user: data.user };
}

/** The session id in a cookie that express-session has made. */
function sidOf(cookie) {
  const [, sid] = /^connect\.sid=s:(.*)\.[^.]*$/.exec(decodeURIComponent(cookie));
  assert.equal(cookieOf(sid), cookie);
  return sid;
}
