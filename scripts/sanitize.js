'use strict';

// `npm run test:sanitize`: the Rust tests, and the tests of the addon in Node that use the raw boundary most, under
// AddressSanitizer. `-- --rust` or `-- --node` for one of them. About ten minutes; no part of `npm run check`.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { ROOT, CannotPrepare, StepFailed, main, needRust, run, say } = require('./support/prepare');

const TRIPLE = 'x86_64-unknown-linux-gnu';
/** Everything is compiled anew, so it has a folder of its own. */
const TARGET = path.join(ROOT, 'target', 'sanitize');
/** Submit, drain, index and watch, all backends, and environments that end in the middle of it. */
const NODE_TESTS = [
  ...['delivery', 'delivery-shared', 'decisions-redis', 'parity-native', 'users-at-once', 'end-to-end'],
  ...['index-queries', 'index-random', 'index-values', 'index-lifecycle', 'socket-index'],
  ...['live-redis', 'live-random-redis', 'live-crowd', 'live-moves', 'watch-requests'],
  ...['workers', 'lifecycle', 'connection-ends', 'failures', 'odd-uses'],
];
const FAULTY = path.join(ROOT, 'scripts', 'sanitize', 'faulty.rs');

/** The sanitizer is an unstable option; this makes a stable rustc take it. */
const RUST = {
  ...process.env,
  RUSTC_BOOTSTRAP: '1',
  RUSTFLAGS: '-Zsanitizer=address',
  CARGO_TARGET_DIR: TARGET,
};

if (require.main === module) main(sanitize);

function sanitize() {
  const { values } = parseArgs({ options: { rust: { type: 'boolean' }, node: { type: 'boolean' } } });
  const all = !values.rust && !values.node;
  needRust();
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new CannotPrepare(
      'This is for Linux on x86-64: elsewhere the runtime of the sanitizer has other names.',
    );
  }
  if (all || values.rust) testRust();
  if (all || values.node) testNode();
  say('AddressSanitizer has found nothing');
}

/** With leaks: what a test has not freed at its end is an error too. */
function testRust() {
  say('The Rust tests under AddressSanitizer and LeakSanitizer (some minutes)');
  run('cargo', ['test', '--no-default-features', '--target', TRIPLE], undefined, { env: RUST });
}

function testNode() {
  const env = nodeEnvironment();
  say('That a fault of an addon is reported');
  mustReport(env);
  say('Compiling the addon');
  run('cargo', ['build', '--lib', '--target', TRIPLE], undefined, { env: RUST });
  const addon = path.join(TARGET, 'sanitized.node');
  fs.copyFileSync(path.join(TARGET, TRIPLE, 'debug', 'libpassport_socketio_native.so'), addon);
  say('The addon in Node under AddressSanitizer');
  const files = NODE_TESTS.map((name) => path.join('__test__', `${name}.test.js`));
  // One at a time: the deadlines of the tests are for an addon that is not slowed down.
  run(process.execPath, ['--test', '--test-concurrency=1', ...files], 'node --test', {
    env: { ...env, NAPI_RS_NATIVE_LIBRARY_PATH: addon },
  });
}

/** V8 does not free what it has at the end of a process, so leaks are not looked for. */
function nodeEnvironment() {
  const { stdout } = spawnSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
  const runtime = stdout?.trim();
  if (!runtime || !path.isAbsolute(runtime)) {
    throw new CannotPrepare('libasan is missing, the runtime of the sanitizer. It comes with gcc.');
  }
  return { ...process.env, LD_PRELOAD: runtime, ASAN_OPTIONS: 'detect_leaks=0' };
}

function mustReport(env) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sanitize-'));
  const faulty = path.join(folder, 'faulty.node');
  try {
    const args = ['--edition=2024', '--crate-type=cdylib', '-Zsanitizer=address', '-o', faulty, FAULTY];
    run('rustc', args, 'rustc faulty.rs', { env: RUST });
    const { stderr } = spawnSync(process.execPath, ['-e', `require(${JSON.stringify(faulty)})`], {
      env,
      encoding: 'utf8',
    });
    if (!/AddressSanitizer: heap-use-after-free/.test(stderr)) {
      throw new StepFailed(`a faulty addon, which AddressSanitizer did not report:\n${stderr}`, 1);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

module.exports = { NODE_TESTS };
