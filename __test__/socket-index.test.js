'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { SocketIndex } = require('../binding.js');

const ASK = 0x80000000;
const NONE = 0xffffffff;

/** An index with these columns, one group for all of them, and arrays of this many places. */
function indexOf(columns, places = 64) {
  const index = new SocketIndex();
  for (let column = 0; column < columns; column += 1) assert.equal(index.addColumn(), column);
  const group = index.addGroup([...Array(columns).keys()]);
  const [out, list] = [new Uint32Array(places), new Uint32Array(places)];
  index.setOut(out);
  index.setList(list);
  const [enrol, update, leave] = [index.enroller(), index.updater(), index.leaver()];
  const [find, count, select] = [index.finder(), index.counter(), index.selector()];
  const found = (...question) => [...out.subarray(0, find(-1, ...question))];
  return { index, group, out, list, enrol, update, leave, find, count, select, found };
}

test('a value equals what === says it equals', () => {
  const values = [
    null,
    true,
    false,
    0,
    42,
    -1.5,
    2 ** 53,
    Infinity,
    42n,
    -42n,
    0n,
    2n ** 64n,
    -(2n ** 64n),
    2n ** 100_000n,
    '',
    '42',
    '0',
    'null',
    'admin',
    'admin\0',
    'é',
    'Ļ',
    ';',
    '\ud800',
    '\udc00',
    '\ufffd',
    '😀',
    '65f0c1a2b3d4e5f600000001',
    '065f0c1a2b3d4e5f60000000',
    '65f0c1a2b3d4e5f60000000',
    '65F0c1a2b3d4e5f600000001',
    '0'.repeat(13),
    '0'.repeat(14),
    '0'.repeat(15),
    '0'.repeat(26),
    '0'.repeat(27),
    '3f2b8c1e-9d4a-4c6b-8e7f-1a2b3c4d5e6f',
    'x'.repeat(1023),
    'x'.repeat(1024),
    'x'.repeat(1025),
    'Ļ'.repeat(5000),
    'x'.repeat(1_000_000) + 'a',
    'x'.repeat(1_000_000) + 'b',
    // A rope, that V8 has not made one string of.
    ['left-', 'right'].reduce((rope, half) => rope + half.repeat(20), '-'),
  ];
  const { index, group, enrol, found } = indexOf(1, values.length + 10);
  values.forEach((value, slot) => assert.equal(enrol(group, 0, value), slot));
  values.forEach((value, slot) => assert.deepEqual(found(0, 1, value), [slot], `value ${slot}`));
  assert.deepEqual(found(0, 1, -0), [values.indexOf(0)]);
  assert.deepEqual(found(0, values.length, ...values), [...values.keys()]);
  const listed = index.values(0, group);
  assert.deepEqual(listed.values, values);
  assert.deepEqual(listed.counts, Array(values.length).fill(1));
});

test('undefined, NaN, objects, functions and symbols equal nothing, not even themselves', () => {
  const { index, group, enrol, found, count } = indexOf(1);
  const values = [undefined, NaN, {}, [], () => {}, Symbol('s'), new String('a'), new Date(0)];
  for (const value of values) enrol(group, 0, value);
  enrol(group, 0);
  for (const value of values) assert.deepEqual(found(0, 1, value), []);
  assert.equal(count(-1), values.length + 1);
  assert.deepEqual(index.values(0, group), { values: [], counts: [] });
});

test('answers come in the order of enrolment, of one namespace or of all', () => {
  const { index, group, out, enrol, update, leave, find, count, found } = indexOf(2);
  const members = ['admin', 'user', 'mod', 'admin', 'user'];
  members.forEach((role, number) => enrol(group, number % 2, number, role));
  leave(0);
  leave(0);
  leave(NONE);
  assert.equal(index.size, 4);
  assert.equal(enrol(group, 1, 5, 'admin'), 0);
  assert.deepEqual(found(1, 2, 'admin', 'mod'), [2, 3, 0]);
  assert.deepEqual(found(1, 3, 'admin', 'admin', 'nobody'), [3, 0]);
  assert.deepEqual(found(), [1, 2, 3, 4, 0]);
  assert.deepEqual(found(1, 0), []);
  assert.equal(find(1, 1, 1, 'admin'), 2);
  assert.equal(find(7, 1, 1, 'admin'), 0);
  update(1, group, 1, 'admin');
  update(NONE, group, 1, 'admin');
  assert.deepEqual(found(1, 1, 'admin'), [1, 3, 0]);
  assert.deepEqual(found(1, 1, 'admin', 0, 2, 3, 5), [3, 0]);
  assert.equal(count(0, 1, 1, 'admin'), 0);
  assert.equal(count(1, 1, 1, 'admin'), 3);
  assert.equal(out[0], 0);
  assert.deepEqual(index.values(1, group), { values: ['admin', 'mod', 'user'], counts: [3, 1, 1] });
});

test('who is not indexed is to be asked, unless another criterion says no', () => {
  const { index, group, out, list, enrol, count, select, found } = indexOf(1);
  enrol(group, 0, 'admin');
  const role = 0;
  const team = index.addColumn();
  const other = index.addGroup([team]);
  enrol(other, 0, 'red');
  enrol(other, 0, 'blue');
  assert.deepEqual(found(role, 1, 'admin'), [0, 1 + ASK, 2 + ASK]);
  assert.deepEqual(found(role, 1, 'admin', team, 1, 'red'), [0 + ASK, 1 + ASK]);
  assert.deepEqual(found(role, 1, 'user', team, 1, 'red'), [1 + ASK]);
  assert.equal(count(-1, role, 1, 'admin'), 1);
  assert.equal(out[0], 2);
  assert.equal(index.addColumn(), 2);
  assert.deepEqual(found(2, 1, 'anything'), [0 + ASK, 1 + ASK, 2 + ASK]);
  list.set([2, NONE, 0, 50, 0]);
  assert.equal(select(5, role, 1, 'user'), 3);
  assert.deepEqual([...out.subarray(0, 3)], [0 + ASK, 1 + ASK, 3 + ASK]);
  assert.equal(select(5), 5);
  assert.deepEqual([...out.subarray(0, 5)], [0, 1 + ASK, 2, 3 + ASK, 4]);
  assert.deepEqual(index.values(role, other), { values: [], counts: [] });
});

test('more arguments than most calls have', () => {
  const { group, enrol, found } = indexOf(40, 20_000);
  const values = Array.from({ length: 40 }, (_, number) => number);
  assert.equal(enrol(group, 0, ...values), 0);
  for (const number of values) assert.deepEqual(found(number, 1, number), [0]);
  const wanted = Array.from({ length: 10_000 }, (_, number) => `no ${number}`);
  assert.deepEqual(found(3, 10_001, ...wanted, 3, 39, 1, 39), [0]);
});

test('an answer that may not fit is not begun', () => {
  const { index, group, out, enrol, find, count, select } = indexOf(1, 4);
  for (let number = 0; number < 5; number += 1) enrol(group, 0, 'same');
  assert.equal(find(-1, 0, 1, 'same'), -1);
  assert.equal(select(5, 0, 1, 'same'), -1);
  assert.equal(select(-1), -1);
  assert.deepEqual([...out], [0, 0, 0, 0]);
  index.setOut(new Uint32Array(5));
  assert.equal(find(-1, 0, 1, 'same'), 5);
  index.setOut(new Uint32Array(0));
  assert.equal(count(-1, 0, 1, 'same'), -1);
  const bare = new SocketIndex();
  assert.equal(bare.counter()(-1), -1);
  assert.equal(bare.finder()(-1), 0);
  assert.equal(bare.selector()(1), -1);
});

test('what makes no sense has no answer', () => {
  const { index, enrol, update, find, count, select } = indexOf(1);
  for (const ask of [find, count, select]) {
    for (const question of [
      [],
      ['one'],
      [0, 0],
      [0, 1, 1, 'x'],
      [0, 0, 2, 'x'],
      [0, 0, 'x', 'x'],
      [0, {}, 1, 'x'],
    ])
      assert.equal(ask(...question), -2, JSON.stringify(question));
  }
  for (const [group, namespace] of [[], [0], ['0', 0], [1, 0], [0, 2 ** 20], [0, -1]])
    assert.equal(enrol(group, namespace, 'x'), NONE);
  assert.equal(update(), undefined);
  assert.equal(index.size, 0);
  for (const columns of [[1], [0, 0]]) assert.throws(() => index.addGroup(columns), /columns must exist/);
  const memory = new ArrayBuffer(64);
  index.setOut(new Uint32Array(memory, 0, 8));
  assert.throws(() => index.setList(new Uint32Array(memory, 28, 4)), /share memory/);
  index.setList(new Uint32Array(memory, 32, 8));
});
