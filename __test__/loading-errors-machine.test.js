'use strict';

// A package that cannot be loaded says why: what the machine, the process and its environment have to do with it.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const { packageFor } = require('../lib/addon/installed');
const { platforms: SUPPORTED } = require('../lib/addon/messages.json');
const { MACHINE, appWith, runIn, toldIn } = require('./support/installed');
const { AGAIN, CODE, LINES, assertTold } = require('./support/loading-error');

const PACKAGE = packageFor(MACHINE.name);

describe('the machine', () => {
  const unsupported = {
    sunos: ['sunos', 'x64'],
    'linux on RISC-V': ['linux', 'riscv64'],
    'Windows 32': ['win32', 'ia32'],
  };
  for (const [title, [platform, arch]] of Object.entries(unsupported)) {
    test(`is one without binaries: ${title}`, async (t) => {
      const script = faked('process', { platform, arch });
      const told = await toldIn(appWith(t).folder, { script });
      assert.match(
        told.message,
        new RegExp(`^passport-socketio-native cannot start: no binary is published for ${platform}-${arch}`),
      );
      for (const name of Object.values(SUPPORTED))
        assert.ok(told.message.includes(`\n  ${name}\n`), told.message);
      assert.ok(told.message.includes('build it in a checkout'));
      assert.ok(!told.message.includes(AGAIN));
      assert.equal(told.code, CODE);
    });
  }

  test('binaries are told of as they are built', () => {
    const { targets } = require('../package.json').napi;
    assert.deepEqual(targets.map(endingOf).sort(), Object.keys(SUPPORTED).sort());
  });

  for (const [node, napi] of [
    ['14.21.3', '8'],
    ['10.20.0', '6'],
    ['12.10.0', '4'],
  ]) {
    test(`has Node ${node}`, async (t) => {
      const script = faked('process.versions', { node, napi });
      const told = await toldIn(appWith(t).folder, { script });
      assert.equal(
        told.message,
        [
          `passport-socketio-native cannot start: Node ${node} is too old, it needs Node 18 or newer.`,
          '',
          `  This machine: ${process.platform}-${process.arch}, Node ${node} (Node-API ${napi})`,
          '',
          'Start the app with a newer Node. Several can be installed side by side: nvm, fnm, volta, or an image such as',
          'node:22-slim.',
        ].join('\n'),
      );
      assert.equal(told.code, CODE);
    });
  }
});

describe('the process', () => {
  test('may not load addons', async (t) => {
    assertTold(await toldIn(appWith(t).folder, { args: ['--no-addons'] }), {
      problem: 'this process may not load addons',
      cause: 'Cannot load native addon because loading addons is disabled.',
      advice: ['Start Node without --no-addons; with --permission, give it --allow-addons too.'],
    });
  });

  test('names another binary', async (t) => {
    const { folder } = appWith(t);
    const chosen = path.join(folder, 'nowhere.node');
    assertTold(await toldIn(folder, { env: { NAPI_RS_NATIVE_LIBRARY_PATH: chosen } }), {
      problem: 'the binary that NAPI_RS_NATIVE_LIBRARY_PATH names cannot be loaded',
      cause: /^Cannot find module/,
      facts: [`Looked for:   ${chosen} (NAPI_RS_NATIVE_LIBRARY_PATH)`],
    });
    const foreign = path.join(folder, 'other.js');
    fs.writeFileSync(foreign, 'exports.outcomes = () => [];');
    assertTold(await toldIn(folder, { env: { NAPI_RS_NATIVE_LIBRARY_PATH: foreign } }), {
      problem:
        'its binary is of another build, it lacks credentialKinds, Delivery, indexLayout, JsCredentials, Lookup, SocketIndex, Verifier, Watcher',
      facts: [`Looked for:   ${foreign} (NAPI_RS_NATIVE_LIBRARY_PATH)`],
      advice: [`Take NAPI_RS_NATIVE_LIBRARY_PATH out of the environment: it names ${foreign}`],
    });
  });

  test('asks for WebAssembly', async (t) => {
    const told = await toldIn(appWith(t).folder, { env: { NAPI_RS_FORCE_WASI: 'error' } });
    assert.match(
      told.message,
      /^passport-socketio-native cannot start: a WebAssembly build is asked for, and there is none\./,
    );
  });

  test('is an ES module, or a worker thread', async (t) => {
    const { folder } = appWith(t, null);
    const message = `passport-socketio-native cannot start: ${PACKAGE} is not installed.`;
    const module = await runIn(
      folder,
      `import('passport-socketio-native').catch((error) => console.log(error.message, error.code))`,
    );
    assert.ok(module.out.startsWith(message) && module.out.endsWith(CODE), module.out + module.err);
    const worker = await runIn(
      folder,
      `new (require('node:worker_threads').Worker)("require('passport-socketio-native')", { eval: true })
         .on('error', (error) => console.log(error.message));`,
    );
    assert.ok(worker.out.startsWith(message), worker.out + worker.err);
  });

  test('gives no reports: only the C library is not named', async (t) => {
    const { folder } = appWith(t, { binary: Buffer.alloc(0) });
    const { message } = await toldIn(folder, {
      script: `process.report.getReport = () => { throw new Error('no'); };`,
    });
    const name = `${process.platform}-${process.arch}, Node ${process.versions.node}`;
    assert.ok(message.includes(`\n  This machine: ${name} `), message);
  });

  test('says the same when asked again', async (t) => {
    const { message } = await toldIn(appWith(t, null).folder, {
      script: `try { require('passport-socketio-native'); } catch {}`,
    });
    assert.ok(
      message.startsWith(`passport-socketio-native cannot start: ${PACKAGE} is not installed.`),
      message,
    );
  });
});

describe('the package manager', () => {
  const locks = {
    'package-lock.json': 'npm',
    'npm-shrinkwrap.json': 'npm',
    'pnpm-lock.yaml': 'pnpm',
    'yarn.lock': 'yarn',
    'bun.lock': 'bun',
    'bun.lockb': 'bun',
  };
  const linesOf = ({ message }) => Object.keys(LINES).filter((name) => message.includes(`\n${LINES[name]}`));

  test('is known by its lock file, in a folder above too', async (t) => {
    for (const [file, manager] of Object.entries(locks)) {
      const { folder } = appWith(t, null);
      fs.writeFileSync(path.join(folder, file), '');
      const below = path.join(folder, 'packages', 'server');
      fs.mkdirSync(below, { recursive: true });
      for (const each of [folder, below]) {
        assert.deepEqual(
          linesOf(await toldIn(each, { env: { npm_config_user_agent: 'npm/11.0.0 node/v24' } })),
          [manager],
        );
      }
    }
  });

  test('is known by who started the script', async (t) => {
    const { folder } = appWith(t, null);
    const agents = {
      'npm/10.8.2 node/v20 linux x64': ['npm'],
      'yarn/1.22.22 npm/?': ['yarn'],
      'other/1': Object.keys(LINES),
    };
    for (const [agent, managers] of Object.entries(agents)) {
      assert.deepEqual(linesOf(await toldIn(folder, { env: { npm_config_user_agent: agent } })), managers);
    }
    fs.writeFileSync(path.join(folder, 'package-lock.json'), '');
    fs.writeFileSync(path.join(folder, 'yarn.lock'), '');
    assert.deepEqual(linesOf(await toldIn(folder, { env: { npm_config_user_agent: 'yarn/4.0.0' } })), [
      'yarn',
    ]);
  });
});

test('a package that loads makes no report and reads none of the files that explain', async (t) => {
  const script = `
    process.report.getReport = () => console.log('a report');
    require('passport-socketio-native');
    const path = require('node:path');
    const files = Object.keys(require.cache).filter((file) => path.basename(path.dirname(file)) === 'addon');
    console.log(files.map((file) => path.basename(file)).join());`;
  assert.deepEqual(await runIn(appWith(t).folder, script), { out: 'index.js', err: '', code: 0 });
});

function faked(object, values) {
  return Object.entries(values)
    .map(([name, value]) => `Object.defineProperty(${object}, '${name}', { value: '${value}' });`)
    .join('');
}

/** `x86_64-pc-windows-msvc` is the package that ends in `win32-x64-msvc`. */
function endingOf(target) {
  const [cpu, , system, abi] = target.split('-');
  const arch = { x86_64: 'x64', aarch64: 'arm64', armv7: 'arm' }[cpu];
  return [system === 'windows' ? 'win32' : system, arch, abi].filter(Boolean).join('-');
}
