'use strict';

const { TARGETS } = require('../targets');

// npm 11 warns of every one, and many companies install without.
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];

/**
 * What is wrong with the package.json files that are to be published.
 *
 * @param {object} main
 * @param {Map<string, object>} platforms by the names of targets.js
 * @returns {string[]} one sentence a fault
 */
function manifestFaults(main, platforms) {
  return [
    ...installScriptFaults(main),
    ...optionalFaults(main),
    ...TARGETS.flatMap((target) => platformFaults(main, target, platforms.get(target.name))),
  ];
}

function installScriptFaults({ name, scripts = {} }) {
  return INSTALL_SCRIPTS.filter((script) => scripts[script] !== undefined).map(
    (script) => `${name} has the script "${script}", which would run at every install`,
  );
}

/** Exact versions: any other would let npm put an addon beside JavaScript that it was not compiled for. */
function optionalFaults({ name, version, optionalDependencies = {} }) {
  const expected = Object.fromEntries(TARGETS.map((target) => [target.package, version]));
  const names = new Set([...Object.keys(expected), ...Object.keys(optionalDependencies)]);
  return [...names]
    .filter((each) => optionalDependencies[each] !== expected[each])
    .map(
      (each) =>
        `${name} has ${each} at ${optionalDependencies[each] ?? 'no version'}, not ${expected[each] ?? 'none'}`,
    );
}

function platformFaults(main, target, manifest) {
  if (manifest === undefined) return [`there is no package for ${target.name}`];
  const expected = {
    name: target.package,
    version: main.version,
    main: target.file,
    os: [target.system],
    cpu: [target.arch],
    libc: target.libc && [target.libc],
    license: main.license,
    repository: main.repository,
    // npm skips an optional package in silence when the machine's Node does not match: the main package says it instead.
    engines: undefined,
  };
  return [
    ...installScriptFaults(manifest),
    ...Object.keys(expected)
      .filter((key) => JSON.stringify(manifest[key]) !== JSON.stringify(expected[key]))
      .map(
        (key) =>
          `${target.package} has ${key} ${JSON.stringify(manifest[key])}, not ${JSON.stringify(expected[key])}`,
      ),
  ];
}

module.exports = { manifestFaults };
