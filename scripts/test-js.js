'use strict';

// Runs the tests of the package in Node. Most of them wait for servers, so more files run at once than there are
// processors. Node before 20.10 has no option for that.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const AT_ONCE = 3;
const TESTS = path.join(__dirname, '..', '__test__');

const [major, minor] = process.versions.node.split('.').map(Number);
const canBeTold = major > 20 || (major === 20 && minor >= 10);
const files = fs.readdirSync(TESTS).filter((name) => name.endsWith('.test.js'));
const { status } = spawnSync(
  process.execPath,
  [
    '--test',
    ...(canBeTold ? [`--test-concurrency=${AT_ONCE}`] : []),
    ...files.map((name) => path.join(TESTS, name)),
  ],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
