'use strict';

const assert = require('node:assert/strict');
const { answer } = require('../client');
const { skip, step } = require('./step');

/** Redis goes away, and comes back. */
async function playOutage(visitor, { sessions }) {
  const cookie = await step('alice logs in', () => visitor.logIn('alice'));
  if (!sessions.redis) {
    const why = await step('button “Stop Redis”: says why it cannot', async () => {
      const { ok, steps } = await visitor.press('redis-stop', cookie);
      assert.equal(ok, false);
      return steps[0];
    });
    skip('what happens while Redis is stopped, and the button “Start Redis”', why);
    return;
  }
  const alice = await step('alice connects', () => visitor.enter(cookie, 'alice'));
  await step(
    'button “Stop Redis”: alice stays connected, and nobody else gets in: STORE_ERROR',
    async (tell) => {
      const { ok, code, hint, steps } = await visitor.press('redis-stop', cookie);
      assert.equal(ok, true, steps.join(' '));
      assert.equal(code, 'STORE_ERROR');
      assert.equal((await answer(visitor.connect(cookie))).code, 'STORE_ERROR');
      assert.ok(alice.connected);
      tell(hint.replace(/ See .*/, ''));
    },
  );
  await step('the panel says so, and buttons that need a session say why they cannot', async (tell) => {
    const { redis, backend } = await visitor.panelOnce((panel) => panel.backend.state === 'down');
    assert.equal(redis, 'stopped');
    const { ok, steps } = await visitor.press('expire', cookie);
    assert.equal(ok, false);
    assert.match(steps[0], /^Redis is stopped/);
    assert.equal((await visitor.explain(cookie)).report.code, 'STORE_ERROR');
    tell(`last error: ${backend.lastError}`);
  });
  await step('button “Start Redis”: sessions can be looked up at once', async (tell) => {
    const { ok, ms, steps } = await visitor.press('redis-start');
    assert.equal(ok, true, steps.join(' '));
    await visitor.enter(cookie, 'alice');
    assert.ok(alice.connected, 'alice was ended, though her session is still there');
    tell(`Redis answers → look-ups answered in ${ms.toFixed(1)} ms`);
  });
  visitor.leave();
}

module.exports = { playOutage };
