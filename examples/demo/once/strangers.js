'use strict';

const assert = require('node:assert/strict');
const { step } = require('./step');

/** Clients that must not get in. */
async function playStrangers(visitor) {
  await refused(visitor, 'no-cookie', 'NO_COOKIE', 'Connect without a cookie');
  const cookie = await step('alice logs in once more', () => visitor.logIn('alice'));
  await refused(visitor, 'forge', 'BAD_SIGNATURE', 'Forge my cookie', cookie);
  await step('the panel shows both refusals, and by which button they came', async () => {
    const { refusals } = await visitor.panelOnce((panel) => panel.outcomes.BAD_SIGNATURE > 0);
    assert.deepEqual(
      refusals.map(({ code, how }) => `${code}: ${how}`),
      ['BAD_SIGNATURE: Forge my cookie', 'NO_COOKIE: Connect without a cookie'],
    );
  });
  await step('“explain”: what would become of a connection of alice, and of a stranger', async (tell) => {
    const { report, text } = await visitor.explain(cookie);
    assert.deepEqual([report.authorized, report.code], [true, 'FOUND']);
    for (const line of text.split('\n')) if (line.startsWith('✓')) tell(line);
    const stranger = await visitor.explain();
    assert.deepEqual([stranger.report.authorized, stranger.report.code], [false, 'NO_COOKIE']);
  });
}

async function refused(visitor, button, code, title, cookie) {
  await step(`button “${title}”: refused, ${code}, with a hint for the developer`, async (tell) => {
    const result = await visitor.press(button, cookie);
    assert.equal(result.ok, true, result.steps.join(' '));
    assert.equal(result.code, code);
    assert.match(result.hint, /See .*troubleshooting/);
    tell(result.hint.replace(/ See .*/, ''));
  });
}

module.exports = { playStrangers };
