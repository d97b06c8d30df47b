'use strict';

// Node builtins only: publishing, and a rehearsal on another machine, run without the development packages.

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
 * @property {string} file the name of its tarball
 * @property {string} integrity of the tarball, as npm writes it
 * @property {number} size of the tarball, bytes
 * @property {number} unpackedSize bytes
 * @property {string[]} files
 * @property {boolean} stub whether an empty file replaces the addon
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

/** @param {string} tarballs @returns {string[]} one sentence for each tarball that differs from the checked one */
function integrityFaults(tarballs) {
  return readStaged(tarballs).flatMap(({ file, integrity }) => {
    const whole = path.join(tarballs, file);
    if (!fs.existsSync(whole)) return [`${file} is missing`];
    const found = `sha512-${createHash('sha512').update(fs.readFileSync(whole)).digest('base64')}`;
    return found === integrity ? [] : [`${file} is not the file that was packed`];
  });
}

/**
 * One digest over the names and contents of all files in the folder, including the list. An attacker who changes a tarball
 * could change the list too, so the digest travels apart from the folder. By hand: `LC_ALL=C; sha256sum -- * | sha256sum`
 * @param {string} tarballs
 * @returns {string} SHA-256, in hex
 */
function digestOf(tarballs) {
  const names = fs.readdirSync(tarballs).sort();
  const lines = names.map((name) => `${sha256(fs.readFileSync(path.join(tarballs, name)))}  ${name}\n`);
  return sha256(lines.join(''));
}

/**
 * @param {string} tarballs
 * @param {string | undefined} digest from `digestOf`, when they were packed
 * @returns {string[]} a sentence, if they have changed
 */
function digestFaults(tarballs, digest) {
  // A job output that was not set is an empty string.
  if (!/^[0-9a-f]{64}$/.test(digest ?? '')) {
    return [
      `"${digest ?? ''}" is no digest: scripts/release/digest.js gives one when the packages are packed`,
    ];
  }
  const found = digestOf(tarballs);
  return found === digest
    ? []
    : [`the files in ${tarballs} have the digest ${found}, and those that were packed had ${digest}`];
}

function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}

module.exports = { STAGED, digestFaults, digestOf, integrityFaults, readStaged, writeStaged };
