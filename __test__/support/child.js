'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const path = require('node:path');

const ENDS_WITHIN = 20_000;

/** The globals of every script. */
const PREAMBLE = `
  const { authorize, filterSocketsByUser, AuthorizationError } = require(${JSON.stringify(path.join(__dirname, '..', '..'))});
  const { SECRET, cookieOf, passportOf, visit, handshake } = require(${JSON.stringify(path.join(__dirname, 'visit'))});
`;

/**
 * Runs a script in a process of its own, which must end by itself.
 * @param {string} script - has the exports of the package and of __test__/support/visit.js as globals
 * @param {{ args?: string[], env?: object, preamble?: string, endsWithin?: number }} [options] - `args` are for node
 * @returns {Promise<{ code: number | null, signal: string | null, out: string, err: string }>}
 */
function runScript(script, { args = [], env = {}, preamble = PREAMBLE, endsWithin = ENDS_WITHIN } = {}) {
  const child = spawn(process.execPath, [...args, '-e', preamble + script], {
    cwd: path.join(__dirname, '..', '..'),
    env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the process did not end within ${endsWithin} ms\n${out}\n${err}`));
    }, endsWithin);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, out: out.trim(), err: err.trim() });
    });
  });
}

/** Asserts that a script prints this, and ends by itself without an error. */
async function assertPrints(script, expected, options) {
  const { code, signal, out, err } = await runScript(script, options);
  assert.deepEqual({ code, signal, out, err }, { code: 0, signal: null, out: expected, err: '' });
}

module.exports = { assertPrints, runScript, PREAMBLE };
