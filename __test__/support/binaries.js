'use strict';

// Minimal addons of macOS and Windows, which any machine can parse.

/** @param {{ type: number, libraries: string[], oldest: [number, number] }} image */
function machO({ type, libraries, oldest: [major, minor] }) {
  const loads = libraries.map((name) => {
    const size = 24 + Math.ceil((name.length + 1) / 8) * 8;
    const command = Buffer.alloc(size);
    command.writeUInt32LE(0xc, 0); // LC_LOAD_DYLIB
    command.writeUInt32LE(size, 4);
    command.writeUInt32LE(24, 8);
    command.write(name, 24, 'latin1');
    return command;
  });
  const build = Buffer.alloc(24);
  build.writeUInt32LE(0x32, 0); // LC_BUILD_VERSION
  build.writeUInt32LE(24, 4);
  build.writeUInt32LE(1, 8);
  build.writeUInt32LE((major << 16) | (minor << 8), 12);
  const header = Buffer.alloc(32);
  header.writeUInt32LE(0xfeedfacf, 0);
  header.writeUInt32LE(type, 4);
  header.writeUInt32LE(loads.length + 1, 16);
  return Buffer.concat([header, ...loads, build, Buffer.alloc(8)]);
}

/** One section, at the address 0x1000, that holds the import table and the names. */
function pe({ machine, libraries }) {
  const [section, optional] = [0x200, 0x58];
  const file = Buffer.alloc(0x1000);
  file.write('MZ', 0, 'latin1');
  file.writeUInt32LE(0x40, 0x3c);
  file.write('PE', 0x40, 'latin1');
  file.writeUInt16LE(machine, 0x44);
  file.writeUInt16LE(1, 0x46); // sections
  file.writeUInt16LE(240, 0x54); // of the optional header
  file.writeUInt32LE(0x1000, optional + 112 + 8); // the import table
  file.writeUInt32LE(0x1000, optional + 240 + 12);
  file.writeUInt32LE(0xe00, optional + 240 + 16);
  file.writeUInt32LE(section, optional + 240 + 20);
  libraries.forEach((name, index) => {
    const at = 0x400 + index * 0x40;
    file.writeUInt32LE(0x1000 + at - section, section + index * 20 + 12);
    file.write(name, at, 'latin1');
  });
  return file;
}

module.exports = { machO, pe };
