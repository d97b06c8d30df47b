'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { ROOT, run, say } = require('../support/prepare');
const { pythonTools, withTools } = require('../support/python-tools');
const { CACHE, NotHere, cached } = require('./cache');
const { unpackDebian } = require('./fetch');

// Debian 12 has a newer Rust for its browsers. Unlike its ordinary Rust, that one has the source of the standard library
// with all dependencies. With zig for the C parts and for linking, it compiles for other targets offline.
const SUITE = 'bookworm';
const HOST = { suite: SUITE, architecture: 'amd64', names: ['rustc-web', 'cargo-web', 'rust-web-src'] };
const STD_ARM64 = { suite: SUITE, architecture: 'arm64', names: ['libstd-rust-web-dev'] };
const RUSTLIB = path.join('usr', 'lib', 'rustlib');

/** Compiles fast and runs slowly: enough to test that the addon loads and works. */
const QUICK = {
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
};

/** The settings of each target. */
const TARGETS = {
  'aarch64-unknown-linux-gnu': { glibc: '.2.17', args: [], env: {} },
  // Debian has no standard library for musl. Unstable options of cargo compile it with the addon.
  'x86_64-unknown-linux-musl': {
    glibc: '',
    args: ['-Zbuild-std=std,panic_unwind'],
    env: { RUSTC_BOOTSTRAP: '1', RUSTFLAGS: '-C target-feature=-crt-static' },
  },
};

/** @returns {string} the path of the addon for a target, compiled if necessary */
function compileFor(triple) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new NotHere('compiled on Linux x64 only, with packages of Debian 12');
  }
  const { glibc, args, env } = TARGETS[triple];
  const rust = toolchain();
  const zig = zigFolder();
  const usr = path.join(rust, 'root', 'usr');
  const environment = {
    ...withTools(path.join(usr, 'bin'), withTools(zig)),
    LD_LIBRARY_PATH: path.join(usr, 'lib', 'x86_64-linux-gnu'),
    CARGO_TARGET_DIR: path.join(CACHE, 'target'),
    RUSTC: path.join(usr, 'bin', 'rustc'),
    RUSTFLAGS: '',
    ...QUICK,
    ...env,
  };
  needWorking(environment);
  say(`Compiling the addon for ${triple} (some minutes the first time)`);
  const build = ['zigbuild', ...args, '--release', '--lib', '--locked', '--target', `${triple}${glibc}`];
  run('nice', ['-n', '10', 'cargo', ...build], `cargo ${build.join(' ')}`, { env: environment });
  // Node loads an addon only if its name ends in `.node`.
  const addon = path.join(CACHE, `${triple}.node`);
  const library = path.join(CACHE, 'target', triple, 'release', 'libpassport_socketio_native.so');
  fs.copyFileSync(library, addon);
  return addon;
}

/** The folder with Debian's Rust in `root`, and its standard library for arm64 of the same version. */
function toolchain() {
  return cached('rust', [HOST, STD_ARM64], (folder) => {
    unpackDebian(folder, { ...HOST, withDependencies: true });
    const foreign = path.join(folder, 'arm64');
    fs.mkdirSync(foreign);
    unpackDebian(foreign, STD_ARM64);
    const std = path.join(RUSTLIB, 'aarch64-unknown-linux-gnu');
    fs.renameSync(path.join(foreign, 'root', std), path.join(folder, 'root', std));
    fs.rmSync(foreign, { recursive: true });
  });
}

function zigFolder() {
  try {
    return pythonTools('zig', 'Linking with zig for other targets');
  } catch (error) {
    throw new NotHere(`zig cannot be installed: ${error.message}`, { cause: error });
  }
}

function needWorking(env) {
  for (const program of ['rustc', 'cargo', 'cargo-zigbuild']) {
    const { status, error, stderr } = spawnSync(program, ['--version'], { env, cwd: ROOT, encoding: 'utf8' });
    if (status !== 0) throw new NotHere(`${program} does not start: ${error?.message ?? stderr.trim()}`);
  }
}

module.exports = { compileFor };
