'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { freePort } = require('../../../scripts/support/redis-server');
const { ROOT } = require('./blocks');

const STARTS_WITHIN_MS = 20_000;
const ENDS_WITHIN_MS = 20_000;

/**
 * A folder for programs of a page, removed with the test. It is inside the repository, where a program finds the packages
 * that are installed, and this one by its name.
 */
function folderFor(t) {
  const target = path.join(ROOT, 'target');
  fs.mkdirSync(target, { recursive: true });
  const folder = fs.mkdtempSync(path.join(target, 'page-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files, by their names. */
function write(folder, files) {
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
}

/**
 * Starts a program that serves on the environment variable PORT; ended with the test.
 * @param {string} folder - in which it is
 * @param {string} file - its name
 * @returns {Promise<string>} its URL
 */
async function serve(t, folder, file, env) {
  const port = await freePort();
  const program = start(folder, file, { ...env, PORT: String(port) });
  t.after(() => program.end());
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + STARTS_WITHIN_MS;
  while (!(await answers(url))) {
    assert.ok(
      !program.hasEnded() && performance.now() < deadline,
      `${file} does not serve\n${program.said()}`,
    );
    await sleep(20);
  }
  return url;
}

/**
 * Runs a program that ends by itself.
 * @returns {Promise<string>} what it prints
 */
async function outputOf(folder, file, env) {
  const program = start(folder, file, env);
  const timer = setTimeout(() => program.end(), ENDS_WITHIN_MS);
  const [code] = await program.ended;
  clearTimeout(timer);
  assert.equal(code, 0, program.said());
  return program.said();
}

function start(folder, file, env) {
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const ended = once(child, 'close');
  return {
    ended,
    said: () => output.trim(),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function answers(url) {
  try {
    await (await fetch(url, { headers: { connection: 'close' } })).text();
    return true;
  } catch {
    return false;
  }
}

module.exports = { folderFor, outputOf, serve, write };
