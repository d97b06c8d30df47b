'use strict';

// Every link of every page leads somewhere, every page can be reached from the README, and what a page names is there.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { scripts } = require('../package.json');
const { PAGES, ROOT } = require('./support/pages/blocks');
const { anchorsOf, faultOf, linksOf, proseOf, reachableFrom, slugOf } = require('./support/pages/links');

const TESTS = fs.readdirSync(__dirname);

for (const page of PAGES) {
  test(`${page}: links`, () => {
    const faults = linksOf(page).map(({ text, target }) => [`[${text}](${target})`, faultOf(page, target)]);
    assert.deepEqual(
      faults.filter(([, fault]) => fault !== undefined),
      [],
    );
  });

  test(`${page}: test files, npm scripts and folders that it names`, () => {
    const missing = namedBy(page).filter(([, isThere]) => !isThere);
    assert.deepEqual(missing, []);
  });
}

test('every page can be reached from the README', () => {
  const reached = reachableFrom('README.md');
  // It is read in its folder, beside the lists that it describes.
  const others = PAGES.filter((page) => !reached.has(page) && page !== 'scripts/tools/README.md');
  assert.deepEqual(others, []);
});

test('a wrong link is found', () => {
  for (const [target, fault] of [
    ['docs/nowhere.md', /no file/],
    ['../outside.md', /no file/],
    ['docs/options.md#nowhere', /no heading of docs\/options.md/],
    ['#nowhere', /no heading of README.md/],
    ['package.json#name', /no page/],
    ['http://example.com', /https/],
    ['https://nowhere', /https/],
  ]) {
    assert.match(faultOf('README.md', target) ?? '', fault, target);
  }
  for (const target of ['docs/options.md#origin', 'package.json', 'docs', 'https://socket.io/docs/v4/#a']) {
    assert.equal(faultOf('README.md', target), undefined, target);
  }
});

test('anchors are those of GitHub', () => {
  assert.deepEqual(
    ["From Socket.IO's own recipe", 'The option `index`', 'a & b', '`accept`, and [this](x.md#y)'].map(
      slugOf,
    ),
    ['from-socketios-own-recipe', 'the-option-index', 'a--b', 'accept-and-this'],
  );
  assert.ok(anchorsOf('README.md').includes('it-refuses-everybody-why'));
});

/** What stands in code in the text of a page, where it is the name of something of this repository. */
function namedBy(page) {
  const codes = [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);
  return codes.flatMap((code) => {
    const [, script] = /^npm run ([\w:-]+)/.exec(code) ?? [];
    if (script !== undefined) return [[code, script in scripts]];
    const [, file] = /(?:^|\/)([\w*-]+\.test\.js)$/.exec(code) ?? [];
    if (file !== undefined) {
      const pattern = new RegExp(`^${file.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
      return [[code, TESTS.some((name) => pattern.test(name))]];
    }
    const [, place] =
      /^(?:node )?((?:docs|examples|scripts|bench|fuzz|src|tests)\/[\w./-]*)/.exec(code) ?? [];
    return place === undefined ? [] : [[code, fs.existsSync(path.join(ROOT, place))]];
  });
}
