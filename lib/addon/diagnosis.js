'use strict';

const { version } = require('../../package.json');
const { binaryOf, installedPlatforms, origin, packageFor } = require('./installed');
const { here, tried } = require('./platform');
const { problemOf } = require('./problems');

// How Node, Bun, Jest and Yarn's Plug'n'Play say that a module is not there. The loader keeps no error codes.
const MISSING =
  /^(Cannot find (module|package)|Cannot resolve module|Required unplugged package|Qualified path) /;
// The loader tries a WebAssembly build last. None is published.
const WASI = /binding-wasm32-wasi|\.wasi\.cjs/;

/** The error to throw in place of `error`, which the generated loader threw. */
function notLoaded(error) {
  return explained(error, (machine) => {
    const attempts = attemptsOf(error);
    // An attempt that found a file and could not load it says more than one that found none.
    const cause = attempts.find(({ message }) => !MISSING.test(message)) ?? attempts[0];
    // Its own cause is the attempt before it, not the reason why it failed.
    delete cause.cause;
    const message = cause.message.split('\nRequire stack:')[0].trim().replace(/\s+/g, ' ');
    return { cause, message, missing: MISSING.test(message), wanted: wantedOf(attempts, machine) };
  });
}

/** The error to throw for a binary of another build. `carrier`: its package.json, if any; `lacks`: missing exports. */
function notOurs({ carrier, lacks }) {
  const plain = new Error('passport-socketio-native cannot start: its binary is of another build.');
  return explained(plain, ({ name }) => ({ loaded: { carrier, lacks }, message: '', wanted: name }));
}

function explained(error, factsOf) {
  const explanation = tried(() => {
    const machine = here();
    const chosen = process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
    const facts = { machine, chosen, from: origin(), installed: installedPlatforms(), ...factsOf(machine) };
    return errorOf({ ...facts, binary: chosen || facts.loaded ? null : binaryOf(facts.wanted) });
  });
  return explanation ?? error;
}

/** What the loader tried, the last attempt first: each error has the attempt before it as its cause. */
function attemptsOf(error) {
  const attempts = [];
  for (let each = error.cause; each?.message !== undefined; each = each.cause) attempts.push(each);
  const native = attempts.filter(({ message }) => !WASI.test(message));
  return native.length > 0 ? native : [error];
}

/** The platform whose package the loader asked for. It detects the C library by other means than `here`. */
function wantedOf(attempts, { name, platform, arch }) {
  const asked = new RegExp(`binding-(${platform}-${arch}[a-z0-9-]*)`);
  return attempts.map(({ message }) => asked.exec(message)?.[1]).find(Boolean) ?? name;
}

function errorOf(facts) {
  const { machine, chosen, wanted, binary, message, cause } = facts;
  const { node, napi, bun } = process.versions;
  const libc = machine.libc ? `, ${machine.libc.name} ${machine.libc.version}` : '';
  const runtime = `${bun ? `Bun ${bun} as ` : ''}Node ${node} (Node-API ${napi})`;
  const { problem, advice } = problemOf(facts);
  const lines = [
    `passport-socketio-native cannot start: ${problem}.\n`,
    `  This machine: ${machine.platform}-${machine.arch}${libc}, ${runtime}`,
    `  Looked for:   ${chosen ? `${chosen} (NAPI_RS_NATIVE_LIBRARY_PATH)` : `${packageFor(wanted)} ${version}`}`,
    binary && `  Found:        ${binary.file}`,
    message && `  Cause:        ${message}`,
    `\n${advice.join('\n')}`,
  ];
  const error = new Error(lines.filter(Boolean).join('\n'), cause && { cause });
  return Object.assign(error, { code: 'ERR_PASSPORT_SOCKETIO_NO_BINARY' });
}

module.exports = { notLoaded, notOurs };
