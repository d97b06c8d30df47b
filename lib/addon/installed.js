'use strict';

const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { madeFor } = require('./binary-file');

const SCOPE = '@passport-socketio';
const ROOT = path.join(__dirname, '..', '..');
// Not `require` itself: bundlers would warn of names that they cannot know.
const requireHere = createRequire(__filename);

function packageFor(platform) {
  return `${SCOPE}/binding-${platform}`;
}

/**
 * The binary for a platform as it is on the disk: in our own folder, as in a checkout, else in its package.
 * @returns {{ file: string, madeFor?: string | null } | null} null when there is none; without `madeFor` when it may not
 *   be read, or is a script in the binary's place
 */
function binaryOf(platform) {
  const own = path.join(ROOT, `passport-socketio.${platform}.node`);
  const file = fs.existsSync(own) ? own : resolved(packageFor(platform));
  return file === null ? null : { file, madeFor: inspected(file) };
}

/** The platforms that packages of ours are installed for. */
function installedPlatforms() {
  const folders = [path.join(ROOT, '..', SCOPE), path.join(ROOT, 'node_modules', SCOPE)];
  const packages = folders
    .filter((folder) => fs.existsSync(folder))
    .flatMap((folder) => fs.readdirSync(folder));
  return packages.filter((name) => name.startsWith('binding-')).map((name) => name.slice('binding-'.length));
}

function inspected(file) {
  if (!file.endsWith('.node')) return undefined;
  try {
    return madeFor(file);
  } catch {
    return undefined;
  }
}

function resolved(name) {
  try {
    return requireHere.resolve(name);
  } catch {
    return null;
  }
}

/** In a bundle this file is no file of its own. */
function isBundled() {
  return !__filename.endsWith(path.join('lib', 'addon', 'installed.js'));
}

module.exports = { packageFor, binaryOf, installedPlatforms, isBundled };
