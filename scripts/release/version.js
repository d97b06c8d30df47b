'use strict';

// `npm run release:version -- 1.2.3`: writes a new version to every place that has it, and today's date to the CHANGELOG.
// It does not commit.

const fs = require('node:fs');
const path = require('node:path');
const { CannotPrepare, ROOT, main, npm, npmRun, run, say } = require('../support/prepare');
const { newestEntry } = require('./gates/versions');

main(() => {
  const [version] = process.argv.slice(2);
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version ?? '')) {
    throw new CannotPrepare('Which version? npm run release:version -- 1.2.3');
  }
  edit('CHANGELOG.md', (text) => date(text, version));
  npm(['version', version, '--no-git-tag-version', '--allow-same-version'], `npm version ${version}`);
  edit('Cargo.toml', (text) => text.replace(/^version = ".+"$/m, `version = "${version}"`));
  for (const manifest of ['Cargo.toml', 'fuzz/Cargo.toml']) {
    run('cargo', ['update', '--workspace', '--offline', '--manifest-path', manifest]);
  }
  // The loader contains the version.
  npmRun('build');
  say(
    `This is ${version} now. Look at it, then: git commit -am "release: ${version}" && git tag v${version}`,
  );
});

/** Replaces "unreleased" by the version and today's date. */
function date(changelog, version) {
  const entry = newestEntry(changelog);
  if (entry?.note !== 'unreleased') {
    throw new CannotPrepare('CHANGELOG.md has no entry "(unreleased)": what would users get?');
  }
  const today = new Date().toISOString().slice(0, 10);
  return changelog.replace(`## ${entry.version} (unreleased)`, `## ${version} (${today})`);
}

function edit(file, change) {
  const whole = path.join(ROOT, file);
  fs.writeFileSync(whole, change(fs.readFileSync(whole, 'utf8')));
}
