'use strict';

// Node builtins only: publishing and the rehearsal on other machines go without our development packages.

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const STAGED = path.join(__dirname, '..', '..', 'target', 'npm', 'staged');
const LIST = 'packages.json';

/**
 * A package as stage.js has packed it.
 * @typedef {object} StagedPackage
 * @property {string} name
 * @property {string} version
 * @property {string} folder `main`, or the name of a target
 * @property {string} file its tarball
 * @property {string} integrity of the tarball, as npm writes it
 * @property {number} size of the tarball, bytes
 * @property {number} unpackedSize bytes
 * @property {string[]} files
 * @property {boolean} stub whether an empty file stands in for the addon
 */

/** @param {string} tarballs @returns {StagedPackage[]} platform packages first, the main one last */
function readStaged(tarballs) {
  const list = path.join(tarballs, LIST);
  if (!fs.existsSync(list))
    throw new Error(`${tarballs} has no packages: npm run release:stage puts them there`);
  return JSON.parse(fs.readFileSync(list, 'utf8'));
}

/** @param {string} tarballs @param {StagedPackage[]} list */
function writeStaged(tarballs, list) {
  fs.writeFileSync(path.join(tarballs, LIST), `${JSON.stringify(list, null, 2)}\n`);
}

/** @param {string} tarballs @returns {string[]} one sentence for each tarball that is not the one that was checked */
function integrityFaults(tarballs) {
  return readStaged(tarballs)
    .filter(({ file, integrity }) => {
      const content = fs.readFileSync(path.join(tarballs, file));
      return `sha512-${createHash('sha512').update(content).digest('base64')}` !== integrity;
    })
    .map(({ file }) => `${file} is not the file that was packed`);
}

module.exports = { STAGED, integrityFaults, readStaged, writeStaged };
