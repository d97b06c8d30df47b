'use strict';

// `npm run test:fuzz`, with a cargo that writes down what it is told: the fuzz targets themselves take cargo-fuzz.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');

const ROOT = path.join(__dirname, '..');
const TARGETS = fs
  .readdirSync(path.join(ROOT, 'fuzz', 'fuzz_targets'))
  .map((file) => path.parse(file).name)
  .sort();

/** Knows `fuzz` unless WITHOUT is set; the target FAILS fails, the target IDLE ends without having run an input. */
const CARGO = `#!${process.execPath}
const fs = require('node:fs');
const [, , command, part, target, corpus] = process.argv;
const { TOLD, WITHOUT, FAILS, IDLE, RUSTC_BOOTSTRAP, CARGO_TARGET_DIR } = process.env;
if (WITHOUT) process.exit(101);
const found = corpus !== undefined && fs.statSync(corpus).isDirectory();
fs.appendFileSync(TOLD, JSON.stringify({ args: process.argv.slice(2), RUSTC_BOOTSTRAP, CARGO_TARGET_DIR, found }) + '\\n');
if (part === 'run' && target === FAILS) {
  console.error('assertion failed in the target');
  process.exit(77);
}
if (part === 'run') console.error('stat::number_of_executed_units: ' + (target === IDLE ? 0 : 1234));
`;

const options = { skip: process.platform === 'win32' && 'the stand-in for cargo is a script with #!' };

test(
  'each target runs for ten seconds, on a stable toolchain, and writes nothing into the checkout',
  options,
  (t) => {
    const { code, out, told } = runFuzz(t);
    assert.equal(code, 0, out);
    const runs = told.filter(({ args }) => args[1] === 'run');
    assert.deepEqual(
      runs.map(({ args }) => args[2]),
      TARGETS,
    );
    assert.ok(TARGETS.length > 1);
    for (const { args, RUSTC_BOOTSTRAP, found } of runs) {
      const [, , name, corpus, , ...settings] = args;
      assert.equal(RUSTC_BOOTSTRAP, '1');
      assert.ok(found && !corpus.startsWith(ROOT), corpus);
      assert.ok(settings.includes('-max_total_time=10'), settings.join(' '));
      const artifacts = settings.find((each) => each.startsWith('-artifact_prefix=')).split('=')[1];
      assert.ok(path.isAbsolute(artifacts) && !artifacts.startsWith(ROOT) && artifacts.endsWith(path.sep));
      assert.match(out, new RegExp(`^${name}: 1234 inputs in 10 s$`, 'm'));
      assert.equal(fs.existsSync(corpus), false, 'nothing is left behind');
    }
  },
);

test('a folder that the addon is compiled in too is not compiled anew', options, (t) => {
  const { told } = runFuzz(t, { env: { CARGO_TARGET_DIR: 'target' } });
  for (const { CARGO_TARGET_DIR } of told.filter(({ args }) => args[1] !== '--version')) {
    assert.equal(CARGO_TARGET_DIR, path.join(ROOT, 'target', 'fuzz'));
  }
});

test('longer', options, (t) => {
  const { told } = runFuzz(t, { args: ['--seconds', '600'] });
  const runs = told.filter(({ args }) => args[1] === 'run');
  assert.ok(runs.every(({ args }) => args.includes('-max_total_time=600')));
});

test('without cargo-fuzz: a line that cannot be overlooked, and no failure', options, (t) => {
  const { code, out, told } = runFuzz(t, { env: { WITHOUT: '1' } });
  assert.equal(code, 0);
  assert.match(out, /^!{80}\n!! NOT RUN: cargo-fuzz is not installed, no fuzz target was run/m);
  assert.deepEqual(told, []);
});

test('a target that fails: what it said, where the input is, and the exit code', options, (t) => {
  const { code, out, told } = runFuzz(t, { env: { FAILS: TARGETS[1] } });
  assert.equal(code, 77);
  assert.match(out, /assertion failed in the target/);
  const [, input] = /The input is in (\S+):/.exec(out);
  assert.ok(fs.existsSync(input));
  assert.deepEqual(
    told.filter(({ args }) => args[1] === 'run').map(({ args }) => args[2]),
    TARGETS.slice(0, 2),
  );
});

test('a target that runs no input has not passed', options, (t) => {
  const { code, out } = runFuzz(t, { env: { IDLE: TARGETS[0] } });
  assert.equal(code, 1);
  assert.match(out, new RegExp(`${TARGETS[0]} has run no input`));
});

function runFuzz(t, { args = [], env = {} } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fuzzing-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const told = path.join(folder, 'told');
  fs.writeFileSync(told, '');
  fs.writeFileSync(path.join(folder, 'cargo'), CARGO, { mode: 0o755 });
  const PATH = `${folder}${path.delimiter}${process.env.PATH}`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(ROOT, 'scripts', 'fuzz.js'), ...args],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, CARGO_TARGET_DIR: '', ...env, PATH, TOLD: told, TMPDIR: folder },
    },
  );
  const lines = fs.readFileSync(told, 'utf8').split('\n').filter(Boolean);
  return { code: status, out: stdout + stderr, told: lines.map((line) => JSON.parse(line)) };
}
