'use strict';

// Windows: the import tables of a 64-bit DLL (Microsoft's "PE Format").

const MACHINES = new Map([
  [0x8664, 'x64'],
  [0xaa64, 'arm64'],
]);

const DIRECTORIES = 112; // in the optional header of PE32+
const SECTION_SIZE = 40;
// The directory, the size of one entry, and the offset of the DLL's name in an entry.
const TABLES = [
  { directory: 1, size: 20, name: 12 },
  { directory: 13, size: 32, name: 4 }, // delay-loaded: needed as well, at the first call
];

/** @param {Buffer} file */
function isPe(file) {
  return file.length > 64 && file.toString('latin1', 0, 2) === 'MZ';
}

/**
 * @param {Buffer} file
 * @returns {{ arch: string, libraries: string[] }} libraries in lower case, as Windows compares them
 */
function readPe(file) {
  const header = file.readUInt32LE(0x3c) + 4; // after "PE\0\0"
  const machine = file.readUInt16LE(header);
  const optional = header + 20;
  const sections = readSections(
    file,
    optional + file.readUInt16LE(header + 16),
    file.readUInt16LE(header + 2),
  );
  return {
    arch: MACHINES.get(machine) ?? `machine ${machine}`,
    libraries: TABLES.flatMap((table) => readTable(file, optional, sections, table)),
  };
}

function readSections(file, start, count) {
  return Array.from({ length: count }, (_, index) => {
    const section = start + index * SECTION_SIZE;
    return {
      address: file.readUInt32LE(section + 12),
      size: file.readUInt32LE(section + 16),
      offset: file.readUInt32LE(section + 20),
    };
  });
}

function readTable(file, optional, sections, { directory, size, name }) {
  const address = file.readUInt32LE(optional + DIRECTORIES + directory * 8);
  const libraries = [];
  if (address === 0) return libraries;
  for (let entry = offsetOf(sections, address); ; entry += size) {
    const nameAddress = file.readUInt32LE(entry + name);
    if (nameAddress === 0) return libraries;
    const at = offsetOf(sections, nameAddress);
    libraries.push(file.toString('latin1', at, file.indexOf(0, at)).toLowerCase());
  }
}

function offsetOf(sections, address) {
  const section = sections.find((each) => address >= each.address && address < each.address + each.size);
  return section.offset + address - section.address;
}

module.exports = { isPe, readPe };
