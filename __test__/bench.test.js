'use strict';

// The benchmarks run, and check their contenders.

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');
const { check } = require('../bench/authorization/check');
const { FakeNamespace } = require('../bench/authorization/sockets');
const { contenders } = require('../bench/contenders');
const { verdictsOn } = require('../bench/goals');
const { compare } = require('../bench/support/compare');
const { userOf } = require('../bench/support/sessions');

const ROOT = path.join(__dirname, '..');

/** A limit for what takes half a minute. */
const LIMIT_MS = 600_000;

async function run(file, ...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(ROOT, 'bench', file), ...args], {
    timeout: LIMIT_MS,
  });
  return stdout;
}

const placesIn = (text) => [...text.matchAll(/<!-- bench (\S+) -->/g)].map(([, name]) => name);

test('bench: every contender passes its checks, and the page has a place for every table', async () => {
  const tables = await run('run.js', '--quick', '--markdown', '--against', ROOT);
  for (const { name } of contenders) assert.ok(tables.includes(`| ${name} `), name);
  const page = fs.readFileSync(path.join(ROOT, 'docs', 'benchmarks.md'), 'utf8');
  assert.deepEqual(placesIn(tables).sort(), placesIn(page).sort());
});

test('bench:live finds that the right sessions end', async () => {
  assert.equal(await run('live.js', '--check'), 'ok: the right sessions end\n');
});

test('bench:filter finds that all contenders find the same', async () => {
  assert.equal(await run('filter.js', '--check'), 'ok: all contenders find the same\n');
});

test('bench:faults finds that nobody is let in or ended wrongly', async () => {
  assert.equal(await run('faults.js', '--check'), 'ok: nobody is let in or ended wrongly\n');
});

test('a contender that is wrong is not timed', async () => {
  const where = { sessions: 3, url: 'redis://127.0.0.1:1', namespace: new FakeNamespace() };
  const wrong = {
    'lets in who has no session': (socket, next) => {
      socket.request.user = { id: socket.visitor.key };
      next();
    },
    'refuses a good cookie': (socket, next) => next(new Error('no')),
    'found the wrong user': (socket, next) => {
      socket.request.user = { id: userOf(0) };
      next(socket.visitor.key === undefined ? new Error('no') : undefined);
    },
  };
  for (const [what, middleware] of Object.entries(wrong)) {
    await assert.rejects(check({ role: 'peer' }, middleware, where), new RegExp(what), what);
  }
});

test('figures are compared with those of the same pass, above its floor', () => {
  const rounds = new Map(
    Object.entries({ floor: [1, 2, 9], original: [11, 22, 109], ours: [2, 4, 19] }).map(([key, figures]) => [
      key,
      figures.map((main) => ({ main })),
    ]),
  );
  const { ours, original } = compare(rounds, 'main', { floor: 'floor', reference: 'original' });
  assert.deepEqual(ours, { net: 2, ratio: 0.1, quartiles: [0.1, 0.1] });
  assert.equal(original.ratio, 1);
});

test('whether a goal is reached is computed, for the parts that ran', () => {
  const verdictOn = (ratio) => verdictsOn({ storm: { process: { ours: { ratio } } } });
  assert.deepEqual(
    [1.03, 1.04].map((ratio) => verdictOn(ratio).map(({ isReached }) => isReached)),
    [[true], [false]],
  );
});
