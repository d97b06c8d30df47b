'use strict';

// `npm run build:release`: builds the addon for a release, for this machine or for `--target TRIPLE`, into
// target/npm/addons. For Linux, zig links it against glibc 2.17 or musl, whatever the machine has.

const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { ROOT, main, needRust, run, say } = require('../support/prepare');
const { pythonTools, withTools } = require('../support/python-tools');
const { SIZE_BUDGET, binaryFaults } = require('./gates/binary');
const { TARGETS, hostTarget, targetOf } = require('./targets');

const ADDONS = path.join(ROOT, 'target', 'npm', 'addons');
const NAPI = require.resolve('@napi-rs/cli/package.json').replace(/package\.json$/, 'dist/cli.js');

/** The oldest systems that run Node 18. The gates check the result of the linker. */
const DEPLOYMENT = { x64: '10.15', arm64: '11.0' };

/**
 * @param {object} target of targets.js
 * @param {string} [out] the output folder
 */
function buildRelease(target, out = ADDONS) {
  needRust();
  const zig = target.system === 'linux';
  const env = zig
    ? withTools(pythonTools('zig', 'Linking with zig, so that the addon runs on old systems too'))
    : { ...process.env, ...systemOf(target) };
  say(`Compiling the addon for ${target.triple} (some minutes the first time)`);
  const build = napiArguments(target, out);
  run(process.execPath, [NAPI, ...build], `napi ${build.join(' ')}`, { env });
  const file = fs.readFileSync(path.join(out, target.file));
  const faults = binaryFaults(file, target);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  say(`${target.file}: ${file.length} bytes of ${SIZE_BUDGET}`);
}

/** The arguments of napi; those after `--` are for cargo. */
function napiArguments({ triple, glibc, system }, out) {
  const target = glibc === undefined ? triple : `${triple}.${glibc}`;
  const build = ['build', '--release', '--platform', '--target', target, '--output-dir', out];
  // The loader and the typings are committed, and equal for all targets.
  const text = ['--no-js', '--dts', 'binding.d.ts'];
  const options = system === 'linux' ? ['--cross-compile'] : [];
  // A release is compiled from the crates of the lock file, never from newer ones.
  return [...build, ...text, ...options, '--', '--locked'];
}

function systemOf({ system, arch }) {
  if (system === 'darwin') return { MACOSX_DEPLOYMENT_TARGET: DEPLOYMENT[arch] };
  // Link the C runtime statically: a machine without Visual Studio's redistributable has none.
  const flags = [process.env.RUSTFLAGS, '-C target-feature=+crt-static'].filter(Boolean);
  return { RUSTFLAGS: flags.join(' ') };
}

if (require.main === module) {
  main(() => {
    const { values } = parseArgs({ options: { target: { type: 'string' } } });
    const target = values.target === undefined ? hostTarget() : targetOf(values.target);
    if (target === undefined) {
      throw new Error(`This machine is none of our targets: ${TARGETS.map(({ name }) => name).join(', ')}`);
    }
    buildRelease(target);
  });
}

module.exports = { ADDONS, NAPI, buildRelease, napiArguments };
