'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { findChromium } = require('./chromium');
const { findRedisServer } = require('./redis-server');

// Node builtins only: this runs on a fresh clone, before any package is installed.

const ROOT = path.join(__dirname, '..', '..');
const OLDEST_NODE = [20, 19];

/** A requirement of the next step is missing. The message says what to do. */
class CannotPrepare extends Error {}

/** A command failed. It has printed the reason itself. */
class StepFailed extends Error {
  constructor(command, code) {
    super(`"${command}" ended with ${typeof code === 'number' ? `exit code ${code}` : code}`);
    this.exitCode = typeof code === 'number' ? code : 1;
  }
}

/**
 * Runs a command in the repository's root, with its output inherited. `name` is its name in an error, `options` are for
 * spawn.
 */
function run(command, args, name = [command, ...args].join(' '), options = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
  if (error) throw new StepFailed(name, error.message);
  if (status !== 0) throw new StepFailed(name, status ?? signal);
}

function npm(args, name, options) {
  const [command, before] = npmCommand();
  run(command, [...before, ...args], name, options);
}

/** The output of npm, for a command that prints data. */
function npmOutput(args, cwd = ROOT) {
  const [command, before] = npmCommand();
  const name = `npm ${args.join(' ')}`;
  const { status, signal, stdout, stderr, error } = spawnSync(command, [...before, ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw new StepFailed(name, error.message);
  if (status === 0) return stdout;
  console.error(stderr);
  throw new StepFailed(name, status ?? signal);
}

/** npm sets its own path for scripts. This also works on Windows, where `npm` is not an executable. */
function npmCommand() {
  const itself = process.env.npm_execpath;
  return itself?.endsWith('.js') ? [process.execPath, [itself]] : ['npm', []];
}

function npmRun(script) {
  npm(['run', '--silent', script], `npm run ${script}`);
}

function needNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new CannotPrepare(
    `This is Node ${process.versions.node}. The package runs on 18, but its tools and the demo need ${OLDEST_NODE.join('.')} or newer.`,
  );
}

/** Installs the npm packages of the lock file, if they are missing or older than the lock file. */
function installPackages() {
  const lock = path.join(ROOT, 'package-lock.json');
  const installed = modifiedAt(path.join(ROOT, 'node_modules', '.package-lock.json'));
  const wanted = modifiedAt(lock) ?? modifiedAt(path.join(ROOT, 'package.json'));
  if (installed !== undefined && installed >= wanted) return;
  say('Installing the npm packages');
  const command = fs.existsSync(lock) ? 'ci' : 'install';
  npm([command, '--include=dev', '--no-audit', '--no-fund'], `npm ${command}`);
}

/** Compiles the addon for this platform, if it is missing or older than its sources. */
function buildAddon() {
  const platform = `.${process.platform}-${process.arch}`;
  const addons = fs.readdirSync(ROOT).filter((name) => name.endsWith('.node') && name.includes(platform));
  const built = newest(addons.map((name) => path.join(ROOT, name)));
  const sources = ['src', 'Cargo.toml', 'Cargo.lock', 'build.rs'].flatMap((name) =>
    filesIn(path.join(ROOT, name)),
  );
  if (built !== undefined && built >= newest(sources)) return;
  needRust();
  say('Compiling the addon (a few minutes the first time)');
  npmRun('build');
}

function needRust() {
  if (spawnSync('cargo', ['--version']).status === 0) return;
  throw new CannotPrepare(
    'Rust is missing: cargo is not on the PATH, and the addon is compiled here from its source.\n' +
      'Install Rust from https://rustup.rs, open a new terminal, and run the same command again.',
  );
}

/** Installs a Redis server for the tests with apt. If that is not possible, an error says how to do it. */
function installRedis() {
  if (findRedisServer() !== undefined) return;
  aptInstall('redis-server');
  if (findRedisServer() !== undefined) return;
  throw new CannotPrepare(
    'The tests start their own Redis, and neither redis-server nor valkey-server is on the PATH.\n' +
      'Debian, Ubuntu: sudo apt-get install redis-server    Fedora: sudo dnf install valkey    macOS: brew install redis',
  );
}

/** Installs Chromium for the browser tests with apt. If that is not possible, those tests are skipped, and say so. */
function installChromium() {
  if (findChromium() === undefined) aptInstall('chromium');
}

/** Installs valgrind for the counts of instructions with apt. If that is not possible, they are not run, and say so. */
function installValgrind() {
  if (spawnSync('valgrind', ['--version']).status !== 0) aptInstall('valgrind');
}

/** Installs a Debian package if that needs no password. The caller checks the result. */
function aptInstall(name) {
  const canInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!canInstall) return;
  say(`Installing ${name}`);
  run('apt-get', ['update']);
  run('env', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', name]);
}

/** Runs a whole script: prints a failure, and sets the exit code. */
async function main(script) {
  try {
    await script();
  } catch (error) {
    const mistake = [TypeError, ReferenceError, RangeError, SyntaxError].some(
      (type) => error instanceof type,
    );
    console.error(`\n${mistake ? error.stack : error.message}`);
    process.exitCode = error.exitCode ?? 1;
  }
}

function say(text) {
  console.log(`\n── ${text}`);
}

function filesIn(entry) {
  if (!fs.existsSync(entry)) return [];
  if (!fs.statSync(entry).isDirectory()) return [entry];
  return fs.readdirSync(entry).flatMap((name) => filesIn(path.join(entry, name)));
}

function newest(files) {
  return files.length === 0 ? undefined : Math.max(...files.map(modifiedAt));
}

function modifiedAt(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

module.exports = {
  CannotPrepare,
  ROOT,
  StepFailed,
  aptInstall,
  buildAddon,
  installChromium,
  installPackages,
  installRedis,
  installValgrind,
  main,
  needNode,
  needRust,
  npm,
  npmCommand,
  npmOutput,
  npmRun,
  run,
  say,
};
