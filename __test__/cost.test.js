'use strict';

// `npm run check:cost` compares with the baseline: what it lets pass, and what it does not.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { cases, rust } = require('../bench/cost/baseline.json');
const { compare, merged } = require('../scripts/cost/compare');

/** What fails where one figure of a case is changed. */
function failedAfter(figure, change) {
  const before = { instructions: 1000, allocations: 2, bytes: 100 };
  const now = { ...before, [figure]: change(before[figure]) };
  return compare(merged({ verify: before }, { verify: now })).failed;
}

test('a tenth more instructions, or an allocation, is a failure', () => {
  assert.deepEqual(
    failedAfter('instructions', (count) => count * 1.09),
    [],
  );
  assert.deepEqual(
    failedAfter('instructions', (count) => count * 1.15),
    ['verify (instructions: 1000 → 1150)'],
  );
  assert.deepEqual(
    failedAfter('allocations', (count) => count + 1),
    ['verify (allocations: 2 → 3)'],
  );
  assert.deepEqual(
    failedAfter('bytes', (count) => count * 2),
    ['verify (bytes: 100 → 200)'],
  );
});

test('fewer are none, and what was not counted is said', () => {
  assert.deepEqual(
    failedAfter('instructions', (count) => count / 2),
    [],
  );
  const uncounted = compare(merged(cases, withoutInstructions()));
  assert.deepEqual(uncounted.failed, []);
  assert.match(uncounted.lines.join('\n'), /^verify +not counted +2 \(same\)/m);
});

test('a case that is in only one of both is a failure', () => {
  assert.deepEqual(compare(merged({}, cases)).failed.length, Object.keys(cases).length);
  assert.deepEqual(compare(merged({ verify: cases.verify }, {})).failed, ['verify (is gone)']);
});

test('the baseline has all figures of each case, and its compiler', () => {
  assert.match(rust, /^\d+\.\d+\.\d+$/);
  for (const [name, { instructions, allocations, bytes }] of Object.entries(cases)) {
    assert.ok(instructions > 0 && allocations >= 0 && bytes >= 0, name);
  }
});

function withoutInstructions() {
  return Object.fromEntries(
    Object.entries(cases).map(([name, { allocations, bytes }]) => [name, { allocations, bytes }]),
  );
}
