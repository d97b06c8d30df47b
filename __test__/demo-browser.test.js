'use strict';

// The page of `npm run demo` in a real browser: log in, talk, be ended with the session, and all of it without a mouse.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { noBrowser } = require('./support/browser');
const { DemoVisitor, openDemoInBrowser } = require('./support/demo-page');

const skip = noBrowser();
let demo;

before(async () => {
  if (!skip) demo = await openDemoInBrowser();
});
after(() => demo?.close());

const come = (t, options) => DemoVisitor.come(t, demo, options);

test('a stranger is refused, and reads why; the title names the product', { skip }, async (t) => {
  const { page } = await come(t);
  assert.match(await page.title(), /^passport-socketio-native/);
  await page.locator('#why', { hasText: 'No session found (NO_COOKIE)' }).waitFor();
  const panel = page.getByRole('region', { name: 'Live panel' });
  await panel.locator('#refusals li', { hasText: 'NO_COOKIE' }).first().waitFor();
  await panel
    .locator('#refusals .hint', { hasText: 'The handshake has no session cookie' })
    .first()
    .waitFor();
});

test(
  'two people see each other and talk; a message to one is heard by that one alone',
  { skip },
  async (t) => {
    const [alice, bob, carol] = [await come(t), await come(t), await come(t)];
    await alice.logIn('alice');
    await bob.logIn('bob');
    await carol.logIn('carol');
    await alice.page.locator('#present li', { hasText: 'bob' }).waitFor();
    await alice.say('hello everybody');
    for (const visitor of [alice, bob, carol]) await visitor.hears('hello everybody');
    await alice.say('a secret', 'bob');
    await bob.hears('alice to bob alone');
    // What is said later, and heard by all, shows that it has passed carol by.
    await bob.say('done');
    await carol.hears('done');
    assert.equal(await carol.page.locator('#messages', { hasText: 'a secret' }).count(), 0);
  },
);

test('a wrong password is told, and lets nobody in', { skip }, async (t) => {
  const { page } = await come(t, { except: /status of 401/ });
  await page.getByLabel('Name').fill('alice');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
  assert.equal(await page.locator('#room').isVisible(), false);
});

test('a log-out ends the socket of another tab, which says why', { skip }, async (t) => {
  const alice = await come(t);
  await alice.logIn('alice');
  const other = new DemoVisitor(await alice.page.context().newPage());
  await other.page.goto(demo.url);
  await other.state('connected as alice');
  await alice.page.getByRole('button', { name: 'Log out' }).click();
  await other.state('not connected');
  const why = other.page.locator('#why', { hasText: 'Your session was logged out or destroyed' });
  await why.filter({ hasText: 'No session found (NO_COOKIE)' }).waitFor();
  await alice.page
    .locator('#ends li', { hasText: /alice: destroyed.*[\d.]+ ms/s })
    .first()
    .waitFor();
  other.assertNoErrors();
});

test('log-in, a message, and log-out by keyboard; the focus is where one goes on', { skip }, async (t) => {
  const alice = await come(t);
  const { page } = alice;
  const tabTo = async (what, key = 'Tab') => {
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press(key);
      if (what.test(await alice.focused())) return;
    }
    assert.fail(`${key} does not reach ${what}`);
  };
  await tabTo(/alice/);
  await page.keyboard.press('Enter');
  await alice.state('connected as alice');
  assert.equal(await alice.focused(), 'text');
  await page.keyboard.type('no mouse');
  await page.keyboard.press('Enter');
  await alice.hears('no mouse');
  assert.equal(await alice.focused(), 'text');
  await tabTo(/^log-out$/, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await alice.state('not connected');
  assert.match(await alice.focused(), /alice/);
});

test(
  'the panel: backend, outcomes, watched sessions, and a plot that is also in words',
  { skip },
  async (t) => {
    const alice = await come(t);
    await alice.logIn('alice');
    const { page } = alice;
    await page.locator('#tiles', { hasText: /Backend\s*up\s*native, from Redis/ }).waitFor();
    await page.locator('#tiles', { hasText: /Watched\s*1\s*sessions; Redis tells of changes/ }).waitFor();
    await page.locator('#outcomes li', { hasText: /^AUTHORIZED \d+$/ }).waitFor();
    await page
      .locator('#plot-text', { hasText: /Last minute: \d+ decisions?, at most \d+ a second/ })
      .waitFor();
    assert.ok(await page.locator('#plot canvas').evaluate(hasInk), 'the plot is empty');
  },
);

/** In the page. */
function hasInk(canvas) {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some((part) => part !== 0);
}

test('the panel is not read out each second, and a backend that is down is', { skip }, async (t) => {
  const alice = await come(t);
  await alice.logIn('alice');
  const live = alice.page.locator('section.panel :is([role=status], [role=alert], [role=log], [aria-live])');
  assert.deepEqual(await live.evaluateAll((all) => all.map(({ id }) => id)), ['panel-news']);
  await alice.attempt('Stop Redis');
  await live.filter({ hasText: 'The backend is down' }).waitFor();
  await alice.attempt('Start Redis');
  await live.filter({ hasText: 'The backend is up' }).waitFor();
});

test('a hidden page asks for no panel: a browser has few connections to a host', { skip }, async (t) => {
  const { page } = await come(t);
  const isPanel = (request) => request.url().endsWith('/panel');
  const setHidden = (hidden) =>
    page.evaluate((value) => {
      const { document, Event } = globalThis;
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await page.locator('#tiles .tile').first().waitFor();
  let asked = 0;
  page.on('request', (request) => (asked += isPanel(request)));
  await Promise.all([page.waitForEvent('requestfailed', isPanel), setHidden(true)]);
  // A request that was made before has been seen when this one has its answer.
  await page.evaluate(async () => (await fetch('/about')).text());
  assert.equal(asked, 0);
  await Promise.all([page.waitForEvent('request', isPanel), setHidden(false)]);
});

test('the theme is that of the system, until one chooses; the choice is kept', { skip }, async (t) => {
  const { page } = await come(t, { colorScheme: 'dark' });
  const ground = () =>
    page.evaluate(() => globalThis.getComputedStyle(globalThis.document.body).backgroundColor);
  const dark = await ground();
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('html[data-theme=light]').waitFor();
  assert.notEqual(await ground(), dark);
  const button = page.getByRole('button', { name: 'Dark theme' });
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  await button.click();
  assert.equal(await ground(), dark);
  await page.reload();
  assert.equal(await ground(), dark);
  assert.equal(await button.getAttribute('aria-pressed'), 'true');
});
