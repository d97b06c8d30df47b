'use strict';

// `npm run soak` runs, and notices what it is for: what differs from the model, and what grows.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');
const { growthOf } = require('../bench/soak/growth');
const { Book, Visit } = require('../bench/soak/visits');

const SOAK = path.join(__dirname, '..', 'bench', 'soak.js');
/** A limit for what takes some seconds. */
const LIMIT_MS = 120_000;
const FLAT = { rss: 100, heap: 20, handles: 4, files: 30, threads: 12 };

test('a short soak', async () => {
  const args = ['--expose-gc', SOAK, '--seconds', '5'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS });
  assert.match(stdout, /\nok: no difference, no growth\n$/);
  const [, letIn, ended] = /: ([\d,]+) let in, .*\n.*, ([\d,]+) told/.exec(stdout);
  for (const count of [letIn, ended]) assert.ok(Number.parseInt(count.replace(',', ''), 10) > 100, stdout);
});

test('a wrong fault or length is an error', async () => {
  for (const wrong of [
    ['--fault', 'rain'],
    ['--seconds', '0'],
    ['--seed', 'x'],
  ]) {
    await assert.rejects(promisify(execFile)(process.execPath, [SOAK, ...wrong]), /npm run soak/);
  }
});

/** Samples of a minute, of which one figure is changed. */
function samplesOf(name, change) {
  return Array.from({ length: 60 }, (_, i) => ({ ...FLAT, at: i * 1000, [name]: change(FLAT[name], i) }));
}

test('what grows in the steady part of a run is named', () => {
  assert.deepEqual(growthOf(samplesOf('rss', (rss) => rss)).grown, []);
  assert.deepEqual(growthOf(samplesOf('rss', (rss, i) => rss + i)).grown, ['RSS']);
  assert.deepEqual(growthOf(samplesOf('heap', (heap, i) => heap + i / 10)).grown, ['heap']);
  assert.deepEqual(growthOf(samplesOf('files', (files, i) => files + i / 10)).grown, ['files']);
});

test('a warm-up and a peak are no growth', () => {
  assert.deepEqual(growthOf(samplesOf('rss', (rss, i) => rss + Math.min(i, 10) * 5)).grown, []);
  assert.deepEqual(growthOf(samplesOf('rss', (rss, i) => (i === 50 ? 2 * rss : rss))).grown, []);
});

/** A visit to a session with this user. */
function visitTo(user) {
  const book = new Book();
  const sessions = {
    possible: () => new Set([user]),
    visitsOf: () => new Set(),
    mayBeOver: () => false,
    historyOf: () => '',
  };
  return { book, visit: new Visit('sid', book, sessions) };
}

const DIFFERENCES = {
  'let in as another user': ['ann', (visit) => visit.letIn('bob')],
  'let in without a session': [undefined, (visit) => visit.letIn('ann')],
  'refused in spite of a session': ['ann', (visit) => visit.refuse('SESSION_NOT_FOUND')],
  'refused because of a Redis that is well': ['ann', (visit) => visit.refuse('STORE_ERROR')],
  'told of an end that there was not': ['ann', (visit) => (visit.letIn('ann'), visit.connect(), end(visit))],
  'told after it had left': ['ann', (visit) => (visit.letIn('ann'), visit.saw('bob'), end(visit))],
  'told twice': [
    'ann',
    (visit) => (visit.letIn('ann'), visit.connect(), visit.saw('bob'), end(visit), end(visit)),
  ],
};

for (const [title, [user, act]] of Object.entries(DIFFERENCES)) {
  test(`the model notices a visit that is ${title}`, () => {
    const { book, visit } = visitTo(user);
    act(visit);
    assert.equal(book.differences.length, 1);
  });
}

test('what may happen is no difference', () => {
  const { book, visit } = visitTo('ann');
  visit.saw('bob');
  visit.letIn('bob');
  visit.connect();
  end(visit);
  const refused = new Visit('sid', book, {
    possible: () => new Set(['ann']),
    visitsOf: () => new Set(),
  });
  book.trouble += 1;
  refused.refuse('STORE_ERROR');
  assert.deepEqual(book.differences, []);
});

function end(visit) {
  visit.end('destroyed');
}
