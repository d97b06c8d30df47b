'use strict';

// What the hosted workflows say in more than one place, or say for the scripts: that it is the same.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { TARGETS } = require('../scripts/release/targets');

const ROOT = path.join(__dirname, '..');
const read = (...file) => fs.readFileSync(path.join(ROOT, ...file), 'utf8').replaceAll('\r\n', '\n');
const workflow = (name) => read('.github', 'workflows', `${name}.yml`);

test('cargo-deny looks at all platforms that get a package', () => {
  const [, listed] = /^targets = \[\n([^\]]+)\]/m.exec(read('deny.toml'));
  assert.deepEqual(listed.match(/[\w-]+(?=",)/g).sort(), TARGETS.map(({ triple }) => triple).sort());
});

for (const [name, needed] of [
  ['dependencies', ['Cargo.lock', 'Cargo.toml', 'deny.toml']],
  ['fuzz', ['src/core/**', 'fuzz/**', 'scripts/fuzz.js']],
]) {
  test(`${name}: every day, and where a change is about it, pushed or proposed`, () => {
    const text = workflow(name);
    assert.match(text, /^ {2}schedule:\n {4}- cron: '\d+ \d+ \* \* \*'$/m);
    const lists = [...text.matchAll(/^ {4}paths:\n((?: {6}- .+\n)+)/gm)].map(([, list]) =>
      list
        .trim()
        .split('\n')
        .map((line) => line.trim().replace('- ', '')),
    );
    assert.equal(lists.length, 2);
    assert.deepEqual(lists[0], lists[1]);
    for (const each of [...needed, `.github/workflows/${name}.yml`]) assert.ok(lists[0].includes(each), each);
  });
}

test('advisories are no part of npm test, whose verdict on a commit does not depend on the day', () => {
  assert.match(workflow('dependencies'), /run: cargo deny --locked check\n/);
  assert.doesNotMatch(JSON.stringify(require('../package.json').scripts), /deny|audit/);
});

test('all workflows have the same Rust', () => {
  const files = fs.readdirSync(path.join(ROOT, '.github', 'workflows'));
  const versions = files.flatMap(
    (file) => read('.github', 'workflows', file).match(/^ {2}RUST: .+$/gm) ?? [],
  );
  assert.ok(versions.length >= 4);
  assert.equal(new Set(versions).size, 1, versions.join());
});
