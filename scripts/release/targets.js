'use strict';

// The platforms that have a package, with their names in Rust, napi-rs and npm.

const { here } = require('../../lib/addon/platform');

/** The newest glibc that a release may need. CentOS 7 has it; Node 18 itself needs 2.28. */
const GLIBC = '2.17';

const TARGETS = [
  target('x86_64-unknown-linux-gnu', 'linux-x64-gnu'),
  target('aarch64-unknown-linux-gnu', 'linux-arm64-gnu'),
  target('armv7-unknown-linux-gnueabihf', 'linux-arm-gnueabihf'),
  target('x86_64-unknown-linux-musl', 'linux-x64-musl'),
  target('aarch64-unknown-linux-musl', 'linux-arm64-musl'),
  target('x86_64-apple-darwin', 'darwin-x64'),
  target('aarch64-apple-darwin', 'darwin-arm64'),
  target('x86_64-pc-windows-msvc', 'win32-x64-msvc'),
  target('aarch64-pc-windows-msvc', 'win32-arm64-msvc'),
];

function target(triple, name) {
  const [system, arch, abi] = name.split('-');
  return {
    triple,
    /** The suffix of the binary and of its package. */
    name,
    package: `@passport-socketio/binding-${name}`,
    file: `passport-socketio.${name}.node`,
    system,
    arch,
    /** npm's `libc`, which napi-rs does not write for armv7. */
    libc: { gnu: 'glibc', musl: 'musl' }[abi],
    glibc: abi?.startsWith('gnu') ? GLIBC : undefined,
  };
}

/** The target of this machine, if it is a supported one. */
function hostTarget() {
  const { name } = here();
  return TARGETS.find((each) => each.name === name);
}

/** @param {string} triple */
function targetOf(triple) {
  const found = TARGETS.find((each) => each.triple === triple);
  if (found === undefined) {
    throw new Error(`${triple} is none of our targets: ${TARGETS.map((each) => each.triple).join(', ')}`);
  }
  return found;
}

module.exports = { TARGETS, hostTarget, targetOf };
