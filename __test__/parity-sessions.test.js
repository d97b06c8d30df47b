'use strict';

const assert = require('node:assert/strict');
const { test, before, after } = require('node:test');
const { RedisStore } = require('connect-redis');
const { createClient } = require('redis');
const { SECRET, cookieOf, passportOf } = require('./support/visit');
const { LIBRARIES, callbacks, isSame } = require('./support/oracle');
const { ODDITIES } = require('./support/session-texts');
const { randomSession } = require('./support/random-session');
const { randomOf, SEED } = require('./support/random');
const { startRedis } = require('../scripts/support/redis-server');

const RANDOM_SESSIONS = 6_000;
const BATCH = 300;
/** Parity is asked for, not speed: no deadline for a machine that has other things to do. */
const PATIENTLY = { timeout: 600_000 };

let server;
let client;
let store;
const authorizers = [];

before(async () => {
  server = await startRedis();
  client = await createClient({ url: server.url }).connect();
  store = new RedisStore({ client });
});

after(async () => {
  for (const authorizer of authorizers) authorizer.close?.();
  await client?.close();
  await server?.stop();
});

const WAYS = {
  'natively (option redis)': () => readerOf(LIBRARIES.ours, { redis: server.url, ...PATIENTLY }),
  'through store.get': () => readerOf(LIBRARIES.ours, { store: wrapped(store), ...PATIENTLY }),
};

for (const [way, ours] of Object.entries(WAYS)) {
  test(`odd session texts mean what they mean to the original: ${way}`, async () => {
    await compare(ours(), ODDITIES);
  });

  test(`random session texts mean what they mean to the original: ${way}`, async () => {
    const random = randomOf(SEED);
    await compare(
      ours(),
      Array.from({ length: RANDOM_SESSIONS }, () => randomSession(random)),
    );
  });
}

test('odd session texts mean the same once the native look-up is derived from the store and proven', async () => {
  const warnings = [];
  const onWarning = (warning) => warnings.push(warning.message);
  process.on('warning', onWarning);
  const read = readerOf(LIBRARIES.ours, { store, ...PATIENTLY });
  await client.set('sess:someone', '{"passport":{"user":"someone"}}');
  while (read.authorizer.backend.kind !== 'redis') await read('someone');
  await compare(read, ODDITIES);
  process.off('warning', onWarning);
  assert.deepStrictEqual(warnings, []);
  assert.strictEqual(read.authorizer.backend.kind, 'redis', read.authorizer.backend.reason);
});

/** Writes the texts, and lets both libraries authorize a visitor of each. */
async function compare(ours, texts) {
  const original = readerOf(LIBRARIES.original, { store });
  let nobodies = 0;
  for (let from = 0; from < texts.length; from += BATCH) {
    const batch = texts.slice(from, from + BATCH);
    await Promise.all(batch.map((text, i) => client.set(`sess:${i}`, Buffer.from(text))));
    const [verdicts, seen] = await Promise.all(
      [original, ours].map((read) => Promise.all(batch.map((_, i) => read(`${i}`)))),
    );
    const expected = verdicts.map((verdict) => (isOfNobody(verdict) ? NOT_LOGGED_IN : verdict));
    nobodies += verdicts.filter(isOfNobody).length;
    batch.forEach((text, i) => {
      const where = `seed ${SEED}, text ${from + i}: ${excerpt(text)}`;
      assert.ok(
        isSame(seen[i], expected[i]),
        `${where}\nexpected ${shown(expected[i])}\nseen     ${shown(seen[i])}`,
      );
    });
  }
  // Otherwise the texts no longer show the difference that is documented.
  assert.ok(nobodies >= 3, `${nobodies} sessions of nobody`);
}

/** What ours says where the original has a user key that names nobody deserialised. */
const NOT_LOGGED_IN = Object.freeze({
  called: 'fail',
  message: 'User not authorized through passport. (User Property not found)',
  critical: false,
  key: undefined,
  user: false,
});

/** The documented difference: null, '' and false are no keys, as in Passport's own session strategy. */
function isOfNobody({ user, key }) {
  return user && !key && key !== 0;
}

/** One visitor through one library: verdict, first line of the message, and what the deserializer was given. */
function readerOf(library, options) {
  const verdicts = new WeakMap();
  const passport = passportOf((key, done) => done(null, { key }));
  const noted = callbacks(({ data, called, message, critical }) => {
    // What follows the first line is the store's own wording.
    verdicts.set(data, {
      called,
      message: message?.split('\n')[0],
      critical,
      key: data.user.key,
      user: 'key' in data.user,
    });
  });
  const authorizer = library.authorize({ secret: SECRET, passport, ...noted, ...options });
  authorizers.push(authorizer);

  function read(sid) {
    const data = { headers: { cookie: cookieOf(sid) } };
    return new Promise((resolve) => authorizer({ request: data }, () => resolve(verdicts.get(data))));
  }
  return Object.assign(read, { authorizer });
}

/** A store that nothing native can be derived from. */
function wrapped(inner) {
  return { get: (sid, callback) => inner.get(sid, callback) };
}

function excerpt(text) {
  const shownText = JSON.stringify(Buffer.from(text).toString('latin1'));
  return shownText.length < 400 ? shownText : `${shownText.slice(0, 200)} … ${shownText.slice(-200)}`;
}

function shown(verdict) {
  try {
    return JSON.stringify(verdict).slice(0, 400);
  } catch (error) {
    return String(error);
  }
}
