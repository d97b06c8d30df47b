'use strict';

// Linux: the libraries and symbol versions that a shared object needs. They are read from the dynamic segment, as the
// loader does, because the section table may be stripped. Layouts: System V gABI; versions: the LSB's symbol versioning.

const MACHINES = new Map([
  [40, 'arm'],
  [62, 'x64'],
  [183, 'arm64'],
]);

const PT_LOAD = 1;
const PT_DYNAMIC = 2;

const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_VERNEED = 0x6ffffffe;
const DT_VERNEEDNUM = 0x6fffffff;

/** @param {Buffer} file */
function isElf(file) {
  return file.length > 64 && file.readUInt32BE(0) === 0x7f454c46;
}

/**
 * @param {Buffer} file little-endian, as on all supported platforms
 * @returns {{ arch: string, libraries: string[], versions: string[] }} `versions`: the symbol versions that it needs, such
 *   as `GLIBC_2.17`
 */
function readElf(file) {
  const word = file[4] === 2 ? wide(file) : narrow(file);
  const machine = file.readUInt16LE(18);
  const segments = readSegments(file, word);
  const entries = readDynamic(file, word, segments);
  const value = (tag) => entries.find((entry) => entry.tag === tag)?.value;
  const names = offsetOf(segments, value(DT_STRTAB));
  const nameAt = (offset) => file.toString('latin1', names + offset, file.indexOf(0, names + offset));
  return {
    arch: MACHINES.get(machine) ?? `machine ${machine}`,
    libraries: entries.filter(({ tag }) => tag === DT_NEEDED).map((entry) => nameAt(entry.value)),
    versions: readVersions(file, offsetOf(segments, value(DT_VERNEED)), value(DT_VERNEEDNUM) ?? 0, nameAt),
  };
}

/** The offsets in the two classes, 32-bit and 64-bit. */
function wide(file) {
  const read = (offset) => Number(file.readBigUInt64LE(offset));
  return { size: 8, read, headers: 32, headerSize: 54, headerCount: 56, offset: 8, address: 16, length: 32 };
}

function narrow(file) {
  const read = (offset) => file.readUInt32LE(offset);
  return { size: 4, read, headers: 28, headerSize: 42, headerCount: 44, offset: 4, address: 8, length: 16 };
}

function readSegments(file, word) {
  const start = word.read(word.headers);
  const size = file.readUInt16LE(word.headerSize);
  return Array.from({ length: file.readUInt16LE(word.headerCount) }, (_, index) => {
    const header = start + index * size;
    return {
      type: file.readUInt32LE(header),
      offset: word.read(header + word.offset),
      address: word.read(header + word.address),
      length: word.read(header + word.length),
    };
  });
}

function readDynamic(file, word, segments) {
  const { offset, length } = segments.find(({ type }) => type === PT_DYNAMIC);
  const entries = [];
  for (let at = offset; at < offset + length; at += 2 * word.size) {
    const tag = word.read(at);
    if (tag === 0) break;
    entries.push({ tag, value: word.read(at + word.size) });
  }
  return entries;
}

function offsetOf(segments, address) {
  if (address === undefined) return undefined;
  const segment = segments.find(
    (each) => each.type === PT_LOAD && address >= each.address && address < each.address + each.length,
  );
  return segment.offset + address - segment.address;
}

function readVersions(file, start, count, nameAt) {
  const versions = new Set();
  for (let need = start, left = count; left > 0; left--, need += file.readUInt32LE(need + 12)) {
    let version = need + file.readUInt32LE(need + 8);
    for (let each = file.readUInt16LE(need + 2); each > 0; each--) {
      versions.add(nameAt(file.readUInt32LE(version + 8)));
      version += file.readUInt32LE(version + 12);
    }
  }
  return [...versions];
}

module.exports = { isElf, readElf };
