'use strict';

// The committed texts of connect-redis' `get`, against the packages: one version of each text is installed.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { before, test } = require('node:test');
const known = require('../lib/sessions/proven/known-gets.json');
const { classesOf, rowOf } = require('../scripts/support/connect-redis');

const MODULES = path.join(__dirname, '..', 'node_modules');
const PACKAGES = fs.readdirSync(MODULES).filter((name) => /^connect-redis(-|$)/.test(name));

/** What each build of each package says: `{ version, row }`. */
const builds = [];

before(async () => {
  for (const name of PACKAGES) {
    const folder = path.join(MODULES, name);
    const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    for (const RedisStore of await classesOf(folder)) builds.push({ version, row: await rowOf(RedisStore) });
  }
});

/** A row without what only the list of all versions tells. */
function told({ versions: _versions, upgrade: _upgrade, ...row }) {
  return row;
}

test('16 texts, of which 11 are trusted, and each is installed', () => {
  assert.equal(known.length, 16);
  assert.equal(known.filter(({ trusted }) => trusted === true).length, 11);
  const installed = new Set(builds.map(({ row }) => row.sha256));
  assert.deepEqual(
    known.filter(({ sha256 }) => !installed.has(sha256)).map(({ versions }) => versions),
    [],
  );
});

test('each build of each installed version says what is committed', () => {
  // CommonJS and ES modules from 7.0 on.
  assert.equal(builds.length, PACKAGES.length + 6);
  for (const { version, row } of builds) {
    const committed = known.find(({ versions }) => versions.includes(version));
    // 9.0.0 has the text of 8.1.0, and no client of its own making.
    const wrapper = version === '9.0.0' ? null : committed.wrapper;
    // Node may come to give fewer to old functions.
    assert.ok(row.own.every((name) => committed.own.includes(name)));
    assert.deepEqual(row, { ...told(committed), wrapper, own: row.own }, version);
  }
});

test('all 59 versions, each once', () => {
  const all = known.flatMap(({ versions }) => versions);
  assert.equal(all.length, 59);
  assert.equal(new Set(all).size, 59);
});

test('those that are not trusted say why, and what to upgrade to', () => {
  assert.deepEqual(
    known
      .filter(({ trusted }) => !trusted)
      .map(({ versions, why, upgrade }) => [versions.at(-1), why, upgrade]),
    [
      ['1.0.0', 'reads keys without a prefix', '1.4.1'],
      ['1.0.7', 'reads keys without a prefix', '1.4.1'],
      ['1.2.0', 'takes an error of Redis for a session that is missing', '1.4.1'],
      ['1.4.0', 'takes an error of Redis for a session that is missing', '1.4.1'],
      ['6.1.2', 'leaves a TOMBSTONE where a session was destroyed', '6.1.3'],
    ],
  );
});
