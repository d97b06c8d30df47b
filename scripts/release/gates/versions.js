'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * The places of the repository with another version than package.json.
 *
 * @param {string} root
 * @returns {string[]} one sentence a fault
 */
function versionFaults(root) {
  const read = (file) => fs.readFileSync(path.join(root, file), 'utf8');
  const { name, version, optionalDependencies = {} } = JSON.parse(read('package.json'));
  const lock = JSON.parse(read('package-lock.json'));
  const found = [
    ['Cargo.toml', /^version = "(.+)"$/m.exec(read('Cargo.toml'))?.[1]],
    ...['Cargo.lock', 'fuzz/Cargo.lock'].map((file) => [file, lockedVersion(read(file), name)]),
    ['package-lock.json', lock.version],
    ['package-lock.json, packages', lock.packages[''].version],
    ...bakedIn(read('binding.js')).map((each) => ['binding.js (npm run build writes it)', each]),
    ...Object.entries(optionalDependencies),
  ];
  return [
    ...found
      .filter(([, each]) => each !== version)
      .map(([where, each]) => `package.json has the version ${version}, ${where} has ${each ?? 'none'}`),
    ...changelogFaults(read('CHANGELOG.md'), version),
  ];
}

function lockedVersion(cargoLock, name) {
  return new RegExp(`^name = "${name}"\\nversion = "(.+)"$`, 'm').exec(cargoLock)?.[1];
}

/** The newest entry is for this version, or for the next one, which is unreleased. */
function changelogFaults(changelog, version) {
  const entry = newestEntry(changelog);
  if (entry?.version === version || entry?.note === 'unreleased') return [];
  return [`the newest entry of CHANGELOG.md is neither of ${version} nor "(unreleased)"`];
}

/** @returns {{ version: string, note: string } | undefined} `note`: the text in parentheses, a date or "unreleased" */
function newestEntry(changelog) {
  const match = /^## (\S+)(?: \((.+)\))?$/m.exec(changelog);
  return match === null ? undefined : { version: match[1], note: match[2] ?? '' };
}

/** The loader compares the version of the platform package with the version that it was generated for. */
function bakedIn(loader) {
  const versions = [...loader.matchAll(/expected (\S+) but got/g)].map((match) => match[1]);
  return [...new Set(versions)];
}

module.exports = { newestEntry, versionFaults };
