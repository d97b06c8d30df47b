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
  return readStaged(tarballs).flatMap(({ file, integrity }) => {
    const whole = path.join(tarballs, file);
    if (!fs.existsSync(whole)) return [`${file} is missing`];
    const found = `sha512-${createHash('sha512').update(fs.readFileSync(whole)).digest('base64')}`;
    return found === integrity ? [] : [`${file} is not the file that was packed`];
  });
}

/**
 * One digest over names and contents of all that is in the folder, the list included: whoever changes a tarball could
 * change the list with it, so the digest goes another way. By hand: `LC_ALL=C; sha256sum -- * | sha256sum`
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
 * @param {string | undefined} digest what `digestOf` said when they were packed
 * @returns {string[]} a sentence, when they are others now
 */
function digestFaults(tarballs, digest) {
  // An output of a job that nobody has set is an empty text.
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
