'use strict';

const { readBinary } = require('../binary');

/** The most bytes that an unpacked addon may have. A release that needs more raises this, and the CHANGELOG says why. */
const SIZE_BUDGET = 3_300_000;

/** The oldest macOS that Node 18 runs on. */
const OLDEST_MACOS = { x64: '10.15', arm64: '11.0' };

const LINUX_GNU = /^(lib(c|m|dl|pthread|rt)\.so\.\d|ld-linux[\w-]*\.so\.\d)$/;
const LINUX_MUSL = /^(libc\.so|libc\.musl-\w+\.so\.1)$/;
const MACOS = /^(\/usr\/lib\/lib(System\.B|iconv\.2|resolv\.9)\.dylib|\/System\/Library\/Frameworks\/.*)$/;
// Libraries of the system. Visual Studio's C runtime is not one of them: many machines do not have it.
const WINDOWS =
  /^(kernel32|ntdll|advapi32|bcrypt|bcryptprimitives|crypt32|secur32|userenv|ws2_32|api-ms-win-[\w-]+)\.dll$/;
// The unwinder: a library of gcc, which the release build links statically.
const PLAIN_BUILD = /^libgcc_s\.so\.1$/;

/**
 * The faults of an addon that is to be published for a target.
 *
 * @param {Buffer} file
 * @param {object} target of targets.js
 * @param {{ release?: boolean }} [options] `release: false`: a build of `npm run build`, for this machine, by any
 *   compiler
 * @returns {string[]} one sentence a fault
 */
function binaryFaults(file, target, { release = true } = {}) {
  let binary;
  try {
    binary = readBinary(file);
  } catch (error) {
    return [`${target.file} cannot be read: ${error.message}`];
  }
  const faults = [];
  if (binary.system !== target.system || binary.arch !== target.arch) {
    faults.push(`${target.file} was compiled for ${binary.system} ${binary.arch}`);
  }
  for (const library of binary.libraries.filter((name) => !isExpected(name, target, release))) {
    faults.push(`${target.file} needs the library ${library}, which not every machine of that platform has`);
  }
  return release ? [...faults, ...sizeFaults(file, target), ...ageFaults(binary, target)] : faults;
}

function isExpected(library, target, release) {
  if (target.system === 'darwin') return MACOS.test(library);
  if (target.system === 'win32') return WINDOWS.test(library);
  if (target.glibc === undefined) return LINUX_MUSL.test(library);
  return LINUX_GNU.test(library) || (!release && PLAIN_BUILD.test(library));
}

function sizeFaults(file, target) {
  if (file.length <= SIZE_BUDGET) return [];
  return [`${target.file} has ${file.length} bytes, and the budget is ${SIZE_BUDGET}`];
}

function ageFaults({ versions = [], oldestSystem }, target) {
  if (target.system === 'darwin') {
    const promised = OLDEST_MACOS[target.arch];
    if (oldestSystem !== undefined && compare(oldestSystem, promised) <= 0) return [];
    return [`${target.file} wants macOS ${oldestSystem ?? 'of any version'}, and ${promised} is promised`];
  }
  if (target.glibc === undefined) return [];
  const newest = newestGlibc(versions);
  if (newest === undefined || compare(newest, target.glibc) <= 0) return [];
  return [`${target.file} asks for GLIBC_${newest}, and ${target.glibc} is promised`];
}

/** @param {string[]} versions such as `GLIBC_2.17`, `GCC_3.0` */
function newestGlibc(versions) {
  const found = versions.filter((name) => /^GLIBC_\d/.test(name)).map((name) => name.slice('GLIBC_'.length));
  return found.sort(compare).at(-1);
}

/** Compares versions by number: 2.9 is older than 2.17. */
function compare(left, right) {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

module.exports = { SIZE_BUDGET, binaryFaults, newestGlibc };
