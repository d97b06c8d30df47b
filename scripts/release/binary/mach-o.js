'use strict';

// macOS: the load commands of a 64-bit image (<mach-o/loader.h>).

const ARCHITECTURES = new Map([
  [0x01000007, 'x64'],
  [0x0100000c, 'arm64'],
]);

const HEADER_SIZE = 32;
const LC_VERSION_MIN_MACOSX = 0x24;
const LC_BUILD_VERSION = 0x32;
// LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_REEXPORT_DYLIB
const LOADS = new Set([0xc, 0x80000018, 0x8000001f]);

/** @param {Buffer} file */
function isMachO(file) {
  return file.length > HEADER_SIZE && file.readUInt32LE(0) === 0xfeedfacf;
}

/**
 * @param {Buffer} file
 * @returns {{ arch: string, libraries: string[], oldestSystem: string | undefined }} `oldestSystem`: the oldest macOS
 *   that can load it, such as `11.0`
 */
function readMachO(file) {
  const type = file.readUInt32LE(4);
  const image = { arch: ARCHITECTURES.get(type) ?? `type ${type}`, libraries: [], oldestSystem: undefined };
  let at = HEADER_SIZE;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const command = file.readUInt32LE(at);
    if (LOADS.has(command)) {
      const name = at + file.readUInt32LE(at + 8);
      image.libraries.push(file.toString('latin1', name, file.indexOf(0, name)));
    }
    if (command === LC_BUILD_VERSION) image.oldestSystem = versionOf(file.readUInt32LE(at + 12));
    if (command === LC_VERSION_MIN_MACOSX) image.oldestSystem = versionOf(file.readUInt32LE(at + 8));
    at += file.readUInt32LE(at + 4);
  }
  return image;
}

/** The format is xxxx.yy.zz, in nibbles. */
function versionOf(bits) {
  return `${bits >>> 16}.${(bits >>> 8) & 0xff}`;
}

module.exports = { isMachO, readMachO };
