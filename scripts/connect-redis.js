'use strict';

// `node scripts/connect-redis.js`: fetches every published version of connect-redis with npm, and writes each text of its
// `get` to lib/sessions/proven/known-gets.json. Run it when a version is published, and review the result. A new text also
// needs a dev dependency, for __test__/known-gets.test.js.

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { classesOf, rowOf } = require('./support/connect-redis');

const ROOT = path.join(__dirname, '..');
const FILE = path.join(ROOT, 'lib', 'sessions', 'proven', 'known-gets.json');

async function main() {
  // Inside node_modules, so that express-session and the other dependencies of old versions resolve.
  const folder = fs.mkdtempSync(path.join(ROOT, 'node_modules', '.connect-redis-'));
  try {
    const rows = await rowsOf(versions(), folder);
    fs.writeFileSync(FILE, `${JSON.stringify(rows, null, 2)}\n`);
    console.log(`${rows.length} texts, ${rows.filter(({ trusted }) => trusted).length} trusted`);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** All published versions, in order. */
function versions() {
  return JSON.parse(npm(['view', 'connect-redis', 'versions', '--json'], ROOT));
}

async function rowsOf(all, folder) {
  const rows = new Map();
  for (const version of all) {
    for (const RedisStore of await classesOf(fetchInto(folder, version))) {
      const row = await rowOf(RedisStore);
      const known = rows.get(row.sha256) ?? { versions: [], ...row };
      if (!known.versions.includes(version)) known.versions.push(version);
      rows.set(row.sha256, known);
    }
  }
  return [...rows.values()].map((row) => inOrder(row, [...rows.values()]));
}

function fetchInto(folder, version) {
  const target = path.join(folder, version);
  fs.mkdirSync(target);
  npm(['pack', `connect-redis@${version}`, '--silent', '--pack-destination', target], target);
  const [archive] = fs.readdirSync(target);
  execFileSync('tar', ['xzf', archive], { cwd: target });
  return path.join(target, 'package');
}

/** A row of the file. If the text is not trusted, the row names the next version that is. */
function inOrder({ sha256, versions: own, trusted, why, ...row }, rows) {
  if (trusted) return { sha256, versions: own, trusted, ...row };
  const good = rows.filter((each) => each.trusted).flatMap((each) => each.versions);
  const upgrade = good.filter((version) => isAfter(version, own.at(-1))).sort(byNumber)[0];
  return { sha256, versions: own, trusted, why, upgrade, ...row };
}

function isAfter(version, other) {
  return byNumber(version, other) > 0;
}

function byNumber(one, other) {
  return one.localeCompare(other, 'en', { numeric: true });
}

function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

main();
