'use strict';

const assert = require('node:assert/strict');
const { step } = require('./step');

/** Everybody comes at once. */
async function playStorm(visitor) {
  const cookie = await step('alice logs in', () => visitor.logIn('alice'));
  await step('button “1,000 connections at once”: all are let in', async (tell) => {
    const before = await visitor.panel();
    const { ok, steps } = await visitor.press('flood', cookie);
    assert.equal(ok, true, steps.join(' '));
    const { AUTHORIZED: counted } = before.outcomes;
    await visitor.panelOnce((panel) => panel.outcomes.AUTHORIZED >= counted + 1_000);
    tell(steps[1]);
  });
  await step('they have left again', () => visitor.panelOnce((panel) => panel.online.length === 0));
}

module.exports = { playStorm };
