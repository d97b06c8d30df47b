'use strict';

// `npm run test:fuzz`: runs each fuzz target for ten seconds, or `-- --seconds N`. cargo-fuzz is not part of Rust and takes
// minutes to install: if it is missing, nothing runs, and the output says so.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { ROOT, StepFailed, main, run, say } = require('./support/prepare');

const TARGETS = path.join(ROOT, 'fuzz', 'fuzz_targets');
const SECONDS = '10';
/** Characters to keep of a fuzzer's output before a failure: the input, the assertion, the stack. */
const KEPT = 16_000;

if (require.main === module) {
  main(() => {
    const { values } = parseArgs({ options: { seconds: { type: 'string', default: SECONDS } } });
    const reason = whyNotHere();
    if (reason === undefined) fuzz(values.seconds);
    else console.error(`\n${'!'.repeat(80)}\n!! NOT RUN: ${reason}\n${'!'.repeat(80)}`);
  });
}

/** @returns {string | undefined} why the fuzz targets cannot run on this machine */
function whyNotHere() {
  if (spawnSync('cargo', ['fuzz', '--version'], { stdio: 'ignore' }).status === 0) return undefined;
  return 'cargo-fuzz is not installed, no fuzz target was run. cargo install cargo-fuzz --locked';
}

function fuzz(seconds) {
  const env = environment();
  say('Compiling the fuzz targets (some minutes the first time)');
  run('cargo', ['fuzz', 'build'], 'cargo fuzz build', { env });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fuzz-'));
  for (const file of fs.readdirSync(TARGETS).sort())
    runTarget(path.parse(file).name, { seconds, folder, env });
  // Not reached after a failure: then the artifacts stay.
  fs.rmSync(folder, { recursive: true, force: true });
}

function environment() {
  // The sanitizer is an unstable option of rustc; this variable makes a stable rustc accept it. Crates are compiled again
  // when the variable changes, so the fuzzer has a target folder of its own.
  const shared = process.env.CARGO_TARGET_DIR;
  return {
    ...process.env,
    RUSTC_BOOTSTRAP: '1',
    ...(shared && { CARGO_TARGET_DIR: path.resolve(ROOT, shared, 'fuzz') }),
  };
}

function runTarget(name, { seconds, folder, env }) {
  const [corpus, artifacts] = ['corpus', 'artifacts'].map((kind) => {
    const made = path.join(folder, kind, name);
    fs.mkdirSync(made, { recursive: true });
    return made;
  });
  const settings = [`-max_total_time=${seconds}`, '-verbosity=0', '-print_final_stats=1'];
  const args = ['fuzz', 'run', name, corpus, '--', ...settings, `-artifact_prefix=${artifacts}${path.sep}`];
  const { status, signal, stderr, stdout, error } = spawnSync('cargo', args, {
    cwd: ROOT,
    encoding: 'utf8',
    env,
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error) throw error;
  const units = /^stat::number_of_executed_units:\s*(\d+)/m.exec(stderr)?.[1];
  if (status === 0 && Number(units) > 0) {
    console.log(`${name}: ${units} inputs in ${seconds} s`);
    return;
  }
  console.error(`${stdout}${stderr}`.slice(-KEPT));
  if (status === 0) throw new Error(`The fuzz target ${name} has run no input`);
  console.error(`The input is in ${artifacts}: RUSTC_BOOTSTRAP=1 cargo fuzz run ${name} FILE`);
  throw new StepFailed(`cargo fuzz run ${name}`, status ?? signal);
}

module.exports = { whyNotHere };
