'use strict';

// Warnings: at most so many of one code a minute, and what was held back is counted.

const assert = require('node:assert/strict');
const { performance } = require('node:perf_hooks');
const { test } = require('node:test');
const { Warnings, masked, warn } = require('../lib/diagnostics');

/** What is emitted, and a clock that a test sets. */
function emitted(t) {
  const clock = { now: Math.ceil(performance.now()) };
  t.mock.method(performance, 'now', () => clock.now);
  const { mock } = t.mock.method(process, 'emitWarning', () => {});
  const calls = () => mock.calls.map((call) => call.arguments);
  return { clock, calls, texts: () => calls().map(([text]) => text) };
}

test('the first of a code at once, further ones a minute later, with their number', (t) => {
  const { clock, texts } = emitted(t);
  for (const text of ['one', 'two', 'three']) warn('TEST_A', text, 1);
  clock.now += 59_999;
  warn('TEST_A', 'four', 1);
  assert.deepEqual(texts(), ['one']);
  clock.now += 1;
  warn('TEST_A', 'five', 1);
  clock.now += 60_000;
  warn('TEST_A', 'six', 1);
  const [one, five, six, ...others] = texts();
  assert.deepEqual([one, six, others], ['one', 'six', []]);
  assert.match(five, /^five \(3 more of these since \d\d:\d\d:\d\d UTC\)$/);
});

test('each code has its own minute, and without a limit of its own a hundred', (t) => {
  const { clock, texts, calls } = emitted(t);
  for (let i = 0; i < 150; i++) warn('TEST_B', 'b');
  warn('TEST_C', 'c');
  assert.equal(texts().length, 101);
  assert.deepEqual(calls()[100], ['c', { type: 'PassportSocketIoWarning', code: 'TEST_C' }]);
  clock.now += 60_000;
  warn('TEST_B', 'b');
  assert.match(texts().at(-1), /^b \(50 more of these since /);
});

test('an authorizer gives each of its warnings once', (t) => {
  const { texts } = emitted(t);
  const [one, other] = [new Warnings(), new Warnings()];
  for (const warnings of [one, one, other]) warnings.once('TEST_D', 'd');
  one.once('TEST_E', 'e');
  assert.deepEqual(texts(), ['d', 'd', 'e']);
});

test('a session id is masked to four characters, wherever it stands; one that cannot be read is not', () => {
  const data = { sessionID: 'abcdefgh' };
  assert.equal(masked('sess:abcdefgh, /tmp/abcdefgh.json', data), 'sess:abcd…, /tmp/abcd….json');
  assert.equal(masked('abcdefgh', { sessionID: 'abcd' }), 'abcdefgh');
  assert.equal(masked('no $&$&efgh', { sessionID: '$&$&efgh' }), 'no $&$&…');
  const throwing = Object.defineProperty({}, 'sessionID', {
    get() {
      throw new Error('no');
    },
  });
  assert.equal(masked('abcdefgh', throwing), 'abcdefgh');
});

test('user name and password of a URL are not shown, also where the password has an @', () => {
  const text = 'no route to mongodb://ann:s3cret@db/app, redis://:p@ss@db:6379 or https://docs.example/a@b';
  assert.equal(masked(text), 'no route to mongodb://…@db/app, redis://…@db:6379 or https://docs.example/a@b');
});
