'use strict';

const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { ROOT } = require('../support/prepare');

const TESTS = path.join(ROOT, '__test__');
/** A reporter that prints each test as a line of JSON. */
const REPORTER = path.join(ROOT, 'scripts', 'support', 'test-run.js');

const KEPT = 4_000;

/** Tests of tools, of the documentation, and with many servers: they take long, and hardly depend on the runtime. */
const NOT_OF_A_RUNTIME =
  /^(bundles|examples|fuzzing|matrix|pages.*|release-build|workflows|.*cluster|.*sentinel)\.test\.js$/;

/** Tests that show that the addon works: cookies, signatures, sessions, Redis, Socket.IO. None of them starts a Node. */
const CORE = [
  'decisions.test.js',
  'decisions-callbacks.test.js',
  'decisions-redis.test.js',
  'derive.test.js',
  'end-to-end.test.js',
  'failures.test.js',
  'parser.test.js',
  'redis-option.test.js',
  'request.test.js',
];

/** Bun rewrites the source that it loads, and so the text of `get`: connect-redis stores are never followed there. */
const CORE_OF_BUN = CORE.filter((file) => file !== 'derive.test.js');

/** The test files for another Node on this machine. */
function runtimeFiles(without) {
  const files = fs.readdirSync(TESTS).filter((file) => file.endsWith('.test.js'));
  return files.filter((file) => !NOT_OF_A_RUNTIME.test(file) && !without.includes(file));
}

/**
 * Runs all test files with a Node's own test runner.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
function runTogether([command, ...args], files, env) {
  return runNode(command, [...args, '--test', `--test-reporter=${REPORTER}`, ...files.map(fileOf)], env);
}

/** The same, one file after the other: an emulated Node cannot start another Node, as the test runner does. */
async function runOneByOne([command, ...args], files, env) {
  const sum = { passed: 0, failed: 0 };
  for (const file of files) {
    const { passed, failed } = await runNode(
      command,
      [...args, `--test-reporter=${REPORTER}`, fileOf(file)],
      env,
    );
    sum.passed += passed;
    sum.failed += failed;
  }
  return sum;
}

/** The same with Bun's test runner, which supports node:test, and prints a line for each count at the end. */
function runByBun(program, files) {
  const args = ['test', ...files.map((file) => `./__test__/${file}`)];
  const { stdout, stderr } = spawnSync(program, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const counted = (word) => Number(new RegExp(`^ *(\\d+) ${word}$`, 'm').exec(stderr)?.[1] ?? NaN);
  const sum = { passed: counted('pass'), failed: counted('fail') };
  if (sum.passed > 0 && sum.failed === 0) return sum;
  console.error(`FAILED: bun ${args.join(' ')}\n${stdout}${stderr}`);
  return { passed: sum.passed || 0, failed: sum.failed || 1 };
}

async function runNode(command, args, env) {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Warnings are part of the tests. They help if a Node ends before it reports.
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-KEPT)));
  const ended = Promise.race([once(child, 'close'), once(child, 'error').then(([error]) => [error.message])]);
  const sum = { passed: 0, failed: 0 };
  for await (const line of readline.createInterface({ input: child.stdout })) count(sum, line);
  const [code, signal] = await ended;
  // A Node that crashed, or found no test, reports no failed test.
  if (sum.failed === 0 && (code !== 0 || sum.passed === 0)) {
    console.error(`FAILED: ended with ${signal ?? code}: ${args.at(-1)}\n${said}`);
    sum.failed = 1;
  }
  return sum;
}

function count(sum, line) {
  if (!line.startsWith('{')) return;
  const { name, file, passed, error } = JSON.parse(line);
  sum[passed ? 'passed' : 'failed'] += 1;
  if (!passed) console.error(`FAILED: ${path.basename(file ?? '')}: ${name}\n${error}`);
}

function fileOf(name) {
  return path.join(TESTS, name);
}

module.exports = { CORE, CORE_OF_BUN, runByBun, runOneByOne, runTogether, runtimeFiles };
