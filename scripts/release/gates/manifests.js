'use strict';

const { TARGETS } = require('../targets');

// Install scripts: npm 11 warns of each one, and many companies disable them.
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];

/**
 * The faults of the package.json files that are to be published.
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

/** Exact versions: with a range, npm could install an addon that does not match the JavaScript. */
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
    // npm silently skips an optional package whose `engines` do not match. So only the main package has `engines`.
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
