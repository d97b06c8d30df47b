'use strict';

// The benchmarks run, and check themselves.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');

const BENCH = path.join(__dirname, '..', 'bench');

/** A limit for what takes some seconds. */
const LIMIT_MS = 300_000;

async function check(file) {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(BENCH, file), '--check'], {
    timeout: LIMIT_MS,
  });
  return stdout;
}

test('bench:live finds that the right sessions end', async () => {
  assert.equal(await check('live.js'), 'ok: the right sessions end\n');
});

test('bench:faults finds that nobody is let in or ended wrongly', async () => {
  assert.equal(await check('faults.js'), 'ok: nobody is let in or ended wrongly\n');
});
