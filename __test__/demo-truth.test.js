'use strict';

// What the demo tells is so: the numbers of its panel, and what a client hears of a refusal.

const assert = require('node:assert/strict');
const { EventEmitter } = require('node:events');
const { test } = require('node:test');
const { answer, connect } = require('../examples/demo/client');
const { Ends } = require('../examples/demo/ends');
const { Panel } = require('../examples/demo/panel');
const { Refusals } = require('../examples/demo/refusals');
const { openDemo } = require('./support/demo');

const WITHIN = { timeout: 60_000 };

test('each event has what was decided since the one before, and in how many seconds', async (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const stats = { authorized: 3, refused: 1, failures: { NO_COOKIE: 1 }, watch: {} };
  const panel = new Panel({
    chat: { authorizer: { stats: () => stats, backend: {} }, present: () => [] },
    sessions: { redisState: () => 'none' },
    ends: new Ends(),
    refusals: new Refusals(),
    banned: new Set(),
  });
  const viewer = new Viewer();
  try {
    panel.add(viewer);
    assert.deepEqual((await viewer.next()).decided, { authorized: 3, refused: 1 });
    Object.assign(stats, { authorized: 5, refused: 1 });
    // As where a storm has kept the timer waiting.
    now = 4_000;
    const late = await viewer.next();
    assert.deepEqual([late.decided, late.seconds], [{ authorized: 2, refused: 0 }, 4]);
    const { decided, outcomes } = await viewer.next();
    assert.deepEqual(decided, { authorized: 0, refused: 0 });
    assert.deepEqual(outcomes, { AUTHORIZED: 5, NO_COOKIE: 1 });
  } finally {
    panel.close();
  }
});

/** A response that keeps the events. */
class Viewer extends EventEmitter {
  #events = [];

  writeHead() {}

  write(text) {
    this.#events.push(JSON.parse(/^data: (.*)$/m.exec(text)[1]));
    this.emit('event');
  }

  end() {}

  async next() {
    while (this.#events.length === 0) await new Promise((resolve) => this.once('event', resolve));
    return this.#events.shift();
  }
}

test('the time of an end counts from when the session was ended; one that others ended has none', () => {
  const ends = new Ends();
  const of = (sessionID) => ({ sessionID, user: { name: 'alice' } });
  ends.begin('past', performance.now() - 50);
  ends.begin('to come', performance.now() + 60_000);
  assert.ok(ends.heard(of('past'), 'destroyed') >= 50);
  assert.equal(ends.heard(of('to come'), 'expired'), 0);
  assert.equal(ends.heard(of('by hand'), 'destroyed'), null);
  assert.deepEqual(
    ends.last.map(({ reason, ms }) => [reason, ms === null]),
    [
      ['destroyed', true],
      ['expired', false],
      ['destroyed', false],
    ],
  );
});

test('of refusals the last ones are kept', () => {
  const refusals = new Refusals();
  for (let n = 0; n < 20; n++) refusals.add({ headers: {} }, { code: `N${n}`, message: '' });
  assert.deepEqual(
    refusals.last.map(({ code }) => code),
    ['N19', 'N18', 'N17', 'N16', 'N15', 'N14', 'N13', 'N12'],
  );
});

test(
  'a page of another site is refused, also with a good cookie; a fault has no inner details',
  WITHIN,
  async (t) => {
    const { demo, visitor } = await openDemo(t);
    const cookie = await visitor.logIn('alice');
    const asked = async (headers) => {
      const socket = connect(demo.port, { cookie, headers });
      t.after(() => socket.disconnect());
      return answer(socket);
    };
    assert.equal((await asked({ origin: 'https://evil.example' })).code, 'ORIGIN_NOT_ALLOWED');
    assert.deepEqual(await asked(), { greeted: 'alice' });
    assert.equal((await visitor.press('redis-stop', cookie)).ok, true);
    const { code, message } = await asked();
    assert.deepEqual([code, message], ['STORE_ERROR', 'Something is wrong here. Please try again later.']);
  },
);
