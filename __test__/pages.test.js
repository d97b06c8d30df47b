'use strict';

// Runs every block of every page. Samples run as programs, or on a site that has what they need. Commands and settings are
// checked as far as that is cheap. Texts are compared with what is printed. A block without a test is a failure.
//
// A comment above a block names its test: `<!-- test: whole app -->` is the member 'whole app' of the page's file in
// support/pages/samples. `<!-- test: excerpt of <file> -->` needs no member: the file has the same lines, and its own tests.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const { PAGES, ROOT, blocksIn, blocksOf } = require('./support/pages/blocks');
const { CONFIGS } = require('./support/pages/configs');
const { assertCommands } = require('./support/pages/shell');

const WITHIN = { timeout: 120_000 };
const SAMPLES = path.join(__dirname, 'support', 'pages', 'samples');

const tested = new Map();

describe('blocks', { concurrency: 3 }, () => {
  for (const page of PAGES) {
    for (const block of blocksOf(page)) {
      const title = `${page}:${block.line}: ${block.name ?? block.language}`;
      test(title, WITHIN, async (t) => {
        const run = testOf(block);
        assert.ok(run, `no test for this block: name it by a comment above, <!-- test: name -->`);
        await run(t, block);
      });
    }
  }
});

test('no sample is tested that no page has', () => {
  for (const [file, names] of tested) {
    const all = Object.keys(require(path.join(SAMPLES, file)));
    assert.deepEqual(
      all.filter((name) => !names.has(name)),
      [],
      file,
    );
  }
  assert.deepEqual([...tested.keys()].sort(), fs.readdirSync(SAMPLES).sort());
});

test('what has no test is found', () => {
  for (const language of ['', 'js', 'mjs', 'ts', 'diff', 'text', 'html']) {
    assert.equal(testOf({ page: 'README.md', language, code: '' }), undefined, language);
  }
  assert.equal(testOf({ page: 'README.md', name: 'no such sample', language: 'sh', code: '' }), undefined);
  assert.equal(testOf({ page: 'bench/README.md', name: 'whole app', language: 'js', code: '' }), undefined);
  assert.throws(
    () => testOf({ page: 'README.md', language: 'sh', code: 'make' })(),
    /no test for the command make/,
  );
  for (const code of [
    'npm run nothing',
    'npm run bench -- --nothing',
    'npm install nothing',
    'node nothing.js',
  ]) {
    assert.throws(() => assertCommands({ code }), code);
  }
  const name = 'excerpt of package.json';
  assert.throws(
    () => testOf({ page: 'README.md', name, language: 'json', code: 'nothing' })(),
    /no such lines/,
  );
});

test('names and blocks are read as they stand in a page', () => {
  const text = [
    '<!-- test: one -->',
    '',
    '```js',
    'a();',
    '```',
    '',
    '```sh',
    '```',
    '- item',
    '',
    '  <!-- test: two -->',
    '',
    '  ~~~diff',
    '  -b();',
    '   ```',
    '  ~~~',
    '<!-- test: of nothing -->',
    'Text.',
    '````',
    '```',
    '````',
  ].join('\n');
  assert.deepEqual(blocksIn(text), [
    { line: 3, name: 'one', language: 'js', code: 'a();' },
    { line: 7, name: undefined, language: 'sh', code: '' },
    { line: 13, name: 'two', language: 'diff', code: '-b();\n ```' },
    { line: 19, name: undefined, language: '', code: '```' },
  ]);
  assert.throws(() => blocksIn('```js\na();'), /line 1: the block does not end/);
});

/** How to test a block; nothing where there is no way. */
function testOf(block) {
  const { name, language, page } = block;
  const [, file] = /^excerpt of (\S+)$/.exec(name ?? '') ?? [];
  if (file !== undefined) return () => assertExcerpt(block, file);
  if (name !== undefined) return sampleOf(page, name);
  const general = { ...CONFIGS, sh: assertCommands }[language];
  return general && (() => general(block));
}

function sampleOf(page, name) {
  const file = `${path.basename(page, '.md').toLowerCase()}.js`;
  if (page.includes('/') !== page.startsWith('docs/') || !fs.existsSync(path.join(SAMPLES, file)))
    return undefined;
  if (!tested.has(file)) tested.set(file, new Set());
  tested.get(file).add(name);
  return require(path.join(SAMPLES, file))[name];
}

/** The lines of a block stand in a file like that, however far they are indented there. */
function assertExcerpt({ code }, file) {
  const lines = fs.readFileSync(path.join(ROOT, file), 'utf8').split('\n');
  const wanted = code.split('\n');
  const found = lines.some((line, at) => {
    const indent = line.slice(0, line.length - line.trimStart().length);
    return wanted.every((each, i) => lines[at + i] === (each === '' ? '' : indent + each));
  });
  assert.ok(found, `${file} has no such lines`);
}
