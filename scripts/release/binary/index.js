'use strict';

const { isElf, readElf } = require('./elf');
const { isMachO, readMachO } = require('./mach-o');
const { isPe, readPe } = require('./pe');

/**
 * What a compiled addon needs of the machine that loads it.
 *
 * @param {Buffer} file
 * @returns {{ system: string, arch: string, libraries: string[], versions?: string[], oldestSystem?: string }}
 *   `system` and `arch` have the values of `process.platform` and `process.arch`
 */
function readBinary(file) {
  if (isElf(file)) return { system: 'linux', ...readElf(file) };
  if (isMachO(file)) return { system: 'darwin', ...readMachO(file) };
  if (isPe(file)) return { system: 'win32', ...readPe(file) };
  throw new Error('neither ELF, 64-bit Mach-O nor PE');
}

module.exports = { readBinary };
