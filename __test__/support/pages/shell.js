'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const manifest = require('../../../package.json');
const { TARGETS } = require('../../../scripts/release/targets');
const { ROOT } = require('./blocks');

/** Each command of a block of a shell is one that there is. A command of an unknown kind is a failure. */
function assertCommands({ code }) {
  for (const words of commandsOf(code)) {
    const [program, ...args] = words;
    assert.ok(Object.hasOwn(CHECKS, program), `no test for the command ${words.join(' ')}`);
    CHECKS[program](args);
  }
}

/** The commands as words, without comments and settings of environment variables. */
function commandsOf(code) {
  const lines = code.split('\n').map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  return lines
    .filter(Boolean)
    .flatMap((line) => line.split(' && '))
    .map((command) => {
      const words = command.trim().split(/\s+/);
      return words.slice(words.findIndex((word) => !/^\w+=/.test(word)));
    });
}

const CHECKS = {
  cd: ([folder]) => assert.match(folder, /^(\.\.\/)?[\w-]+$/),
  node([file]) {
    assert.ok(fs.existsSync(path.join(ROOT, file)), `there is no ${file}`);
  },
  npm([command, ...args]) {
    if (command === 'run') return assertScript(args);
    if (command === 'test') return assertScript(['test', ...args]);
    assert.ok(['ci', 'install'].includes(command), `no test for npm ${command}`);
    for (const name of args.filter((arg) => !arg.startsWith('--'))) assertInstallable(name);
  },
};

/** The script is there, and so is each option that it is given. */
function assertScript([script, ...args]) {
  assert.ok(script in manifest.scripts, `there is no npm run ${script}`);
  const [, file] = /node (?:--\S+ )*(\S+\.js)/.exec(manifest.scripts[script]) ?? [];
  for (const option of args.filter((arg) => /^--\w/.test(arg))) {
    const source = fs.readFileSync(path.join(ROOT, file), 'utf8');
    assert.match(source, new RegExp(`\\b${option.slice(2)}\\b`), `npm run ${script} does not know ${option}`);
  }
}

/** A package that the tests have, this one, its tarballs, or a folder that stands for a checkout of it. */
function assertInstallable(name) {
  const { name: own } = manifest;
  const tarballs = [own, ...TARGETS.map((target) => target.package.replace('@', '').replace('/', '-'))];
  const known = [
    own,
    `passport.socketio@npm:${own}`,
    `../${own}`,
    ...tarballs,
    ...Object.keys(manifest.devDependencies),
  ];
  // Of a tarball the version is that of the day.
  const plain = name.replace(/-\d+\.\d+\.\d+\.tgz$/, '');
  assert.ok(known.includes(plain), `${name} is not among what the tests install`);
}

module.exports = { assertCommands };
