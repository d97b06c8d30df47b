'use strict';

// Whatever a client sends and a store holds: explain comes to the same code as an authorization, and shows no value.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { shown } = require('../lib/authorize/explain/words');
const { authorizerOf } = require('./support/proof');
const { randomOf, SEED } = require('./support/random');
const { KEY, OLD_SECRET, SESSIONS, randomHeader } = require('./support/random-header');
const { randomSession } = require('./support/random-session');
const { sharedRedis } = require('./support/shared');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');

const HEADERS = 3000;
const TEXTS = 2000;
/** So many sessions are written and read at once. */
const BATCH = 100;

let shared;
sharedRedis((started) => (shared = started));

async function sameCode(authorizer, request, where) {
  const { authorized, code, steps } = await authorizer.explain(request);
  const { error } = await visit(authorizer, structuredClone(request));
  assert.equal(code, error === undefined ? 'FOUND' : error.code, where);
  assert.equal(authorized, error === undefined);
  return steps;
}

test('random Cookie headers', async (t) => {
  const random = randomOf(SEED);
  const store = { get: (id, done) => done(null, SESSIONS[id]) };
  const authorizer = authorizerOf(t, { key: KEY, secret: [SECRET, OLD_SECRET], store });
  const codes = new Set();
  for (let i = 0; i < HEADERS; i++) {
    const cookie = randomHeader(random);
    const where = `seed ${SEED}, header ${i}: ${JSON.stringify(cookie)}`;
    const steps = await sameCode(authorizer, { headers: { cookie } }, where);
    codes.add(steps.find(({ status }) => status === 'failed')?.step);
  }
  assert.deepEqual([...codes].sort(), ['cookies', 'look-up', 'passport', 'signature', undefined].sort());
});

test('random session texts in Redis: names and types as JSON.parse has them', async (t) => {
  const random = randomOf(SEED);
  const { redis, admin } = shared;
  const authorizer = authorizerOf(t, { redis: redis.url, passport: passportOf() });
  const described = { object: 0, other: 0, none: 0 };
  for (let from = 0; from < TEXTS; from += BATCH) {
    const texts = Array.from({ length: BATCH }, () => randomSession(random));
    await Promise.all(texts.map((text, i) => admin.set(`sess:${i}`, text)));
    const check = async (text, i) => {
      const where = `seed ${SEED}, text ${from + i}: ${JSON.stringify(text.toString('latin1'))}`;
      const steps = await sameCode(authorizer, { headers: { cookie: cookieOf(String(i)) } }, where);
      const { type, members } = steps.find(({ step }) => step === 'session');
      if (type === undefined) {
        described.none += 1;
        return;
      }
      const value = JSON.parse(text.toString());
      described[type === 'object' ? 'object' : 'other'] += 1;
      assert.equal(type, typeOf(value), where);
      if (type !== 'object') return;
      const told = members.map(({ name, type: kind }) => `${name}: ${kind}`);
      const expected = Object.keys(value).map((name) => `${shown(name)}: ${typeOf(value[name])}`);
      // Integer-like names come first in an object.
      assert.deepEqual(told.sort(), expected.sort(), where);
    };
    await Promise.all(texts.map(check));
  }
  assert.ok(described.object > TEXTS / 10 && described.none > TEXTS / 10, JSON.stringify(described));
});

function typeOf(value) {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
