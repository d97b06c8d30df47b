'use strict';

// docs/testing.md
//
// Jest and Vitest are no dependencies of this repository. Their blocks run here on node:test, with the few functions of theirs
// that they use.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { blocksOf } = require('../blocks');
const { folderFor, outputOf, write } = require('../programs');

const JEST = `
  const assert = require('node:assert/strict');
  const Module = require('node:module');
  const { afterEach, test } = require('node:test');
  const expect = (actual) => ({
    toBe: (expected) => assert.equal(actual, expected),
    toEqual: (expected) => assert.deepEqual(actual, expected),
  });
  const { _load } = Module;
  const jest = {
    mock(name, make) {
      let made;
      Module._load = (id, ...more) => (id === name ? (made ??= make()) : _load(id, ...more));
    },
  };
  const functions = { afterEach, expect, jest, test };
`;
const GLOBALS = `${JEST} Object.assign(globalThis, functions);`;
const VITEST = `${JEST} exports.afterEach = afterEach; exports.expect = expect; exports.test = test;`;
const SERVER = `
  const { authorize } = require('passport-socketio-native');
  exports.io = new (require('socket.io').Server)();
  exports.io.use(authorize({ secret: 'keyboard cat', store: {} }));
`;

/** The code of a block of the page. */
function codeOf(name) {
  return blocksOf('docs/testing.md').find((block) => block.name === name).code;
}

/** Runs a test file beside the chat, and gives how many tests have passed. */
async function passed(t, name, code, files = {}) {
  const folder = folderFor(t);
  write(folder, { 'chat.js': codeOf('chat'), 'start.js': codeOf('start'), [name]: code, ...files });
  if (files['vitest.js']) {
    const place = path.join(folder, 'node_modules', 'vitest');
    fs.mkdirSync(place, { recursive: true });
    fs.renameSync(path.join(folder, 'vitest.js'), path.join(place, 'index.js'));
  }
  const args = files['jest.js'] ? { NODE_OPTIONS: '--require ./jest.js' } : {};
  const said = await outputOf(folder, name, args);
  assert.doesNotMatch(said, /^# fail [1-9]/m);
  return Number(/(?:^|\n)(?:#|ℹ) pass (\d+)/.exec(said)?.[1]);
}

/** The other blocks use it. */
const usedBelow = (t, { code }) => assert.match(code, /exports\.\w+ = /);

module.exports = {
  chat: usedBelow,
  start: usedBelow,
  'node:test': async (t, { code }) => assert.equal(await passed(t, 'chat.test.js', code), 3),
  Jest: async (t, { code }) => assert.equal(await passed(t, 'chat.test.js', code, { 'jest.js': GLOBALS }), 2),
  Vitest: async (t, { code }) =>
    assert.equal(await passed(t, 'chat.test.mjs', code, { 'vitest.js': VITEST }), 1),
  'Jest with a module replaced': async (t, { code }) =>
    assert.equal(await passed(t, 'server.test.js', code, { 'jest.js': GLOBALS, 'server.js': SERVER }), 1),
};
