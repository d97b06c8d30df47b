'use strict';

const { createHash } = require('node:crypto');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { CannotPrepare, aptInstall, run, say } = require('./prepare');

const LISTS = path.join(__dirname, '..', 'tools');
const PROGRAMS = process.platform === 'win32' ? 'Scripts' : 'bin';

/**
 * The folder with the programs of scripts/tools/<name>.txt. They are installed on first use, and when the list changes,
 * into the user's cache folder, where other checkouts find them too.
 *
 * @param {string} name
 * @param {string} purpose printed when they are installed
 */
function pythonTools(name, purpose) {
  const list = path.join(LISTS, `${name}.txt`);
  const digest = createHash('sha256').update(fs.readFileSync(list)).digest('hex').slice(0, 12);
  const folder = path.join(cacheFolder(), `${name}-${digest}`);
  const complete = path.join(folder, 'complete');
  if (!fs.existsSync(complete)) {
    say(`${purpose}: installing ${versions(list).join(', ')} from PyPI into ${folder}`);
    fs.rmSync(folder, { recursive: true, force: true });
    createEnvironment(folder);
    const python = path.join(folder, PROGRAMS, 'python');
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];
    run(python, [...install, '-r', list]);
    fs.writeFileSync(complete, '');
  }
  return path.join(folder, PROGRAMS);
}

/** An environment whose PATH begins with the tools. */
function withTools(folder, env = process.env) {
  return { ...env, PATH: [folder, env.PATH].join(path.delimiter) };
}

function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  return path.join(base, 'passport-socketio-native');
}

function versions(list) {
  return fs.readFileSync(list, 'utf8').match(/^[a-z][\w-]*==[\w.]+/gm);
}

function createEnvironment(folder) {
  const create = () => spawnSync('python3', ['-m', 'venv', folder], { encoding: 'utf8' });
  if (create().status === 0) return;
  aptInstall('python3-venv');
  const { status, stdout, stderr, error } = create();
  if (status === 0) return;
  throw new CannotPrepare(
    `"python3 -m venv" failed: ${error?.message ?? `${stdout}${stderr}`.trim()}\n` +
      'Python 3.9 or newer with venv and pip is needed here. Debian, Ubuntu: apt-get install python3-venv',
  );
}

module.exports = { pythonTools, withTools };
