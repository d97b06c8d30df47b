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

test('bench:live finds that the right sessions end', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(BENCH, 'live.js'), '--check'], {
    timeout: LIMIT_MS,
  });
  assert.equal(stdout, 'ok: the right sessions end\n');
});
