'use strict';

// Whose Passport is taken where the app names none: that of the app's entry file, and never that of the folder which
// the app happens to be started in.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { runScript } = require('./support/child');

const PRINTS = 'console.log(findPassport().who);';
let root;

before(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'passport-')));
  // By itself, in a folder that sees no Passport: as the package is where it is linked, or installed globally.
  write(
    'package/passport.js',
    fs.readFileSync(path.join(__dirname, '..', 'lib', 'authorize', 'passport.js')),
  );
  const target = JSON.stringify(path.join(root, 'package', 'passport.js'));
  const files = {
    'app.cjs': `const { findPassport } = require(${target});\n${PRINTS}`,
    'app.mjs': `import { createRequire } from 'node:module';\nconst { findPassport } = createRequire(import.meta.url)(${target});\n${PRINTS}`,
    'package.json': '{ "type": "module", "main": "app.mjs" }',
    'starts-a-worker.mjs': `import { Worker } from 'node:worker_threads';\nnew Worker(new URL('app.mjs', import.meta.url));`,
  };
  for (const folder of ['app', 'bare']) {
    for (const [name, text] of Object.entries(files)) write(path.join(folder, name), text);
  }
  for (const who of ['app', 'cwd']) {
    const text = `console.log('loaded from ${who}');\nexports.who = 'that of ${who}';\n`;
    write(path.join(who, 'node_modules', 'passport', 'index.js'), text);
  }
});

after(() => fs.rmSync(root, { recursive: true, force: true }));

for (const entry of ['app.cjs', 'app.mjs']) {
  test(`${entry}: a passport in the working directory alone is not loaded, and the error says what to do`, () => {
    const { out, err, code } = start([path.join(root, 'bare', entry)]);
    assert.deepEqual({ out, code }, { out: '', code: 1 });
    assert.match(err, /could not require\('passport'\): install it \(npm install passport\), or give yours/);
  });
}

for (const [title, args] of [
  ['a CommonJS file', ['app/app.cjs']],
  ['an ES module', ['app/app.mjs']],
  ['a path that is not absolute', [path.join('..', 'app', 'app.mjs')]],
  ['the folder of the app', ['app']],
  ['a worker of an ES module', ['app/starts-a-worker.mjs']],
]) {
  test(`the app's entry is ${title}: its passport is loaded, not that of the working directory`, () => {
    const [first] = args;
    const { out, err, code } = start([first.startsWith('..') ? first : path.join(root, first)]);
    assert.deepEqual({ out, err, code }, { out: 'loaded from app\nthat of app', err: '', code: 0 });
  });
}

test('the app’s entry is a link to an ES module, as npm makes them for programs', (t) => {
  const link = path.join(root, 'link.mjs');
  if (!canLink(path.join(root, 'app', 'app.mjs'), link)) return t.skip('this user may not make links');
  assert.equal(start([link]).out, 'loaded from app\nthat of app');
});

test('a text instead of a file: its arguments are no entry of the app', () => {
  const text = `const { findPassport } = require(${JSON.stringify(path.join(root, 'package', 'passport.js'))});\n${PRINTS}`;
  const argument = path.join(root, 'app', 'app.mjs');
  for (const args of [
    ['-e', text, argument],
    ['-pe', text, argument],
    [`--eval=${text}`, argument],
  ]) {
    const { out, err, code } = start(args);
    assert.deepEqual({ out, code }, { out: '', code: 1 }, args[0]);
    assert.match(err, /could not require\('passport'\)/);
  }
  const { out, code } = start(['-', argument], text);
  assert.deepEqual({ out, code }, { out: '', code: 1 });
});

test('authorize() takes what its own folder sees', async () => {
  const script = `
    const authorizer = authorize({ secret: SECRET, store: { get() {} } });
    console.log(typeof authorizer);`;
  const { out, err } = await runScript(script);
  assert.deepEqual({ out, err }, { out: 'function', err: '' });
});

/** Runs Node in the working directory that has a Passport of its own. */
function start(args, input = '') {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: path.join(root, 'cwd'),
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', NODE_PATH: '', NODE_TEST_CONTEXT: '' },
    input,
  });
  return { out: stdout.trim(), err: stderr.trim(), code: status };
}

function write(name, text) {
  const file = path.join(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

function canLink(target, link) {
  try {
    fs.symlinkSync(target, link);
    return true;
  } catch (error) {
    if (error.code === 'EPERM') return false;
    throw error;
  }
}
