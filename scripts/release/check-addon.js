'use strict';

// `npm run check:addon`: checks that the addon from `npm run build` needs only libraries that every machine has.

const fs = require('node:fs');
const path = require('node:path');
const { CannotPrepare, ROOT, main } = require('../support/prepare');
const { readBinary } = require('./binary');
const { SIZE_BUDGET, binaryFaults, newestGlibc } = require('./gates/binary');
const { hostTarget } = require('./targets');

main(() => {
  const target = hostTarget();
  if (target === undefined) {
    console.log(`NOT CHECKED: no package is made for ${process.platform} ${process.arch}`);
    return;
  }
  const built = path.join(ROOT, target.file);
  if (!fs.existsSync(built)) throw new CannotPrepare(`${target.file} is missing: npm run build`);
  const file = fs.readFileSync(built);
  const faults = binaryFaults(file, target, { release: false });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const { libraries, versions = [] } = readBinary(file);
  console.log(
    `${target.file}: ${file.length} bytes (a release may have ${SIZE_BUDGET}), needs ${libraries.join(', ')}`,
  );
  const glibc = newestGlibc(versions);
  if (glibc !== undefined)
    console.log(`This build asks for glibc ${glibc}; one for everybody: npm run build:release`);
});
