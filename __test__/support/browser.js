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

/** Why there is no browser for the tests; false where there has to be one: in the hosted CI they fail then. */
function noBrowser() {
  return (
    !findChromium() && !process.env.CI && 'NOT RUN: no Chromium on the PATH, nor in the variable CHROMIUM'
  );
}

module.exports = { noBrowser, openBrowser };
