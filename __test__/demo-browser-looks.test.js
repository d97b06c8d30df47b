'use strict';

// How the demo's page looks, in a real browser: axe finds nothing, light and dark, wide and on a phone. Each state is kept as
// a picture, in the folder that the variable SCREENSHOTS names, by default `screenshots/`.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { noBrowser } = require('./support/browser');
const { DemoVisitor, openDemoInBrowser } = require('./support/demo-page');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const FOLDER = path.resolve(__dirname, '..', process.env.SCREENSHOTS || 'screenshots');
const SIZES = { wide: { width: 1360, height: 900 }, phone: { width: 390, height: 844 } };

const skip = noBrowser();
let demo;

before(async () => {
  if (!skip) demo = await openDemoInBrowser();
  fs.mkdirSync(FOLDER, { recursive: true });
});
after(() => demo?.close());

/** Nothing for axe, no sideways scrolling of the page, and a picture. */
async function assertFine({ page }, name) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const faults = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), fullPage: true });
  assert.deepEqual(faults, [], name);
  const [content, width] = await page.evaluate(() => {
    const { document, innerWidth } = globalThis;
    return [document.documentElement.scrollWidth, innerWidth];
  });
  assert.ok(content <= width, `${name}: the page is ${content} px wide, its window ${width}`);
}

for (const colorScheme of ['light', 'dark']) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`logged out, logged in, as admin: ${colorScheme}, ${size}`, { skip }, async (t) => {
      const look = { colorScheme, viewport, reducedMotion: 'reduce' };
      const name = (state) => `${state}-${colorScheme}-${size}`;
      const alice = await DemoVisitor.come(t, demo, look);
      await alice.page.locator('#refusals .hint').first().waitFor();
      await assertFine(alice, name('logged-out'));

      await alice.logIn('alice');
      await alice.say('Who is there?');
      await alice.hears('Who is there?');
      await alice.attempt('Forge my cookie');
      await alice.page.locator('#refusals li', { hasText: 'BAD_SIGNATURE' }).first().waitFor();
      await assertFine(alice, name('logged-in'));
      await alice.attempt('Explain my connection');
      await alice.attempt('Log me out in another tab');
      await alice.state('not connected');

      await alice.logIn('carol');
      await alice.page.getByRole('row', { name: 'carol' }).waitFor();
      await alice.attempt('Ban a user');
      const pardon = alice.page.getByRole('button', { name: /^Pardon/ });
      await pardon.waitFor();
      await assertFine(alice, name('admin'));
      await pardon.click();
      await pardon.waitFor({ state: 'detached' });
    });
  }

  test(`an explanation, and a Redis that is down: ${colorScheme}`, { skip }, async (t) => {
    const bob = await DemoVisitor.come(t, demo, { colorScheme, reducedMotion: 'reduce' });
    await bob.logIn('bob');
    await bob.attempt('Explain my connection');
    await assertFine(bob, `explained-${colorScheme}`);
    await bob.attempt('Stop Redis');
    await bob.page.locator('#tiles', { hasText: /Backend\s*down/ }).waitFor();
    await assertFine(bob, `down-${colorScheme}`);
    await bob.attempt('Start Redis');
    await bob.page.locator('#tiles', { hasText: /Backend\s*up/ }).waitFor();
  });
}
