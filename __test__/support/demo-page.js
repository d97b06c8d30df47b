'use strict';

const assert = require('node:assert/strict');
const { openBrowser } = require('./browser');
const { openDemo } = require('./demo');

/** The tests of a file share a demo, and a browser. A page that gets no answer within this fails its test. */
const WITHIN_MS = 20_000;

/** The demo with a Redis of its own, and a browser, for all tests of a file. */
async function openDemoInBrowser() {
  // The browser is closed first: a page complains of a server that has gone.
  const ends = [];
  const whole = { after: (end) => ends.push(end) };
  const browser = await openBrowser(whole);
  const { url } = await openDemo(whole);
  return {
    url,
    browser,
    async close() {
      for (const end of ends) await end();
    },
  };
}

/** Somebody with a browser profile of their own, on the page. Their test fails where the page has an error. */
class DemoVisitor {
  #errors = [];

  /** @param {{ except?: RegExp }} [options] - errors that the browser reports by itself, such as a 403; others are for the profile */
  static async come(t, { url, browser }, { except, ...profile } = {}) {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...profile });
    const page = await context.newPage();
    page.setDefaultTimeout(WITHIN_MS);
    const visitor = new DemoVisitor(page, except);
    t.after(async () => {
      await context.close();
      visitor.assertNoErrors();
    });
    await page.goto(url);
    await page.locator('#choices button').first().waitFor();
    return visitor;
  }

  constructor(page, except) {
    this.page = page;
    page.on('pageerror', (error) => this.#errors.push(error.stack));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !except?.test(message.text())) {
        this.#errors.push(message.text());
      }
    });
  }

  async logIn(name) {
    await this.page.getByRole('group', { name: 'Log in as' }).getByRole('button', { name }).click();
    await this.state(`connected as ${name}`);
  }

  /** Waits until the page says how it is connected. */
  state(text) {
    return this.page.locator('#state', { hasText: text }).waitFor();
  }

  async say(text, to = '') {
    await this.page.getByLabel('To whom').selectOption(to);
    await this.page.getByRole('textbox', { name: 'Message' }).fill(text);
    await this.page.getByRole('button', { name: 'Send' }).click();
  }

  hears(text) {
    return this.page.locator('#messages .said', { hasText: text }).waitFor();
  }

  /** Presses a button of "Try to break it"; its result, as the page shows it. */
  async attempt(label) {
    const tries = this.page.getByRole('region', { name: 'Try to break it' });
    await tries.getByRole('button', { name: label }).click();
    return this.result();
  }

  async result() {
    const result = this.page.locator('#result');
    await result.locator('h3').waitFor();
    return result.innerText();
  }

  /** What has the keyboard's focus: the id, or the text; `nothing` if it is lost. */
  focused() {
    return this.page.evaluate(() => {
      const { activeElement: focused, body } = globalThis.document;
      return focused === body ? 'nothing' : focused.id || focused.innerText;
    });
  }

  assertNoErrors() {
    assert.deepEqual(this.#errors, []);
  }
}

module.exports = { DemoVisitor, openDemoInBrowser };
