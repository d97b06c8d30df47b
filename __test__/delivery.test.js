'use strict';

// Verdicts on their way from the addon to those who wait: lib/delivery.js with an addon that says what a test tells it.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const native = require('../lib/native');
const { number } = require('../lib/outcomes');
const { isSame } = require('./support/oracle');
const { redisFor, adminOf } = require('./support/redis-store');
const { authorizerOf } = require('./support/proof');
const { cookieOf, passportOf, visit } = require('./support/visit');

const { hasValue: VALUE, sameValue: SAME } = native.Delivery.layout();
const PATHS = ['../lib/native', '../lib/delivery'].map((path) => require.resolve(path));

/**
 * lib/delivery.js with an addon of our own.
 * @param {(rows: Int32Array, call: number) => string | undefined} drain - what the addon does when it is asked for a page
 */
function deliveryWith(drain) {
  const saved = PATHS.map((path) => require.cache[path]);
  const stub = { made: 0 };
  let calls = 0;
  class Delivery {
    constructor(onWake, rows) {
      Object.assign(stub, { onWake, rows, made: stub.made + 1 });
    }
    drain() {
      return () => drain(stub.rows, ++calls);
    }
    static layout = native.Delivery.layout;
  }
  require.cache[PATHS[0]] = { ...saved[0], exports: { ...native, Delivery } };
  delete require.cache[PATHS[1]];
  try {
    return { ...require('../lib/delivery'), stub };
  } finally {
    PATHS.forEach((path, i) => (require.cache[path] = saved[i]));
  }
}

/** A page: the rows are [ticket, number] each. */
function write(rows, page) {
  rows.set([page.length, ...page.flat()]);
}

/** One page with these values, and then no more. */
function onePage(page, text) {
  return (rows, call) => {
    write(rows, call === 1 ? page : []);
    return call === 1 ? text : '';
  };
}

/** Receivers that note what they get, as many as there are tickets. */
function receivers(delivery, count, then = () => {}) {
  const got = [];
  for (let i = 0; i < count; i++) {
    delivery.expect({
      deliver(outcome, value) {
        got.push({ i, outcome, value });
        then(i, value);
      },
    });
  }
  return got;
}

test('the native side is made once, and not by a mere require', () => {
  const delivery = deliveryWith(() => '');
  assert.equal(delivery.stub.made, 0);
  assert.equal(delivery.connect(), delivery.connect());
  assert.equal(delivery.stub.made, 1);
  assert.equal(delivery.stub.rows.length, native.Delivery.layout().numbers);
});

test('each row goes to its receiver: without a value, with one, with that of the row before', () => {
  const page = [
    [2, number.FOUND | VALUE],
    [0, number.FOUND | VALUE | SAME],
    [1, number.NO_COOKIE],
    [3, number.STORE_ERROR | VALUE],
  ];
  const delivery = deliveryWith(onePage(page, '["ada","refused"]'));
  delivery.connect();
  const got = receivers(delivery, 4);
  delivery.stub.onWake();
  assert.deepEqual(got, [
    { i: 2, outcome: number.FOUND, value: 'ada' },
    { i: 0, outcome: number.FOUND, value: 'ada' },
    { i: 1, outcome: number.NO_COOKIE, value: undefined },
    { i: 3, outcome: number.STORE_ERROR, value: 'refused' },
  ]);
});

test('a page that cannot be read refuses those who need a value, and nobody else', () => {
  for (const text of ['["a', '']) {
    const page = [
      [0, number.FOUND | VALUE],
      [1, number.NO_COOKIE],
      [2, number.FOUND | VALUE | SAME],
    ];
    const delivery = deliveryWith(onePage(page, text));
    delivery.connect();
    const got = receivers(delivery, 3);
    delivery.stub.onWake();
    assert.deepEqual(
      got.map(({ outcome }) => outcome),
      [number.BAD_SESSION, number.NO_COOKIE, number.BAD_SESSION],
    );
    assert.equal(got[0].value, 'the user in it cannot be read');
  }
});

/** What the addon may do instead of giving a page; it catches its own panics, and then returns undefined. */
const FAILURES = {
  'returns nothing': () => undefined,
  'returns nothing, and what it wrote is of the page before': () => '["stale"]',
};

for (const [what, fail] of Object.entries(FAILURES)) {
  test(`an addon that fails at the next page (${what}) delivers nothing twice`, () => {
    let failed = false;
    const delivery = deliveryWith((rows, call) => {
      if (call > 1) {
        // The row buffer is as it was left: the addon did not come as far as writing.
        assert.ok(call < 5, 'it is asked for pages again and again');
        failed = true;
        return fail();
      }
      write(rows, [[0, number.NO_COOKIE]]);
      return '';
    });
    delivery.connect();
    const got = receivers(delivery, 1);
    delivery.stub.onWake();
    assert.ok(failed);
    assert.deepEqual(got, [{ i: 0, outcome: number.NO_COOKIE, value: undefined }]);
    // The ticket was given back once: two who come now have two tickets.
    assert.notEqual(delivery.expect({}), delivery.expect({}));
  });
}

test('an addon that throws does not end deliveries for ever', () => {
  const delivery = deliveryWith((rows, call) => {
    if (call === 1) throw new Error('broken');
    write(rows, call === 2 ? [[0, number.NO_COOKIE]] : []);
    return '';
  });
  delivery.connect();
  const got = receivers(delivery, 1);
  assert.throws(() => delivery.stub.onWake(), /broken/);
  delivery.stub.onWake();
  assert.equal(got.length, 1);
});

test('a receiver that runs the event loop does not see the page delivered again', () => {
  const delivery = deliveryWith(
    onePage(
      [
        [0, number.NO_COOKIE],
        [1, number.NOT_LOGGED_IN],
      ],
      '',
    ),
  );
  delivery.connect();
  const got = receivers(delivery, 2, () => delivery.stub.onWake());
  delivery.stub.onWake();
  assert.deepEqual(
    got.map(({ i, outcome }) => [i, outcome]),
    [
      [0, number.NO_COOKIE],
      [1, number.NOT_LOGGED_IN],
    ],
  );
});

test('a ticket is free again before its receiver is called, and is not given to two', () => {
  const delivery = deliveryWith(onePage([[0, number.NO_COOKIE]], ''));
  delivery.connect();
  const tickets = [];
  receivers(delivery, 1, () => tickets.push(delivery.expect({}), delivery.expect({})));
  delivery.stub.onWake();
  assert.deepEqual(tickets, [0, 1]);
  const receiver = {};
  const ticket = delivery.expect(receiver);
  assert.equal(delivery.redeem(ticket), receiver);
  assert.equal(delivery.redeem(ticket), undefined);
});

test('what a receiver throws is thrown later, and the others get their verdicts', async () => {
  const page = [
    [0, number.NO_COOKIE],
    [1, number.NO_COOKIE],
  ];
  const delivery = deliveryWith(onePage(page, ''));
  delivery.connect();
  const got = receivers(delivery, 2, (i) => {
    if (i === 0) throw new Error('mine');
  });
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
  delivery.stub.onWake();
  const error = await thrown;
  listeners.forEach((listener) => process.on('uncaughtException', listener));
  assert.equal(error.message, 'mine');
  assert.equal(got.length, 2);
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
    const page = [0, 1, 2].map((ticket) => [ticket, number.FOUND | VALUE | (ticket > 0 ? SAME : 0)]);
    const delivery = deliveryWith(onePage([...page, [3, number.FOUND | VALUE]], `[${text},"other"]`));
    delivery.connect();
    // Each one spoils what it was given, before the next one gets his.
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
    const page = [0, 1].map((ticket) => [ticket, number.FOUND | VALUE | (ticket > 0 ? SAME : 0)]);
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
