'use strict';

// A usual mistake, in the terminal: what the developer of an app with this mistake sees, on stdout and stderr, is the sentence
// that names it, and nothing else. No secret and no session id is in any output.

const assert = require('node:assert/strict');
const { fork } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { MISTAKES, OTHER_SECRET, PASSWORD, SECRET } = require('./support/mistakes');
const { sharedRedis } = require('./support/shared');

const APP = path.join(__dirname, 'support', 'mistakes', 'app.js');
/** Each is a process, and this machine may be a small one. */
const AT_A_TIME = 2;
const ENDS_WITHIN_MS = 60_000;
/** So much of a session id may be shown. */
const SHOWN_OF_ID = 4;

let redis;
sharedRedis((started) => ({ redis } = started));

/** All that was printed, and all ids that were in use. */
const printed = [];
const ids = new Set();

test('a usual mistake, in the terminal', { concurrency: AT_A_TIME }, async (t) => {
  const runs = Object.entries(MISTAKES).map(([name, mistake]) =>
    t.test(name, async () => {
      const { text, code } = await run(name, mistake);
      printed.push(text);
      assert.equal(code === 0, !mistake.dies, text);
      assertSays(linesOf(text), mistake.says);
    }),
  );
  await Promise.all(runs);
});

test('at least thirty mistakes were made', () => {
  assert.ok(printed.length >= 30 && printed.length === Object.keys(MISTAKES).length, `${printed.length}`);
  assert.ok(ids.size >= printed.length);
});

test('no output shows a secret, a password or a session id', () => {
  const hidden = [SECRET, OTHER_SECRET, PASSWORD, ...[...ids].map((id) => id.slice(0, SHOWN_OF_ID + 1))];
  for (const text of printed) {
    assert.deepEqual(
      hidden.filter((each) => text.includes(each)),
      [],
      text,
    );
  }
});

/** Runs the app with this mistake: all that it prints. */
async function run(name, { env }) {
  const child = fork(APP, [name], {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_TEST_CONTEXT: '',
      NODE_ENV: '',
      REDIS_URL: redis.url,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), ENDS_WITHIN_MS);
  child.on('message', (told) => told.ids.forEach((id) => ids.add(id)));
  const texts = [child.stdout, child.stderr].map(async (stream) => (await stream.toArray()).join(''));
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return { text: (await Promise.all(texts)).join(''), code };
}

/** The lines that say something: without what Node adds to a warning, or to an error that ends the process. */
function linesOf(text) {
  const lines = text.split('\n').map((line) => line.replace(/^\(node:\d+\) /, ''));
  return lines.filter((line) => !NODES_OWN.some((pattern) => pattern.test(line)));
}

const NODES_OWN = [
  /^$/,
  /^\(Use `node --trace-warnings/,
  /^ {4}at /,
  /^Node\.js v/,
  // The place of an error: file and line, the line, and a mark below it.
  /^\S+\.js:\d+$/,
  /^ +(\^|.*\bthrow )/,
];

/** Each line is expected, and each that is expected is there, once. */
function assertSays(lines, expected) {
  const missing = expected.filter((pattern) => lines.filter((line) => pattern.test(line)).length !== 1);
  const surplus = lines.filter((line) => !expected.some((pattern) => pattern.test(line)));
  assert.deepEqual({ missing, surplus }, { missing: [], surplus: [] }, lines.join('\n'));
}
