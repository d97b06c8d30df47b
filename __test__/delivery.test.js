'use strict';

// Verdicts on their way from the addon to those who wait: lib/sessions/pending.js with an addon that says what a test tells it.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const native = require('../lib/addon');
const { OUTCOME } = require('../lib/outcomes');
const { VALUE, SAME, deliveryWith, write, onePage, receivers } = require('./support/delivery');

test('the native side is made once, and not by a mere require', () => {
  const delivery = deliveryWith(() => '');
  assert.equal(delivery.stub.made, 0);
  assert.equal(delivery.connect(), delivery.connect());
  assert.equal(delivery.stub.made, 1);
  assert.equal(delivery.stub.rows.length, native.Delivery.layout().numbers);
});

test('each row goes to its receiver: without a value, with one, with that of the row before', () => {
  const page = [
    [2, OUTCOME.FOUND | VALUE],
    [0, OUTCOME.FOUND | VALUE | SAME],
    [1, OUTCOME.NO_COOKIE],
    [3, OUTCOME.STORE_ERROR | VALUE],
  ];
  const delivery = deliveryWith(onePage(page, '["ada","refused"]'));
  delivery.connect();
  const got = receivers(delivery, 4);
  delivery.stub.onWake();
  assert.deepEqual(got, [
    { i: 2, outcome: OUTCOME.FOUND, value: 'ada' },
    { i: 0, outcome: OUTCOME.FOUND, value: 'ada' },
    { i: 1, outcome: OUTCOME.NO_COOKIE, value: undefined },
    { i: 3, outcome: OUTCOME.STORE_ERROR, value: 'refused' },
  ]);
});

test('a page that cannot be read refuses those who need a value, and nobody else', () => {
  for (const text of ['["a', '']) {
    const page = [
      [0, OUTCOME.FOUND | VALUE],
      [1, OUTCOME.NO_COOKIE],
      [2, OUTCOME.FOUND | VALUE | SAME],
    ];
    const delivery = deliveryWith(onePage(page, text));
    delivery.connect();
    const got = receivers(delivery, 3);
    delivery.stub.onWake();
    assert.deepEqual(
      got.map(({ outcome }) => outcome),
      [OUTCOME.BAD_SESSION, OUTCOME.NO_COOKIE, OUTCOME.BAD_SESSION],
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
      write(rows, [[0, OUTCOME.NO_COOKIE]]);
      return '';
    });
    delivery.connect();
    const got = receivers(delivery, 1);
    delivery.stub.onWake();
    assert.ok(failed);
    assert.deepEqual(got, [{ i: 0, outcome: OUTCOME.NO_COOKIE, value: undefined }]);
    // The ticket was given back once: two who come now have two tickets.
    assert.notEqual(delivery.expect({}), delivery.expect({}));
  });
}

test('an addon that throws does not end deliveries for ever', () => {
  const delivery = deliveryWith((rows, call) => {
    if (call === 1) throw new Error('broken');
    write(rows, call === 2 ? [[0, OUTCOME.NO_COOKIE]] : []);
    return '';
  });
  delivery.connect();
  const got = receivers(delivery, 1);
  assert.throws(() => delivery.stub.onWake(), /broken/);
  delivery.stub.onWake();
  assert.equal(got.length, 1);
});

test('a receiver that runs the event loop does not overwrite the page that is being delivered', () => {
  const pages = [
    [
      [0, OUTCOME.NO_COOKIE],
      [1, OUTCOME.NOT_LOGGED_IN],
    ],
    [
      [3, OUTCOME.BAD_SIGNATURE],
      [2, OUTCOME.SESSION_NOT_FOUND],
    ],
  ];
  const delivery = deliveryWith((rows) => {
    write(rows, pages.shift() ?? []);
    return '';
  });
  delivery.connect();
  const got = receivers(delivery, 4, () => delivery.stub.onWake());
  delivery.stub.onWake();
  assert.deepEqual(
    got.map(({ i, outcome }) => [i, outcome]),
    [
      [0, OUTCOME.NO_COOKIE],
      [1, OUTCOME.NOT_LOGGED_IN],
      [3, OUTCOME.BAD_SIGNATURE],
      [2, OUTCOME.SESSION_NOT_FOUND],
    ],
  );
});

test('a ticket is free again before its receiver is called, and is not given to two', () => {
  const delivery = deliveryWith(onePage([[0, OUTCOME.NO_COOKIE]], ''));
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
    [0, OUTCOME.NO_COOKIE],
    [1, OUTCOME.NO_COOKIE],
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
