'use strict';

const { packageFor } = require('./installed');
const { NODE_API, PROMISED } = require('./node');
const { SUPPORTED } = require('./platform');

/**
 * @typedef {object} Facts
 * @property {string} wanted - platform of the binary that was looked for
 * @property {string} message - of the decisive attempt
 * @property {boolean} missing - whether that one found no file
 * @property {{ file: string, madeFor?: string | null } | null} binary - what is on the disk
 * @property {string[]} installed - platforms that packages of ours are there for
 * @property {{ name: string, libc: { name: string, version: string } | null }} machine
 * @property {string | undefined} chosen - NAPI_RS_NATIVE_LIBRARY_PATH
 * @property {'bundle' | 'checkout' | 'package'} from - what kind of folder we were loaded from
 */

/** @typedef {{ problem: string, advice: string[], reinstall?: boolean }} Diagnosis */

const RULES = [
  addonsForbidden,
  wasiAsked,
  wrongChoice,
  unsupported,
  notInstalled,
  otherFile,
  oldNode,
  oldLibc,
  notExecutable,
];

/** @type {(facts: Facts) => Diagnosis} The first rule that knows the case. */
function diagnose(facts) {
  for (const rule of RULES) {
    const diagnosis = rule(facts);
    if (diagnosis) return diagnosis;
  }
  return {
    problem: 'its binary is there, and the system cannot load it',
    advice: ['The cause above is all that the system says.'],
    reinstall: true,
  };
}

function addonsForbidden({ message }) {
  if (!message.includes('loading addons is disabled')) return null;
  return {
    problem: 'this process may not load addons',
    advice: ['Start Node without --no-addons; with --permission, give it --allow-addons too.'],
  };
}

function wasiAsked({ message }) {
  if (!/NAPI_RS_FORCE_WASI|WASI (binding for )?flavor/.test(message)) return null;
  return {
    problem: 'a WebAssembly build is asked for, and there is none',
    advice: ['Take NAPI_RS_FORCE_WASI and NAPI_RS_WASI_FLAVOR out of the environment.'],
  };
}

function wrongChoice({ chosen }) {
  if (!chosen) return null;
  return {
    problem: 'the binary that NAPI_RS_NATIVE_LIBRARY_PATH names cannot be loaded',
    advice: [
      'Take that variable out of the environment, or let it name a binary of this package and this platform.',
    ],
  };
}

function unsupported({ wanted, binary }) {
  if (binary !== null || Object.hasOwn(SUPPORTED, wanted)) return null;
  return {
    problem: `no binary is published for ${wanted}`,
    advice: [
      'There are binaries for:',
      ...Object.values(SUPPORTED).map((title) => `  ${title}`),
      'Elsewhere: build it in a checkout (Rust, then npm run build), and name the file in NAPI_RS_NATIVE_LIBRARY_PATH.',
    ],
  };
}

function notInstalled({ wanted, missing, installed, machine, from }) {
  if (!missing) return null;
  const problem = `${packageFor(wanted)} is not installed`;
  if (from === 'bundle') return { problem, advice: [LEAVE_EXTERNAL] };
  if (from === 'checkout')
    return { problem, advice: ['This is a checkout: npm run build makes the binary.'] };
  if (installed.includes(machine.name)) return otherLibc(machine, problem);
  if (installed.length > 0) {
    const others = installed.map(packageFor).join(', ');
    return {
      problem,
      advice: [
        `There is ${others} instead: node_modules was installed on, or for, another platform.`,
        ...NO_COPIES,
      ],
      reinstall: true,
    };
  }
  return {
    problem,
    advice: [
      'It is an optional dependency, and its absence goes unnoticed: with --omit=optional (pnpm: --no-optional, Yarn:',
      '--ignore-optional), after a download that failed, in a node_modules folder copied from another platform, with a lock',
      'file that npm 10 or older wrote on one (npm/cli#4828).',
    ],
    reinstall: true,
  };
}

/** The loader believes /usr/bin/ldd, npm believes Node. */
function otherLibc({ name, libc }, problem) {
  return {
    problem,
    advice: [
      `There is ${packageFor(name)}, which suits this Node, built for ${libc?.name}; but /usr/bin/ldd is of another C library,`,
      'and the loader believes that one. Run a Node that is built for this system, or name the file of that package in',
      'NAPI_RS_NATIVE_LIBRARY_PATH.',
    ],
  };
}

function otherFile({ machine, binary }) {
  if (binary === null || binary.madeFor === undefined || binary.madeFor === machine.name) return null;
  const { madeFor } = binary;
  if (madeFor === null || madeFor === 'nothing') {
    const state = madeFor === null ? 'damaged' : 'empty';
    return {
      problem: `its binary is ${state}`,
      advice: ['An install or a copy was cut off.'],
      reinstall: true,
    };
  }
  return {
    problem: `its binary is for ${madeFor}, and this is ${machine.name}`,
    advice: ['node_modules was installed on, or for, another platform.', ...NO_COPIES],
    reinstall: true,
  };
}

function oldNode({ message }) {
  if (!/undefined symbol: (napi|node_api)_|symbol not found.*(napi|node_api)_|Node-API version/.test(message))
    return null;
  return {
    problem: `this Node lacks functions that the binary needs (Node-API ${NODE_API})`,
    advice: [`Start the app with Node ${PROMISED} or newer.`],
  };
}

function oldLibc({ message, machine }) {
  const needed = /version [`'"]?GLIBC_([\d.]+)'? not found/.exec(message)?.[1];
  if (needed === undefined && !/Error relocating|symbol not found/.test(message)) return null;
  const { name, version } = machine.libc ?? { name: 'its C library', version: '' };
  return {
    problem:
      `${name} ${version}`.trim() +
      ' is too old for its binary' +
      (needed ? `, which needs glibc ${needed}` : ''),
    advice: [
      'Run the app on a newer system or image, such as node:22-slim or node:22-alpine. The binaries that we publish run on',
      'glibc 2.17 and newer, and on the musl of Alpine releases that are still maintained; one built elsewhere may need more.',
    ],
  };
}

function notExecutable({ message, binary }) {
  if (binary === null || !/failed to map segment|Operation not permitted|Permission denied/.test(message))
    return null;
  return {
    problem: 'the system does not let its binary be executed',
    advice: [
      'The file system that it is on is mounted noexec (see: findmnt -T FILE), or a security policy forbids it.',
      'Install the app on one that is not, or mount that one with exec.',
    ],
  };
}

const NO_COPIES = ['In a Docker build, install inside the image, and put node_modules into .dockerignore.'];
const LEAVE_EXTERNAL =
  'The package is part of a bundle, which did not take the binary along. Leave it out of the bundle: ' +
  'external (esbuild), externals (webpack).';

module.exports = { diagnose };
