'use strict';

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { platforms } = require('./messages.json');
const { nameOf, tried } = require('./platform');

const ROOT = path.join(__dirname, '..', '..');
// Not `require`: a bundler warns of a name that it cannot know.
const { resolve } = createRequire(__filename);

/** The machine numbers in the headers of ELF, Mach-O and PE. */
const MACHINES = {
  linux: { 0x03: 'ia32', 0x28: 'arm', 0x3e: 'x64', 0xb7: 'arm64', 0xf3: 'riscv64' },
  darwin: { 0x01000007: 'x64', 0x0100000c: 'arm64' },
  win32: { 0x14c: 'ia32', 0x8664: 'x64', 0xaa64: 'arm64' },
};

function packageFor(platform) {
  return `@passport-socketio/binding-${platform}`;
}

/** The platforms whose packages are installed. */
function installedPlatforms() {
  return Object.keys(platforms).filter((platform) => tried(() => resolve(packageFor(platform))));
}

/** Where this package was loaded from. In a bundle, this file has another name. */
function origin() {
  if (!__filename.endsWith(path.join('lib', 'addon', 'installed.js'))) return 'bundle';
  return fs.existsSync(path.join(ROOT, 'Cargo.toml')) ? 'checkout' : 'package';
}

/** The binary for a platform: in this package's folder, as in a checkout, or in its own package. */
function binaryOf(platform) {
  const own = path.join(ROOT, `passport-socketio.${platform}.node`);
  const file = fs.existsSync(own) ? own : tried(() => resolve(packageFor(platform)));
  return file && { file, madeFor: tried(() => madeFor(file)) };
}

/** The platform that a binary was compiled for; undefined if that cannot be read, or a script is in its place. */
function madeFor(file) {
  // The header tells it. The system's own message ranges from "invalid ELF header" to "no such file".
  if (!file.endsWith('.node')) return undefined;
  const bytes = fs.readFileSync(file);
  if (bytes.length === 0) return 'empty';
  if (bytes.length < 64) return 'damaged';
  // A binary for glibc contains that name; one for musl contains libc.so or libc.musl-*.
  const libc = bytes.includes('\0libc.so.6\0') ? 'glibc' : 'musl';
  if (bytes.readUInt32BE(0) === 0x7f454c46) return named('linux', bytes.readUInt16LE(18), libc);
  if (bytes.readUInt32BE(0) === 0xcffaedfe) return named('darwin', bytes.readUInt32LE(4));
  const header = bytes.readUInt32LE(0x3c);
  if (bytes.readUInt16BE(0) !== 0x4d5a || header + 6 > bytes.length) return 'damaged';
  return named('win32', bytes.readUInt16LE(header + 4));
}

function named(platform, machine, libc) {
  const arch = MACHINES[platform][machine];
  return arch === undefined ? 'another machine' : nameOf(platform, arch, libc);
}

module.exports = { packageFor, binaryOf, installedPlatforms, origin };
