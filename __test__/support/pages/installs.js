'use strict';

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ROOT } = require('./blocks');
const { assertCommands } = require('./shell');

/** What `npm run build` leaves in a checkout, as far as an app needs it. */
const BUILT = ['package.json', 'index.js', 'index.d.ts', 'binding.js', 'lib', 'types'];
/** In place of npm: `ci` and `build` are skipped, because the tests run in a checkout where both are done. */
const NPM = `#!/bin/sh
case "$*" in ci|"run build") exit 0;; esac
exec "$NPM" "$@" --offline --no-audit --no-fund
`;

/** The commands that install a built checkout into an app, which can then load it. */
function installs(t, block) {
  assertCommands(block);
  // The stand-in is a script of a shell.
  if (process.platform === 'win32') return;
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'install-')));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const checkout = path.join(folder, 'passport-socketio-native');
  const app = path.join(folder, 'your-app');
  const binaries = fs.readdirSync(ROOT).filter((name) => name.endsWith('.node'));
  for (const part of [...BUILT, ...binaries]) {
    fs.cpSync(path.join(ROOT, part), path.join(checkout, part), { recursive: true });
  }
  fs.mkdirSync(app);
  fs.writeFileSync(path.join(app, 'package.json'), '{ "name": "your-app", "version": "1.0.0" }');
  fs.mkdirSync(path.join(folder, 'bin'));
  fs.writeFileSync(path.join(folder, 'bin', 'npm'), NPM, { mode: 0o755 });

  const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    NPM: npm,
    PATH: `${folder}/bin${path.delimiter}${process.env.PATH}`,
  };
  execFileSync('sh', ['-ec', block.code], { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' });
  const loaded = `console.log(typeof require('passport-socketio-native').authorize)`;
  const output = execFileSync(process.execPath, ['-e', loaded], { cwd: app, env, encoding: 'utf8' });
  assert.equal(output.trim(), 'function');
}

module.exports = { installs };
