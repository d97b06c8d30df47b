'use strict';

// `npm run demo:screenshots`: takes the pictures of the README, docs/images/demo-light.png and demo-dark.png, of the demo
// after a lively minute. Needs Chromium and a Redis. Look at them before they are committed.

const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { chromium } = require('playwright-core');
const { forged } = require('../examples/demo/cookies');
const { Visitor } = require('../examples/demo/once/visitor');
const { startDemo } = require('../examples/demo/server');
const { findChromium } = require('./support/chromium');
const { ROOT, CannotPrepare, main } = require('./support/prepare');
const { smallPng } = require('./support/small-png');

const SIZE = { width: 1280, height: 800 };
const SECONDS = 58;
/** What others may load with the README. */
const MOST_BYTES = 150_000;

main(async () => {
  if (!findChromium())
    throw new CannotPrepare('There is no Chromium on the PATH, nor in the variable CHROMIUM.');
  delete process.env.REDIS_URL;
  const demo = await startDemo({ print: () => {} });
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
  try {
    const page = await play(browser, demo);
    const pictures = [];
    for (const theme of ['light', 'dark']) pictures.push([`demo-${theme}.png`, await take(page, theme)]);
    for (const [name, png] of pictures) keep(name, await smallPng(page, png));
  } finally {
    await browser.close();
    await demo.stop();
  }
});

/** Alice and bob talk, others come and go, and some are refused. Resolves with the page of alice. */
async function play(browser, demo) {
  const alice = await come(browser, demo, 'alice');
  const bob = await come(browser, demo, 'bob');
  const lines = new Map([
    [8, () => say(alice, 'Does it let anybody in without a cookie?')],
    [14, () => press(alice, 'Connect without a cookie')],
    [18, () => say(bob, 'No. The panel says who was refused, and why.')],
    [28, () => press(alice, '1,000 connections at once')],
    [40, () => say(alice, 'And when I log out in another tab?')],
    [46, () => say(bob, 'This one is ended too, within milliseconds.')],
    [SECONDS - 1, () => press(alice, 'Forge my cookie')],
  ]);
  const others = new Visitor(demo);
  // She stays, so that the messages are not full of her coming and going.
  const carol = new Visitor(demo);
  await carol.enter(await carol.logIn('carol'), 'carol');
  for (let second = 0; second < SECONDS; second++) {
    await lines.get(second)?.();
    await Promise.all([sleep(1_000), comeAndGo(others, second)]);
  }
  return alice;
}

/** Carol in some tabs, more and fewer of them; now and then she logs out, or somebody guesses. */
async function comeAndGo(others, second) {
  const cookie = await others.logIn('carol');
  const tabs = Math.round(8 + 6 * Math.sin(second / 4) + 4 * Math.random());
  for (let tab = 0; tab < tabs; tab++) {
    others.connect(cookie);
    await sleep(300 / tabs);
  }
  if (second % 5 === 0) others.connect(forged(cookie));
  await sleep(200);
  if (second % 12 === 10) await others.logOut(cookie);
  await sleep(100);
  others.leave();
}

async function come(browser, { port }, name) {
  const context = await browser.newContext({ viewport: SIZE, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.locator('#choices button', { hasText: name }).click();
  await page.locator('#state', { hasText: `connected as ${name}` }).waitFor();
  return page;
}

async function say(page, text) {
  await page.locator('#text').fill(text);
  await page.locator('#text').press('Enter');
}

async function press(page, label) {
  await page.getByRole('button', { name: label }).click();
  await page.locator('#result h3').waitFor();
}

async function take(page, theme) {
  await page.emulateMedia({ colorScheme: theme });
  await page.locator(`html[data-theme=${theme}]`).waitFor();
  return page.screenshot({ fullPage: true });
}

function keep(name, png) {
  const file = path.join('docs', 'images', name);
  if (png.length > MOST_BYTES)
    throw new Error(`${file} would have ${png.length} bytes, more than ${MOST_BYTES}`);
  fs.mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true });
  fs.writeFileSync(path.join(ROOT, file), png);
  console.log(`${file}: ${png.length} bytes`);
}
