'use strict';

// What the addon has seen end of a followed store, and what the store says about it: Confirmations, with a store and a watch
// that the test plays.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { test } = require('node:test');
const { OUTCOME, outcomes } = require('../lib/outcomes');
const { Confirmations } = require('../lib/sessions/proven/confirm-end');

/** Slot 7 in turn 3 watches the session `sid` of the user 1; others likewise. */
function confirmationsOf() {
  const asked = [];
  const ends = [];
  const watched = [];
  const store = {
    lookUp: (receiver, id) => asked.push({ id, answer: (...said) => receiver.deliver(...said) }),
  };
  let contradictions = 0;
  const confirmations = new Confirmations(
    store,
    (...end) => ends.push(end),
    () => (contradictions += 1),
  );
  const watch = {
    idsOf: ([slot]) => new Map([[slot, { turn: 3, id: `sid ${slot}`, identity: '1' }]]),
    watch: (...started) => watched.push(started),
    unwatch: (...ended) => watched.push(['unwatch', ...ended]),
  };
  const add = (slot, reason = 'destroyed', turn = 3) => confirmations.add(watch, slot, turn, reason);
  return { confirmations, add, asked, ends, watched, contradictions: () => contradictions };
}

const GONE = OUTCOME.SESSION_NOT_FOUND;
for (const [seen, outcome, user, told] of [
  ['destroyed', GONE, undefined, 'destroyed'],
  ['expired', GONE, undefined, 'expired'],
  ['logged-out', GONE, undefined, 'destroyed'],
  ['destroyed', OUTCOME.BAD_SESSION, undefined, 'destroyed'],
  ['destroyed', OUTCOME.NOT_LOGGED_IN, undefined, 'logged-out'],
  ['destroyed', OUTCOME.PASSPORT_NOT_INITIALIZED, undefined, 'logged-out'],
  ['destroyed', OUTCOME.FOUND, { id: 2 }, 'user-changed'],
]) {
  test(`seen as ${seen}, and the store says ${outcomes[outcome].code}: told as ${told}`, () => {
    const { add, asked, ends, watched } = confirmationsOf();
    add(7, seen);
    assert.deepEqual([ends, asked.length, asked[0].id], [[], 1, 'sid 7']);
    asked[0].answer(outcome, user);
    assert.deepEqual([ends, watched], [[[7, 3, told]], [['unwatch', 7, 3]]]);
  });
}

test('a session that the store has is read once more, and only then the two differ', () => {
  const { add, asked, ends, watched, contradictions } = confirmationsOf();
  add(7);
  // Seen again, before the store has answered.
  add(7);
  assert.equal(asked.length, 1);
  asked[0].answer(OUTCOME.FOUND, { id: 1, name: 'edited' });
  assert.deepEqual([watched, contradictions()], [[[7, 3, 'sid 7', '1']], 0]);
  add(7);
  asked[1].answer(OUTCOME.FOUND, 1);
  assert.deepEqual([ends, contradictions()], [[], 1]);
});

test('a store that can never be asked: the reason is what the addon has seen', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { add, asked, ends } = confirmationsOf();
  add(7, 'logged-out');
  for (let times = 0; times < 5; times++) {
    assert.deepEqual([ends, asked.length], [[], times + 1]);
    asked[times].answer(times % 2 ? OUTCOME.STORE_ERROR : OUTCOME.STORE_TIMEOUT, new Error('down'));
    t.mock.timers.tick(1000);
  }
  assert.deepEqual([ends, asked.length], [[[7, 3, 'logged-out']], 5]);
});

test('a socket that leaves is not asked about, whether it waits, is asked about, or had left before', () => {
  const { confirmations, add, asked, ends } = confirmationsOf();
  for (let slot = 0; slot < 20; slot++) add(slot);
  assert.equal(asked.length, 16);
  for (const slot of [0, 17]) confirmations.forget(slot);
  for (const { answer } of [...asked]) answer(GONE);
  for (const { answer } of asked.slice(16)) answer(GONE);
  assert.ok(!asked.some(({ id }) => id === 'sid 17'));
  assert.deepEqual(
    ends.map(([slot]) => slot).sort((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19],
  );
  add(7, 'destroyed', 2);
  assert.equal(asked.length, 19);
});

test('a store that is closed ends nobody', () => {
  const { add, asked, ends, watched } = confirmationsOf();
  add(7);
  asked[0].answer(OUTCOME.CLOSED, 'closed');
  assert.deepEqual([ends, watched], [[], []]);
});

test('the store is asked in the async context of no client', () => {
  const client = new AsyncLocalStorage();
  const seen = [];
  const store = { lookUp: () => seen.push(client.getStore()) };
  const confirmations = new Confirmations(store, assert.fail, assert.fail);
  const watch = { idsOf: () => new Map([[7, { turn: 3, id: 'sid', identity: '1' }]]) };
  client.run('ann', () => confirmations.add(watch, 7, 3, 'destroyed'));
  assert.deepEqual(seen, [undefined]);
});
