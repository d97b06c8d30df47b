'use strict';

const { version } = require('../../package.json');
const { packageFor } = require('./installed');
const { platforms, problems } = require('./messages.json');
const { reinstallLines } = require('./reinstall');

const NEEDED_GLIBC = /version [`'"]?GLIBC_([\d.]+)'? not found/;

/** When each problem of messages.json applies, by the facts that diagnosis.js gathers. The first that does decides. */
const CASES = {
  chosenOther: ({ loaded, chosen }) => loaded && chosen,
  otherVersion: ({ loaded }) => loaded?.carrier && loaded.carrier.version !== version,
  staleBuild: ({ loaded, from }) => loaded && !loaded.carrier && from === 'checkout',
  otherBuild: ({ loaded }) => loaded,
  noAddons: ({ message }) => message.includes('loading addons is disabled'),
  noWasm: ({ message }) => /NAPI_RS_FORCE_WASI|WASI (binding for )?flavor/.test(message),
  wrongChoice: ({ chosen }) => chosen,
  unsupported: ({ wanted, binary }) => !binary && !Object.hasOwn(platforms, wanted),
  bundled: ({ missing, from }) => missing && from === 'bundle',
  notBuilt: ({ missing, from }) => missing && from === 'checkout',
  otherLibc: ({ missing, installed, machine }) => missing && installed.includes(machine.name),
  otherPlatform: ({ missing, installed }) => missing && installed.length > 0,
  notInstalled: ({ missing }) => missing,
  cutOff: ({ binary }) => ['empty', 'damaged'].includes(binary?.madeFor),
  foreign: ({ binary, machine }) => binary?.madeFor && binary.madeFor !== machine.name,
  oldNode: ({ message }) =>
    /undefined symbol: (napi|node_api)_|symbol not found.*(napi|node_api)_|Node-API version/.test(message),
  oldLibc: ({ message }) => NEEDED_GLIBC.test(message) || /Error relocating|symbol not found/.test(message),
  notExecutable: ({ message, binary }) =>
    binary && /failed to map segment|Operation not permitted|Permission denied/.test(message),
  unknown: () => true,
};

/** What is wrong, and the lines that say what to do. */
function problemOf(facts) {
  const name = Object.keys(CASES).find((each) => CASES[each](facts));
  const words = wordsOf(facts);
  const lines = problems[name].map((line) => line.replace(/{(\w+)}/g, (_, word) => words[word]));
  return { problem: lines[0], advice: lines.slice(1) };
}

/** The values of the words in braces. */
function wordsOf({ wanted, message, machine, installed, binary, chosen, loaded }) {
  const { name, libc } = machine;
  const glibc = NEEDED_GLIBC.exec(message)?.[1];
  return {
    chosen,
    wanted,
    version,
    package: packageFor(wanted),
    machine: name,
    suited: packageFor(name),
    others: installed?.map(packageFor).join(', '),
    madeFor: binary?.madeFor,
    libcName: libc?.name,
    libc: libc ? `${libc.name} ${libc.version}` : 'its C library',
    neededGlibc: glibc ? `, which needs glibc ${glibc}` : '',
    carrier: loaded?.carrier?.name,
    carried: loaded?.carrier?.version,
    lacks: loaded?.lacks.join(', '),
    supported: Object.values(platforms).join('\n  '),
    reinstall: reinstallLines().join('\n'),
  };
}

module.exports = { CASES, problemOf, wordsOf };
