'use strict';

// The rules of `npm run check:rooms` on small trees of files that break them, one each.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { violations } = require('../scripts/check-rooms');

/** A tree with both folders, where nothing is wrong but what `files` bring. */
function check(t, files) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'rooms-'));
  t.after(() => fs.rmSync(root, { recursive: true }));
  const sound = {
    'lib/errors.js': '',
    'lib/sessions/index.js': '',
    'src/lib.rs': 'pub mod core;\npub mod node;\npub mod pipeline;\npub mod redis;\n',
    'src/core/mod.rs': 'pub mod outcome;\n',
    'src/core/outcome.rs': 'pub enum Outcome {}\n',
    'src/redis/mod.rs': 'mod fetch;\npub use fetch::Fetch;\n',
    'src/redis/fetch.rs': 'use crate::core::outcome::Outcome;\npub struct Fetch(Outcome);\n',
    'src/pipeline/mod.rs': '',
  };
  for (const [name, text] of Object.entries({ ...sound, ...files })) {
    fs.mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  return violations(root);
}

test('this repository keeps the rules', () => {
  assert.deepEqual(violations(path.join(__dirname, '..')), []);
});

/** Paths of this repository; `lib/index.js` and the like may be of another package. */
const PATH =
  /\b(?:(?:src|scripts|tests|__test__|bench|docs|examples|fuzz|types)|lib\/(?:authorize|sessions|sockets|redis|addon))\/[\w./-]*\.(?:js|rs|json|md|ts)\b/g;

test('files that comments name are there', () => {
  const root = path.join(__dirname, '..');
  const missing = ['lib', 'src', 'scripts', 'tests', 'bench', '__test__']
    .flatMap((folder) =>
      fs.readdirSync(path.join(root, folder), { recursive: true }).map((name) => path.join(folder, name)),
    )
    .filter((name) => /\.(js|rs)$/.test(name) && path.basename(name) !== path.basename(__filename))
    .flatMap((name) =>
      fs
        .readFileSync(path.join(root, name), 'utf8')
        .split('\n')
        .filter((line) => /^\s*(\/\/|\/?\*)/.test(line))
        .flatMap((line) => line.match(PATH) ?? [])
        .filter((found) => !fs.existsSync(path.join(root, found)))
        .map((found) => `${name}: ${found}`),
    );
  assert.deepEqual(missing, []);
});

test('a tree in which nothing is wrong', (t) => {
  assert.deepEqual(check(t, {}), []);
});

const WRONG = [
  [
    'an import of an upper room',
    {
      'lib/sessions/store.js': "\nconst { x } = require('../authorize/options');",
      'lib/authorize/options.js': '',
    },
    /^lib\/sessions\/store\.js:2: "require\('\.\.\/authorize\/options'\)" imports lib\/authorize\/options\.js: rooms import from lower/,
  ],
  [
    'an import of a room beside',
    { 'lib/sockets/index.js': "require('../sessions');" },
    /^lib\/sockets\/index\.js:1: "require\('\.\.\/sessions'\)" imports lib\/sessions\/index\.js/,
  ],
  [
    'a circle of files in a room',
    { 'lib/sessions/a.js': "require('./b');", 'lib/sessions/b.js': "require('./a');" },
    /^a circle of files:\n {2}lib\/sessions\/a\.js\n {2}lib\/sessions\/b\.js\n {2}lib\/sessions\/a\.js$/,
  ],
  ['a folder that is no room', { 'lib/extras/x.js': '' }, /^lib\/extras\/x\.js: belongs to no room/],
  [
    'a warning past lib/diagnostics',
    { 'lib/sessions/a.js': "'use strict';\nprocess.emitWarning('x');" },
    /^lib\/sessions\/a\.js:2: "process\.emitWarning\('x'\);": only lib\/diagnostics/,
  ],
  [
    'an upward path in Rust, inline',
    { 'src/core/outcome.rs': 'pub enum Outcome {}\nfn f() { crate::redis::Fetch; }\n' },
    /^src\/core\/outcome\.rs:2: "crate::redis::Fetch" imports src\/redis\/fetch\.rs: rooms import/,
    // It is a circle besides, and the core may not even name Redis.
    3,
  ],
  [
    'a circle of Rust files, through names that a mod.rs re-exports',
    {
      'src/redis/mod.rs': 'mod a;\nmod b;\npub use {a::A, b::B};\n',
      'src/redis/a.rs': 'use super::B;\npub struct A(B);\n',
      'src/redis/b.rs': 'use super::{a::A as Other};\npub struct B(Other);\n',
    },
    /^a circle of files:\n {2}src\/redis\/a\.rs\n {2}src\/redis\/b\.rs\n {2}src\/redis\/a\.rs$/,
  ],
  [
    'a child that uses what its mod.rs makes of it',
    {
      'src/redis/mod.rs': 'mod fetch;\npub struct Whole(fetch::Fetch);\n',
      'src/redis/fetch.rs': 'use super::Whole;\npub struct Fetch(Whole);\n',
    },
    /^a circle of files:\n {2}src\/redis\/(mod|fetch)\.rs/,
  ],
  [
    'a pipeline that names Redis',
    { 'src/pipeline/mod.rs': 'use redis::Value;\n' },
    /^src\/pipeline\/mod\.rs:1: "use redis::Value;": the pipeline, the watch and the core know no Redis/,
  ],
  [
    'napi past src/node',
    { 'src/redis/fetch.rs': 'use napi::Env;\npub struct Fetch;\n' },
    /^src\/redis\/fetch\.rs:1: "use napi::Env;": only src\/node names napi/,
  ],
  [
    'unsafe code past src/node/raw',
    { 'src/node/mod.rs': 'fn f() { unsafe {} }\n' },
    /^src\/node\/mod\.rs:1: .*only src\/node\/raw has unsafe code/,
  ],
];

for (const [title, files, expected, count = 1] of WRONG) {
  test(title, (t) => {
    const found = check(t, files);
    assert.match(found[0] ?? '', expected);
    assert.equal(found.length, count, found.join('\n'));
  });
}

test('what is no import: comments, strings, test modules, other crates', (t) => {
  const found = check(t, {
    'lib/sessions/a.js':
      "// process.emitWarning\nconst text = 'process.emitWarning';\nmodule.exports = { text };",
    'src/core/outcome.rs':
      '//! As crate::redis has it; see napi.\nuse std::fmt;\npub(in crate::core) enum Outcome {}\n#[cfg(test)]\nmod tests {\n  use crate::redis::Fetch;\n}\n',
    'src/pipeline/mod.rs': 'fn f<\'a>(text: &\'a str) -> bool { text == "redis" && text != "\'" }\n',
  });
  assert.deepEqual(found, []);
});
