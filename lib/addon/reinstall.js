'use strict';

const fs = require('node:fs');
const path = require('node:path');

const LOCK_FILES = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
};

/** How each package manager is made to bring the binary, in a line. */
const COMMANDS = {
  npm: 'npm install --include=optional   (still missing: delete node_modules and package-lock.json first)',
  pnpm: 'pnpm install --force',
  yarn: 'yarn install --force   (Yarn 2 and newer: yarn install)',
  bun: 'bun install --force',
};

/** The lines for the package manager of this app; for all of them where it cannot be known. */
function reinstallLines(folder = process.cwd(), agent = process.env.npm_config_user_agent) {
  const manager = managerByLockFile(folder) ?? managerByAgent(agent);
  const managers = manager === undefined ? Object.keys(COMMANDS) : [manager];
  return managers.map((name) => COMMANDS[name]);
}

/** The nearest folder with lock files decides, if they are of one manager. */
function managerByLockFile(folder) {
  const managers = new Set(
    Object.keys(LOCK_FILES)
      .filter((name) => fs.existsSync(path.join(folder, name)))
      .map((name) => LOCK_FILES[name]),
  );
  if (managers.size > 0) return managers.size === 1 ? [...managers][0] : undefined;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : managerByLockFile(parent);
}

/** `npm/10.8.2 node/v20.20.2 linux x64`: set for what a package manager's script runs. */
function managerByAgent(agent = '') {
  const [name] = agent.split('/');
  return Object.hasOwn(COMMANDS, name) ? name : undefined;
}

module.exports = { reinstallLines };
