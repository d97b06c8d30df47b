'use strict';

const assert = require('node:assert/strict');

const CODE = 'ERR_PASSPORT_SOCKETIO_NO_BINARY';
const AGAIN = 'Install again on this machine, in the folder of the app:';
const LINES = {
  npm: '  npm install --include=optional   (still missing: delete node_modules and package-lock.json first)',
  pnpm: '  pnpm install --force',
  yarn: '  yarn install --force   (Yarn 2 and newer: yarn install)',
  bun: '  bun install --force',
};

/** Asserts the lines that every message has, and those of this one. */
function assertTold(told, { problem, cause, advice = [], again = false, facts = [] }) {
  const lines = told.message.split('\n');
  assert.equal(lines[0], `passport-socketio-native cannot start: ${problem}.`);
  for (const line of [...facts, ...advice]) {
    assert.ok(
      lines.some((each) => each.trim() === line || (line instanceof RegExp && line.test(each))),
      `${line} is not in\n${told.message}`,
    );
  }
  assert.equal(lines.includes(AGAIN), again, told.message);
  assert.equal(told.code, CODE);
  if (cause instanceof RegExp) assert.match(told.cause, cause);
  else assert.equal(told.cause, cause);
  assert.equal(told.wraps, false);
  assert.doesNotMatch(told.message, /wasi/i);
}

module.exports = { AGAIN, CODE, LINES, assertTold };
