'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const readline = require('node:readline');

/** Several times the duration of the files on two cores. */
const ENDS_WITHIN_MS = 10 * 60_000;

/** This file is also the reporter of its tests. */
module.exports = report;
module.exports.runTests = runTests;

/**
 * Runs test files in a process of their own, and reports each test when it ends.
 * @param {string[]} files
 * @param {{ env: object, pattern?: string }} options - `pattern`: a regular expression for the names of tests
 * @param {(test: { name: string, file: string, passed: boolean, error?: string }) => void} ended
 */
async function runTests(files, { env, pattern }, ended) {
  const choice = pattern ? [`--test-name-pattern=${pattern}`] : [];
  const child = spawn(process.execPath, ['--test', `--test-reporter=${__filename}`, ...choice, ...files], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const timer = setTimeout(() => child.kill(), ENDS_WITHIN_MS);
  const exited = once(child, 'exit');
  let failed = false;
  for await (const line of readline.createInterface({ input: child.stdout })) {
    const test = JSON.parse(line);
    failed ||= !test.passed;
    ended(test);
  }
  const [code, signal] = await exited;
  clearTimeout(timer);
  if (code === 0 || failed) return;
  const error = `node --test ended with ${signal ?? `exit code ${code}`}`;
  ended({ name: 'the tests as a whole', file: 'all files', passed: false, error });
}

/** Writes each test as a line of JSON. */
async function* report(events) {
  for await (const { type, data } of events) {
    const passed = type === 'test:pass';
    if ((!passed && type !== 'test:fail') || data.skip !== undefined) continue;
    const { name, file, details } = data;
    const error = details.error?.cause?.stack ?? details.error?.message;
    yield `${JSON.stringify({ name, file, passed, error })}\n`;
  }
}
