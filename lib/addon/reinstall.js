'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { managers } = require('./messages.json');

const NAMES = Object.keys(managers);

/** How to install again with the package manager of this app; with each of them if it cannot be known. */
function reinstallLines(folder = process.cwd(), agent = process.env.npm_config_user_agent ?? '') {
  const locked = managersByLockFile(folder);
  // `npm/10.8.2 node/v20.20.2 linux x64` is set for the scripts that a package manager runs.
  const running = NAMES.filter((name) => agent.startsWith(`${name}/`));
  const known = [locked, running].find(({ length }) => length === 1) ?? NAMES;
  const commands = known.map((name) => `  ${managers[name].command}`);
  return ['Install again on this machine, in the folder of the app:', ...commands];
}

/** The managers of the lock files in the nearest folder that has any. */
function managersByLockFile(folder) {
  const found = NAMES.filter((name) =>
    managers[name].locks.some((file) => fs.existsSync(path.join(folder, file))),
  );
  const parent = path.dirname(folder);
  return found.length > 0 || parent === folder ? found : managersByLockFile(parent);
}

module.exports = { reinstallLines };
