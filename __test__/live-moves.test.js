'use strict';

// Watched sessions of a followed store move where look-ups go: ProvenWatch, with watches that the test plays.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { OUTCOME } = require('../lib/outcomes');
const { ProvenWatch } = require('../lib/sessions/proven/watch');
const { until } = require('./support/live/app');

/** More than move in one turn of the event loop. */
const MANY = 1200;

class FakeWatch {
  watched = new Map();
  isClosed = false;

  constructor(settings) {
    Object.assign(this, settings);
  }

  watch(slot, turn, id, identity) {
    this.watched.set(slot, { turn, id, identity });
  }

  unwatch(slot) {
    this.watched.delete(slot);
  }

  idsOf(slots) {
    return new Map(slots.flatMap((slot) => (this.watched.has(slot) ? [[slot, this.watched.get(slot)]] : [])));
  }

  get sessions() {
    return this.watched.size;
  }

  close() {
    this.isClosed = true;
    this.watched.clear();
  }
}

/** A watch that is native at first, with so many sockets. */
function provenOf(count) {
  const opened = [];
  const openWatch = (settings) => {
    opened.push(new FakeWatch(settings));
    return opened.at(-1);
  };
  const asked = [];
  const ends = [];
  const store = { openWatch, lookUp: ({ deliver }, id) => asked.push({ id, deliver }) };
  const native = { openWatch };
  const slots = () => Array.from({ length: count }, (_, slot) => ({ slot, turn: 0 }));
  const settings = { recheckEvery: 1000, onEnd: (...end) => ends.push(end), slots };
  const watch = new ProvenWatch(store, native, assert.fail, settings);
  for (const { slot, turn } of slots()) watch.watch(slot, turn, `sid ${slot}`, '1');
  return { watch, native, opened, asked, ends };
}

test('all move, in several turns of the event loop, and the former watch is closed then', async () => {
  const { watch, native, opened } = provenOf(MANY);
  watch.follow(native);
  assert.equal(opened.length, 1);
  watch.follow(undefined);
  const [former, present] = opened;
  assert.ok(former.sessions > 0 && present.sessions > 0 && !former.isClosed);
  assert.deepEqual(
    watch.idsOf([0, MANY - 1, MANY]),
    new Map([...present.idsOf([0]), ...former.idsOf([MANY - 1])]),
  );
  assert.equal(watch.sessions, MANY);
  await until(() => former.isClosed);
  assert.deepEqual([watch.sessions, present.sessions], [MANY, MANY]);
  assert.deepEqual(present.watched.get(MANY - 1), { turn: 0, id: `sid ${MANY - 1}`, identity: '1' });
});

test('a socket that leaves before it has moved is not watched, and neither is another one in its slot', async () => {
  const { watch, opened } = provenOf(MANY);
  watch.follow(undefined);
  const [former, present] = opened;
  watch.unwatch(MANY - 1, 0);
  watch.unwatch(MANY - 2, 0);
  watch.watch(MANY - 2, 1, 'another', '2');
  await until(() => former.isClosed);
  assert.equal(present.watched.has(MANY - 1), false);
  assert.deepEqual(present.watched.get(MANY - 2), { turn: 1, id: 'another', identity: '2' });
});

test('where look-ups change again, all are watched where they go then', async () => {
  const { watch, native, opened } = provenOf(MANY);
  watch.follow(undefined);
  watch.follow(native);
  await until(() => opened.slice(0, 2).every(({ isClosed }) => isClosed));
  assert.equal(opened[2].sessions, MANY);
});

test('after close nothing moves', async () => {
  const { watch, opened } = provenOf(MANY);
  watch.follow(undefined);
  watch.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(
    opened.map(({ isClosed, sessions }) => [isClosed, sessions]),
    [
      [true, 0],
      [true, 0],
    ],
  );
});

test('what the former watch has seen end is left to the present one', async () => {
  const { watch, opened, asked, ends } = provenOf(2);
  opened[0].onEnd(0, 0, 'destroyed');
  assert.deepEqual(
    asked.map(({ id }) => id),
    ['sid 0'],
  );
  watch.follow(undefined);
  asked[0].deliver(OUTCOME.SESSION_NOT_FOUND);
  opened[0].onEnd(1, 0, 'destroyed');
  assert.deepEqual([ends, asked.length], [[], 1]);
  await until(() => opened[0].isClosed);
  assert.equal(opened[1].sessions, 2);
});

test('the end of a socket is asked about although its slot had an end before', () => {
  const { watch, opened, asked, ends } = provenOf(1);
  opened[0].onEnd(0, 0, 'destroyed');
  watch.unwatch(0, 0);
  watch.watch(0, 1, 'another', '2');
  opened[0].onEnd(0, 1, 'expired');
  assert.deepEqual(
    asked.map(({ id }) => id),
    ['sid 0', 'another'],
  );
  for (const { deliver } of asked) deliver(OUTCOME.SESSION_NOT_FOUND);
  assert.deepEqual(ends, [[0, 1, 'expired']]);
});
