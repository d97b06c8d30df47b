'use strict';

// A user key that many look-ups of a page share crosses once, and each connection gets one of its own.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { OUTCOME } = require('../lib/outcomes');
const { VALUE, SAME, deliveryWith, onePage, receivers } = require('./support/delivery');
const { isSame } = require('./support/oracle');
const { redisFor, adminOf } = require('./support/redis-store');
const { authorizerOf } = require('./support/proof');
const { cookieOf, passportOf, visit } = require('./support/visit');

test('a key of one row is not copied, nor is that of the last who share it', (t) => {
  const [shared, alone] = [{ id: 1 }, { id: 2 }];
  t.mock.method(JSON, 'parse', () => [shared, alone]);
  const page = [
    [0, OUTCOME.FOUND | VALUE],
    [1, OUTCOME.FOUND | VALUE | SAME],
    [2, OUTCOME.FOUND | VALUE],
  ];
  const delivery = deliveryWith(onePage(page, '[…]'));
  delivery.connect();
  const got = receivers(delivery, 3);
  delivery.stub.onWake();
  t.mock.reset();
  assert.notEqual(got[0].value, shared);
  assert.deepEqual(got[0].value, shared);
  assert.equal(got[1].value, shared);
  assert.equal(got[2].value, alone);
});

const KEYS = {
  'an object': '{"id":7,"of":{"team":"red","tags":[1,[2],{"a":null}]}}',
  'an array': '[1,[2,[3]],{"a":[]},"text",null,true]',
  'numbers as V8 reads them': '{"minus":-0,"endless":1e999,"list":[-0,-1e999]}',
  'members with dangerous names':
    '{"__proto__":{"admin":true,"__proto__":{"a":[1]}},"constructor":{"a":{}},"toString":[]}',
  'members in the order of V8': '{"b":1,"2":{"x":1},"a":{},"1":[]}',
  'a lone surrogate': '{"a":"\\ud800","\\udc00":[1]}',
  'deep arrays': `${'['.repeat(50_000)}1${']'.repeat(50_000)}`,
  'deep objects': `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
};

for (const [what, text] of Object.entries(KEYS)) {
  test(`a key that rows share is each receiver's own: ${what}`, () => {
    const page = [0, 1, 2].map((ticket) => [ticket, OUTCOME.FOUND | VALUE | (ticket > 0 ? SAME : 0)]);
    const delivery = deliveryWith(onePage([...page, [3, OUTCOME.FOUND | VALUE]], `[${text},"other"]`));
    delivery.connect();
    // Each one spoils what it was given, before the next one gets its own.
    const seen = [];
    const got = receivers(delivery, 4, (i, value) => {
      if (i === 3) return;
      assert.ok(isSame(value, JSON.parse(text)), `receiver ${i}`);
      seen.push(...containersOf(value));
      for (const container of containersOf(value)) spoil(container);
    });
    delivery.stub.onWake();
    assert.equal(got[3].value, 'other');
    assert.equal(new Set(seen).size, 3 * containersOf(JSON.parse(text)).length);
  });
}

test('a key that is no object is shared as it is', () => {
  for (const text of ['"ada"', '7', '-0', 'true', '1e999']) {
    const page = [0, 1].map((ticket) => [ticket, OUTCOME.FOUND | VALUE | (ticket > 0 ? SAME : 0)]);
    const delivery = deliveryWith(onePage(page, `[${text}]`));
    delivery.connect();
    const got = receivers(delivery, 2);
    delivery.stub.onWake();
    for (const { value } of got) assert.ok(Object.is(value, JSON.parse(text)), text);
  }
});

/** A value's objects and arrays, itself included. */
function containersOf(value) {
  const found = [];
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    found.push(next);
    for (const name of Object.keys(next)) open.push(Object.getOwnPropertyDescriptor(next, name).value);
  }
  return found;
}

function spoil(container) {
  for (const name of Object.keys(container)) delete container[name];
  container.spoilt = true;
}

test('a user key of many look-ups crosses once a page, and each connection has one of its own', async (t) => {
  const redis = await redisFor(t);
  const admin = await adminOf(t, redis);
  const user = { id: 7, notes: 'n'.repeat(10_000) };
  await admin.set('sess:ann', JSON.stringify({ cookie: {}, passport: { user } }));
  const keys = [];
  const passport = passportOf((key, done) => {
    keys.push(structuredClone(key));
    key.notes = undefined;
    done(null, key);
  });
  const authorizer = authorizerOf(t, { redis: redis.url, passport });
  const parse = t.mock.method(JSON, 'parse');
  const seen = await Promise.all(Array.from({ length: 3000 }, () => visit(authorizer, cookieOf('ann'))));
  const texts = parse.mock.calls
    .map((call) => call.arguments[0])
    .filter((text) => text.startsWith?.('[{"id":7'));
  parse.mock.restore();
  assert.equal(new Set(seen.map(({ data }) => data.user)).size, 3000);
  assert.equal(keys.length, 3000);
  for (const key of keys) assert.deepEqual(key, user);
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  // The first look-up may be a batch of its own; two are under way at most, and three pages hold 3,000 rows.
  assert.ok(bytes > 0 && bytes < 10 * 10_000, `${bytes} bytes on ${texts.length} pages`);
});
