'use strict';

const { readBinary } = require('../binary');

/** Bytes of an unpacked addon. A release that needs more changes this number, and says in the CHANGELOG what for. */
const SIZE_BUDGET = 3_000_000;

/** The oldest macOS that Node 18 runs on. */
const OLDEST_MACOS = { x64: '10.15', arm64: '11.0' };

const LINUX_GNU = /^(lib(c|m|dl|pthread|rt)\.so\.\d|ld-linux[\w-]*\.so\.\d)$/;
const LINUX_MUSL = /^(libc\.so|libc\.musl-\w+\.so\.1)$/;
const MACOS = /^(\/usr\/lib\/lib(System\.B|iconv\.2|resolv\.9)\.dylib|\/System\/Library\/Frameworks\/.*)$/;
// The system's own. Not among them: the C runtime that Visual Studio brings, which many a machine does not have.
const WINDOWS =
  /^(kernel32|ntdll|advapi32|bcrypt|bcryptprimitives|crypt32|secur32|userenv|ws2_32|api-ms-win-[\w-]+)\.dll$/;
// gcc brings its unwinder as a library; the release build has it within.
const PLAIN_BUILD = /^libgcc_s\.so\.1$/;

/**
 * What is wrong with an addon that is to be published for a target.
 *
 * @param {Buffer} file
 * @param {object} target of targets.js
 * @param {{ release?: boolean }} [options] `release: false` for what `npm run build` makes: for this machine, with the
 *   compiler that is there
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

/** Versions number by number: 2.9 is older than 2.17. */
function compare(left, right) {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number));
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

module.exports = { SIZE_BUDGET, binaryFaults, newestGlibc };
