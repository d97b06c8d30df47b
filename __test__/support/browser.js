'use strict';

const { findChromium } = require('../../scripts/support/chromium');

/** A browser, closed with the test. */
async function openBrowser(t) {
  const { chromium } = require('playwright-core');
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  t.after(() => browser.close());
  return browser;
}

module.exports = { findChromium, openBrowser };
