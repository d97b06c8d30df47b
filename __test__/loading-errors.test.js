'use strict';

// A package whose binary cannot be loaded says why, and what to do: each case made for real, or as near as a test can.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { describe, test } = require('node:test');
const { packageFor } = require('../lib/addon/installed');
const { problems } = require('../lib/addon/messages.json');
const { CASES, problemOf, wordsOf } = require('../lib/addon/problems');
const { MACHINE, VERSION, appWith, goodBinary, toldIn } = require('./support/installed');
const { AGAIN, CODE, LINES, assertTold } = require('./support/loading-error');

const PACKAGE = packageFor(MACHINE.name);
const OTHER = MACHINE.name === 'darwin-arm64' ? 'linux-x64-gnu' : 'darwin-arm64';

const LIBC = MACHINE.libc ? `, ${MACHINE.libc.name} ${MACHINE.libc.version}` : '';
const NODE = `Node ${process.versions.node} (Node-API ${process.versions.napi})`;

test('a loader that takes this for another C library', () => {
  const machine = { name: 'linux-x64-musl', libc: { name: 'musl', version: '1.2.5' } };
  const facts = {
    wanted: 'linux-x64-gnu',
    message: '',
    missing: true,
    binary: null,
    machine,
    from: 'package',
  };
  const { problem, advice } = problemOf({ ...facts, installed: ['linux-x64-musl'] });
  assert.equal(problem, `${packageFor('linux-x64-gnu')} is not installed`);
  assert.match(
    advice[0],
    /^There is @passport-socketio\/binding-linux-x64-musl, which suits this Node, built for musl/,
  );
  assert.ok(!advice.join('\n').includes(AGAIN));
});

describe('the package with the binary', () => {
  test('is not there', async (t) => {
    const told = await toldIn(appWith(t, null).folder);
    const cause = told.cause.split('\n')[0];
    assert.match(cause, new RegExp(`^Cannot find module '${PACKAGE}'`));
    assert.equal(
      told.message,
      [
        `passport-socketio-native cannot start: ${PACKAGE} is not installed.`,
        '',
        `  This machine: ${process.platform}-${process.arch}${LIBC}, ${NODE}`,
        `  Looked for:   ${PACKAGE} ${VERSION}`,
        `  Cause:        ${cause}`,
        '',
        'It is an optional dependency, and its absence goes unnoticed: with --omit=optional (pnpm: --no-optional, Yarn:',
        '--ignore-optional), after a download that failed, in a node_modules folder copied from another platform, with a lock',
        'file that npm 10 or older wrote on one (npm/cli#4828).',
        AGAIN,
        ...Object.values(LINES),
      ].join('\n'),
    );
    assert.deepEqual([told.code, told.wraps], [CODE, false]);
  });

  test('is there for another platform', async (t) => {
    assertTold(await toldIn(appWith(t, { platform: OTHER, binary: Buffer.from('x') }).folder), {
      problem: `${PACKAGE} is not installed`,
      cause: /^Cannot find module/,
      advice: [
        `There is ${packageFor(OTHER)} instead: node_modules was installed on, or for, another platform.`,
        'In a Docker build, install inside the image, and put node_modules into .dockerignore.',
      ],
      again: true,
    });
  });

  test('is of another version', async (t) => {
    assertTold(await toldIn(appWith(t, { version: '0.0.9' }).folder), {
      problem: `${PACKAGE} is version 0.0.9, and it needs ${VERSION}`,
      advice: ['Both have to be of one version; look for overrides, resolutions, and files copied by hand.'],
      again: true,
    });
  });

  test('has a binary of an older build', async (t) => {
    const binary = 'exports.outcomes = () => []; exports.Verifier = class {};';
    assertTold(await toldIn(appWith(t, { binary }).folder), {
      problem:
        'its binary is of another build, it lacks credentialKinds, Delivery, indexLayout, JsCredentials, Lookup, SocketIndex, Watcher',
      again: true,
    });
  });
});

describe('the binary', () => {
  const NODE_MODULES = 'node_modules was installed on, or for, another platform.';
  const foreign = {
    'linux-arm64-gnu': elf(0xb7, '\0libc.so.6\0'),
    'linux-x64-gnu': elf(0x3e, '\0libc.so.6\0'),
    'linux-x64-musl': elf(0x3e, '\0libc.so\0'),
    'linux-arm64-musl': elf(0xb7, '\0libc.musl-aarch64.so.1\0'),
    'linux-arm-gnueabihf': elf(0x28, '\0libc.so.6\0'),
    'darwin-x64': machO('07000001'),
    'darwin-arm64': machO('0c000001'),
    'win32-x64-msvc': portableExecutable(0x8664),
    'win32-arm64-msvc': portableExecutable(0xaa64),
  };
  delete foreign[MACHINE.name];
  for (const [platform, binary] of Object.entries(foreign)) {
    test(`is for ${platform}`, async (t) => {
      const { folder, file } = appWith(t, { binary });
      assertTold(await toldIn(folder), {
        problem: `its binary is for ${platform}, and this is ${MACHINE.name}`,
        cause: /./,
        facts: [`Found:        ${file}`],
        advice: [NODE_MODULES],
        again: true,
      });
    });
  }

  test('is for a machine that we do not know', async (t) => {
    assertTold(await toldIn(appWith(t, { binary: elf(0x16, '') }).folder), {
      problem: `its binary is for another machine, and this is ${MACHINE.name}`,
      cause: /./,
      again: true,
    });
  });

  const damaged = { empty: Buffer.alloc(0), damaged: Buffer.from('<!doctype html>'.repeat(99)) };
  for (const [state, binary] of Object.entries(damaged)) {
    test(`is ${state}`, async (t) => {
      assertTold(await toldIn(appWith(t, { binary }).folder), {
        problem: `its binary is ${state}`,
        cause: /./,
        advice: ['An install or a copy was cut off.'],
        again: true,
      });
    });
  }

  // macOS ends a process that loads a changed library, whose signature no longer fits.
  if (process.platform !== 'darwin') {
    test('is no addon', async (t) => {
      const binary = replaced(goodBinary(), 'napi_register_module_v1', 'napi_register_module_v0');
      assertTold(await toldIn(appWith(t, { binary }).folder), {
        problem: 'its binary is there, and the system cannot load it',
        cause: /^Module did not self-register/,
        advice: ['The cause above is all that the system says.'],
        again: true,
      });
    });
  }

  test('breaks at its start', async (t) => {
    const binary = 'throw new Error("out of luck")';
    assertTold(await toldIn(appWith(t, { binary }).folder), {
      problem: 'its binary is there, and the system cannot load it',
      cause: 'out of luck',
      facts: ['Cause:        out of luck'],
      advice: [],
      again: true,
    });
  });

  if (MACHINE.name.startsWith('linux-') && MACHINE.libc?.name === 'glibc') {
    test('needs a newer glibc than there is', async (t) => {
      const [newest] = goodBinary()
        .toString('latin1')
        .match(/GLIBC_2\.\d\d(?=\0)/g)
        .sort()
        .reverse();
      const binary = replaced(goodBinary(), `${newest}\0`, 'GLIBC_9.99\0');
      assertTold(await toldIn(appWith(t, { binary }).folder), {
        problem: `glibc ${MACHINE.libc.version} is too old for its binary, which needs glibc 9.99`,
        cause: /version `GLIBC_9\.99' not found \(required by /,
        advice: [/newer system or image, such as node:22-slim/],
      });
    });
  }

  // A mount of its own takes root, or a system that lets users have namespaces.
  const unshare = [
    ['unshare', '-m'],
    ['unshare', '-r', '-m'],
  ].find(canMount);
  if (unshare) {
    test('is on a file system mounted noexec', async (t) => {
      const { folder, file } = appWith(t);
      const carrier = path.dirname(file);
      const mounted =
        'cp -r "$0" "$0.copy" && mount -t tmpfs -o noexec none "$0" && cp -r "$0.copy/." "$0" && exec "$@"';
      const told = await toldIn(folder, { prefix: [...unshare, 'sh', '-c', mounted, carrier] });
      assertTold(told, {
        problem: 'the system does not let its binary be executed',
        cause: /failed to map segment from shared object|Operation not permitted/,
        advice: ['Install the app on one that is not, or mount that one with exec.'],
      });
    });
  }
});

test('each case has a text, and each word of the texts a value', () => {
  assert.deepEqual(Object.keys(CASES), Object.keys(problems));
  const words = Object.keys(wordsOf({ wanted: MACHINE.name, message: '', machine: MACHINE }));
  for (const [, word] of JSON.stringify(problems).matchAll(/{(\w+)}/g)) assert.ok(words.includes(word), word);
});

test('what systems say that this one is not', () => {
  const said = {
    "/lib/libc.so.6: version `GLIBC_2.33' not found (required by /app/x.node)":
      'glibc 2.31 is too old for its binary, which needs glibc 2.33',
    'Error relocating /app/x.node: __res_init: symbol not found': 'glibc 2.31 is too old for its binary',
    '/app/x.node: failed to map segment from shared object: Operation not permitted':
      'the system does not let its binary be executed',
    '/app/x.node: undefined symbol: napi_get_all_property_names':
      'this Node lacks functions that the binary needs (Node-API 6)',
    'something new': 'its binary is there, and the system cannot load it',
  };
  for (const [message, problem] of Object.entries(said)) {
    const wanted = 'linux-x64-gnu';
    const binary = { file: '/app/x.node', madeFor: wanted };
    const machine = { name: wanted, libc: { name: 'glibc', version: '2.31' } };
    const facts = { wanted, message, binary, machine, missing: false, installed: [wanted], from: 'package' };
    assert.equal(problemOf(facts).problem, problem);
  }
});

function canMount(command) {
  const [program, ...args] = command;
  return spawnSync(program, [...args, 'mount', '-t', 'tmpfs', '-o', 'noexec', 'none', '/mnt']).status === 0;
}

/** Headers of the three formats, as far as a loader gets before it gives up. */
function elf(machine, strings) {
  const bytes = Buffer.alloc(256);
  bytes.write('\x7fELF\x02\x01\x01', 'latin1');
  bytes.writeUInt16LE(machine, 18);
  bytes.write(strings, 128, 'latin1');
  return bytes;
}

function machO(cpu) {
  return Buffer.concat([Buffer.from(`cffaedfe${cpu}`, 'hex'), Buffer.alloc(256)]);
}

function portableExecutable(machine) {
  const bytes = Buffer.alloc(256);
  bytes.write('MZ');
  bytes.writeUInt32LE(128, 0x3c);
  bytes.write('PE', 128);
  bytes.writeUInt16LE(machine, 132);
  return bytes;
}

function replaced(bytes, from, to) {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf(from, 0, 'latin1');
  assert.ok(at > 0 && from.length === to.length, `${from} is in the addon`);
  copy.write(to, at, 'latin1');
  return copy;
}
