'use strict';

// What cargo is really told when the addon is compiled for a release: napi is run as it is then, with a cargo that only
// writes its arguments down.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { NAPI, napiArguments } = require('../scripts/release/build');
const { TARGETS } = require('../scripts/release/targets');

const ROOT = path.join(__dirname, '..');

/** Tells of the crate as cargo does, without looking for any, and compiles nothing. */
const CARGO = `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
fs.appendFileSync(process.env.TOLD, JSON.stringify(args) + '\\n');
if (args.includes('metadata')) {
  const crate = {
    id: 'c', name: 'passport-socketio-native', version: '0.0.0', manifest_path: process.cwd() + '/Cargo.toml',
    dependencies: [], features: {}, targets: [{ kind: ['cdylib'], crate_types: ['cdylib'], name: 'passport_socketio_native' }],
  };
  console.log(JSON.stringify({ packages: [crate], resolve: { root: 'c', nodes: [{ id: 'c', deps: [], features: [] }] },
    target_directory: process.env.OUT, workspace_members: ['c'], workspace_root: process.cwd(), version: 1 }));
} else if (args[0] !== 'help') process.exit(3);
`;

const skip = process.platform === 'win32' && 'the stand-in for cargo is a script with #!';

for (const target of TARGETS) {
  test(`a release for ${target.name} is compiled from the crates of the lock file`, { skip }, (t) => {
    const told = argumentsToCargo(target, t);
    const compiling = told.filter(([command]) => ['build', 'zigbuild'].includes(command));
    assert.equal(compiling.length, 1, JSON.stringify(told));
    const [args] = compiling;
    assert.equal(args[0], target.system === 'linux' ? 'zigbuild' : 'build');
    assert.ok(args.includes('--locked') && args.includes('--release'), args.join(' '));
    // It would bring the lock file up to date before anything is compiled.
    for (const metadata of told.filter((each) => each.includes('metadata'))) {
      assert.ok(metadata.includes('--locked'), metadata.join(' '));
    }
  });
}

test('no other script or workflow compiles for others without the lock file', () => {
  const files = fs
    .readdirSync(path.join(ROOT, 'scripts'), { recursive: true })
    .map((name) => path.join('scripts', name))
    .filter((name) => name.endsWith('.js'));
  const workflows = fs.readdirSync(path.join(ROOT, '.github', 'workflows'));
  for (const name of [...files, ...workflows.map((each) => path.join('.github', 'workflows', each))]) {
    for (const line of fs.readFileSync(path.join(ROOT, name), 'utf8').split('\n')) {
      if (!/'zigbuild', |\bcargo (zig)?build\b|cargo install/.test(line) || /^\s*(\/\/|\/?\*|#)/.test(line))
        continue;
      assert.match(line, /--locked/, `${name}: ${line.trim()}`);
    }
  }
});

/** @returns {string[][]} the arguments of each cargo that napi has started */
function argumentsToCargo(target, t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'build-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const told = path.join(folder, 'told');
  fs.writeFileSync(path.join(folder, 'cargo'), CARGO, { mode: 0o755 });
  spawnSync(process.execPath, [NAPI, ...napiArguments(target, path.join(folder, 'out'))], {
    cwd: ROOT,
    env: {
      ...process.env,
      CARGO: path.join(folder, 'cargo'),
      PATH: `${folder}${path.delimiter}${process.env.PATH}`,
      OUT: folder,
      TOLD: told,
    },
    encoding: 'utf8',
  });
  const lines = fs.readFileSync(told, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}
