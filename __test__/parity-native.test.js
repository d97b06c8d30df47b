'use strict';

// The road of native look-ups differs from the one over a store: headers cross as raw strings, signatures
// are checked on the I/O thread. It must come to the same ends.

const assert = require('node:assert/strict');
const { test, before, after } = require('node:test');
const { createClient } = require('redis');
const { SECRET, passportOf } = require('./support/visit');
const { LIBRARIES, storeOf, callbacks, isSame } = require('./support/oracle');
const { randomOf, SEED } = require('./support/random');
const { KEY, OLD_SECRET, SESSIONS, randomHeader, good, forged } = require('./support/random-header');
const { startRedis } = require('../scripts/support/redis-server');

const HEADERS = 10_000;
const BATCH = 1_000;

let server;
const authorizers = [];

before(async () => {
  server = await startRedis();
  const client = await createClient({ url: server.url }).connect();
  for (const [sid, session] of Object.entries(SESSIONS))
    await client.set(`sess:${sid}`, JSON.stringify(session));
  await client.close();
});

after(async () => {
  authorizers.forEach((authorizer) => authorizer.close?.());
  await server?.stop();
});

for (const [shape, secret] of [
  ['a string', SECRET],
  ['an array', [SECRET, OLD_SECRET]],
  ['none', null],
]) {
  test(`random Cookie headers come to the same end; secret: ${shape}`, async () => {
    const random = randomOf(SEED + 1);
    for (let from = 0; from < HEADERS; from += BATCH) {
      await compare(
        secret,
        Array.from({ length: BATCH }, () => randomHeader(random)),
        from,
      );
    }
  });
}

test('headers of any length: the session cookie first, last, and among thousands', async () => {
  const crowd = (count, length) =>
    Array.from({ length: count }, (_, i) => `c${i}=${'é'.repeat(length)}`).join('; ');
  const headers = [];
  for (const length of [
    0, 1, 7, 8, 15, 16, 17, 63, 64, 65, 255, 256, 1_023, 1_024, 4_095, 4_096, 16_384, 65_536, 300_000,
  ]) {
    for (const filler of ['x', 'é', '€', '%41', '; ']) {
      const text = `a=${filler.repeat(length)}`;
      for (const value of [good('alice'), forged('alice')]) {
        headers.push(
          `${text}; ${KEY}=${value}`,
          `${KEY}=${value}; ${text}`,
          `${KEY}=${value}${filler.repeat(length)}`,
        );
      }
    }
  }
  headers.push(`${crowd(5_000, 3)}; ${KEY}=${good('alice')}`, `${KEY}=${good('bob')}; ${crowd(5_000, 3)}`);
  await compare(SECRET, headers, 0);
});

/** All headers at once, through both. */
async function compare(secret, headers, from) {
  const original = readerOf(LIBRARIES.original, { secret, store: storeOf(SESSIONS) });
  const ours = readerOf(LIBRARIES.ours, { secret, redis: server.url, timeout: 600_000 });
  const [expected, seen] = await Promise.all([original, ours].map((read) => Promise.all(headers.map(read))));
  headers.forEach((header, i) => {
    if (isSame(seen[i], expected[i])) return;
    const where = `seed ${SEED}, header ${from + i}: ${JSON.stringify(header).slice(0, 2_000)}`;
    assert.deepStrictEqual(seen[i], expected[i], where);
    assert.fail(where);
  });
}

function readerOf(library, options) {
  const verdicts = new WeakMap();
  const noted = callbacks(({ data, called, message, critical }) => {
    const { cookie, sessionID, user } = data;
    verdicts.set(data, { called, message, critical, cookie, sessionID, user });
  });
  const authorizer = library.authorize({ passport: passportOf(), ...options, ...noted });
  authorizers.push(authorizer);

  return function read(cookie) {
    const data = { headers: { cookie } };
    return new Promise((resolve) => authorizer({ request: data }, () => resolve(verdicts.get(data))));
  };
}
