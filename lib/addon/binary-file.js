'use strict';

const fs = require('node:fs');
const { nameOf } = require('./platform');

const ELF = 0x7f454c46;
const MACH_O_64 = 0xcffaedfe;
const DOS = 0x4d5a;

// Machine numbers of the three formats.
const ELF_MACHINES = { 0x03: 'ia32', 0x28: 'arm', 0x3e: 'x64', 0xb7: 'arm64', 0xf3: 'riscv64' };
const MACH_O_MACHINES = { 0x01000007: 'x64', 0x0100000c: 'arm64' };
const PE_MACHINES = { 0x14c: 'ia32', 0x8664: 'x64', 0xaa64: 'arm64' };

/**
 * For which platform a compiled addon was made, by its own header: what the system says of a foreign one is anything
 * from "invalid ELF header" to "no such file".
 * @returns {string | null} the ending of a platform package, 'another machine', 'nothing' (an empty file), or null: damaged
 */
function madeFor(file) {
  const bytes = fs.readFileSync(file);
  if (bytes.length === 0) return 'nothing';
  if (bytes.length < 64) return null;
  if (bytes.readUInt32BE(0) === ELF) return elf(bytes);
  if (bytes.readUInt32BE(0) === MACH_O_64) return named('darwin', MACH_O_MACHINES[bytes.readUInt32LE(4)]);
  if (bytes.readUInt16BE(0) === DOS) return portableExecutable(bytes);
  return null;
}

function elf(bytes) {
  // A library that needs glibc names it among its strings; for musl its name is libc.so or libc.musl-*.
  const libc = bytes.includes('\0libc.so.6\0') ? 'glibc' : 'musl';
  return named('linux', ELF_MACHINES[bytes.readUInt16LE(18)], libc);
}

function portableExecutable(bytes) {
  const header = bytes.readUInt32LE(0x3c);
  return header + 6 > bytes.length ? null : named('win32', PE_MACHINES[bytes.readUInt16LE(header + 4)]);
}

function named(platform, arch, libc) {
  return arch === undefined ? 'another machine' : nameOf(platform, arch, libc);
}

module.exports = { madeFor };
