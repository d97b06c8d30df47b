'use strict';

// The gates before a release: each lets the right thing through, and says what is wrong with a wrong one.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { platforms: SUPPORTED } = require('../lib/addon/messages.json');
const { unpinned } = require('../scripts/lint-workflows');
const { readBinary } = require('../scripts/release/binary');
const { SIZE_BUDGET, binaryFaults, newestGlibc } = require('../scripts/release/gates/binary');
const { contentFaults, listContents } = require('../scripts/release/gates/contents');
const { manifestFaults } = require('../scripts/release/gates/manifests');
const { preflightFaults } = require('../scripts/release/gates/preflight');
const { versionFaults } = require('../scripts/release/gates/versions');
const { TARGETS, hostTarget } = require('../scripts/release/targets');
const { machO, pe } = require('./support/binaries');

const ROOT = path.join(__dirname, '..');
const HOST = hostTarget();
const ADDON = fs.readFileSync(path.join(ROOT, HOST.file));

const named = (name) => TARGETS.find((target) => target.name === name);

test('the platforms of the loader’s error, of napi-rs and of the release are the same', () => {
  const { napi } = require('../package.json');
  assert.deepEqual(TARGETS.map(({ name }) => name).sort(), Object.keys(SUPPORTED).sort());
  assert.deepEqual(TARGETS.map(({ triple }) => triple).sort(), [...napi.targets].sort());
  for (const target of TARGETS) {
    assert.equal(target.package, `${napi.packageName}-${target.name}`);
    assert.equal(target.file, `${napi.binaryName}.${target.name}.node`);
  }
});

test('the addon of this machine is read', () => {
  const { system, arch, libraries } = readBinary(ADDON);
  assert.deepEqual([system, arch], [process.platform, process.arch]);
  assert.ok(libraries.length > 0);
  assert.deepEqual(binaryFaults(ADDON, HOST, { release: false }), []);
});

if (HOST.glibc !== undefined) {
  test('Linux: the versions that a program asks of glibc', () => {
    const { libraries, versions } = readBinary(ADDON);
    assert.ok(libraries.includes('libc.so.6'));
    assert.ok(
      versions.includes('GLIBC_2.17'),
      'Rust’s standard library asks for getauxval or clock_gettime of 2.17',
    );
    assert.match(newestGlibc(versions), /^2\.\d+$/);
    const ancient = { ...HOST, glibc: '2.16' };
    assert.ok(
      binaryFaults(ADDON, ancient).some((fault) =>
        /asks for GLIBC_2\.\d+, and 2\.16 is promised/.test(fault),
      ),
    );
  });

  test('Linux: a library that musl does not have', () => {
    const musl = { ...named('linux-x64-musl'), arch: HOST.arch };
    assert.match(binaryFaults(ADDON, musl).join(), /needs the library libc\.so\.6/);
  });
}

test('versions are compared number by number', () => {
  assert.equal(newestGlibc(['GLIBC_2.9', 'GLIBC_2.17', 'GCC_4.2.0', 'GLIBC_2.2.5', 'GLIBC_PRIVATE']), '2.17');
  assert.equal(newestGlibc(['GCC_3.0']), undefined);
});

test('an addon for another machine, too large, or that is none', () => {
  const other = TARGETS.find(({ system, arch }) => system === HOST.system && arch !== HOST.arch);
  assert.match(binaryFaults(ADDON, other).join(), /was compiled for/);
  const large = Buffer.concat([ADDON, Buffer.alloc(SIZE_BUDGET)]);
  assert.match(
    binaryFaults(large, HOST).join(),
    new RegExp(`${large.length} bytes, and the budget is ${SIZE_BUDGET}`),
  );
  assert.match(binaryFaults(Buffer.from('<html>not found</html>'), HOST).join(), /cannot be read/);
  assert.match(binaryFaults(Buffer.alloc(0), HOST).join(), /cannot be read/);
});

test('macOS: architecture, libraries, oldest system', () => {
  const arm64 = 0x0100000c;
  const good = { type: arm64, libraries: ['/usr/lib/libSystem.B.dylib'], oldest: [11, 0] };
  const target = named('darwin-arm64');
  assert.deepEqual(readBinary(machO(good)), {
    system: 'darwin',
    arch: 'arm64',
    libraries: ['/usr/lib/libSystem.B.dylib'],
    oldestSystem: '11.0',
  });
  assert.deepEqual(binaryFaults(machO(good), target), []);
  assert.match(
    binaryFaults(machO({ ...good, oldest: [15, 0] }), target).join(),
    /wants macOS 15\.0, and 11\.0/,
  );
  const brewed = { ...good, libraries: ['/opt/homebrew/lib/libssl.3.dylib'] };
  assert.match(binaryFaults(machO(brewed), target).join(), /needs the library \/opt\/homebrew/);
  assert.match(binaryFaults(machO(good), named('darwin-x64')).join(), /compiled for darwin arm64/);
});

test('Windows: architecture, libraries', () => {
  const good = { machine: 0x8664, libraries: ['KERNEL32.dll', 'WS2_32.dll'] };
  const target = named('win32-x64-msvc');
  assert.deepEqual(readBinary(pe(good)), {
    system: 'win32',
    arch: 'x64',
    libraries: ['kernel32.dll', 'ws2_32.dll'],
  });
  assert.deepEqual(binaryFaults(pe(good), target), []);
  const runtime = { ...good, libraries: ['KERNEL32.dll', 'VCRUNTIME140.dll'] };
  assert.match(binaryFaults(pe(runtime), target).join(), /needs the library vcruntime140\.dll/);
  assert.match(binaryFaults(pe({ ...good, machine: 0xaa64 }), target).join(), /compiled for win32 arm64/);
});

const VERSIONED = [
  'package.json',
  'package-lock.json',
  'Cargo.toml',
  'Cargo.lock',
  'fuzz/Cargo.lock',
  'CHANGELOG.md',
  'binding.js',
];

test('the version: the repository’s files agree', () => {
  assert.deepEqual(versionFaults(ROOT), []);
});

for (const [file, change] of [
  ['package-lock.json', (text) => text.replace('"version": "', '"version": "9')],
  ['Cargo.toml', (text) => text.replace('version = "', 'version = "9')],
  ['Cargo.lock', (text) => text.replace('name = "passport-socketio-native"\nversion = "', '$&9')],
  ['fuzz/Cargo.lock', (text) => text.replace('name = "passport-socketio-native"\nversion = "', '$&9')],
  ['CHANGELOG.md', (text) => text.replace(/^## .+$/m, '## 99.0.0 (2030-01-01)')],
  ['CHANGELOG.md', (text) => text.replace(/^## .+$/gm, '')],
  ['binding.js', (text) => text.replace('expected ', 'expected 9')],
]) {
  test(`the version: another one in ${file} (${change('## 1.0.0').slice(0, 9)})`, (t) => {
    const root = copyOf(VERSIONED, t);
    fs.writeFileSync(path.join(root, file), change(fs.readFileSync(path.join(root, file), 'utf8')));
    const faults = versionFaults(root);
    assert.equal(faults.length, 1);
    assert.ok(faults[0].includes(path.basename(file)), faults[0]);
  });
}

test('the version: in package.json alone, everything else is wrong; the next version may be written about', (t) => {
  const root = copyOf(VERSIONED, t);
  const edit = (file, change) => {
    fs.writeFileSync(path.join(root, file), change(fs.readFileSync(path.join(root, file), 'utf8')));
  };
  edit('package.json', (text) => text.replace(/"version": ".+"/, '"version": "7.7.7"'));
  edit('CHANGELOG.md', (text) => text.replace(/^## .+$/m, '## 8.0.0 (unreleased)'));
  assert.equal(versionFaults(root).length, 6);
});

test('contents: what is new, what is missing', () => {
  const packages = [
    { name: 'b', files: ['z.js', 'a.js'] },
    { name: 'a', files: ['a.js'] },
  ];
  const text = listContents(packages);
  assert.equal(text, 'b\n  a.js\n  z.js\n\na\n  a.js\n');
  assert.deepEqual(contentFaults(text, text), []);
  assert.deepEqual(contentFaults(text.replaceAll('\n', '\r\n'), text), []);
  packages[0].files = ['z.js', '.env'];
  assert.deepEqual(contentFaults(text, listContents(packages)), ['b: .env is new', 'b: a.js is missing']);
});

test('manifests: scripts that run at install, versions and platforms that do not fit', () => {
  const version = '1.2.3';
  const main = {
    name: 'passport-socketio-native',
    version,
    license: 'MIT',
    optionalDependencies: Object.fromEntries(TARGETS.map((target) => [target.package, version])),
  };
  const platforms = () => new Map(TARGETS.map((target) => [target.name, manifestOf(target, main)]));
  const faultsWith = (name, change) => {
    const changed = platforms();
    changed.set(name, { ...changed.get(name), ...change });
    return manifestFaults(main, changed).join('\n');
  };
  assert.deepEqual(manifestFaults(main, platforms()), []);
  assert.match(
    manifestFaults({ ...main, scripts: { postinstall: 'x' } }, platforms()).join(),
    /"postinstall"/,
  );
  assert.match(
    manifestFaults({ ...main, optionalDependencies: {} }, platforms()).join(),
    /no version, not 1\.2\.3/,
  );
  const range = { ...main.optionalDependencies, [HOST.package]: '^1.2.3' };
  assert.match(
    manifestFaults({ ...main, optionalDependencies: range }, platforms()).join(),
    /at \^1\.2\.3, not 1\.2\.3/,
  );
  assert.match(manifestFaults(main, new Map()).join(), /there is no package for linux-x64-gnu/);
  assert.match(faultsWith('linux-x64-musl', { libc: ['glibc'] }), /has libc \["glibc"\], not \["musl"\]/);
  assert.match(faultsWith('linux-x64-gnu', { engines: { node: '>=20' } }), /has engines/);
  assert.match(faultsWith('darwin-x64', { version: '1.2.2' }), /has version "1\.2\.2", not "1\.2\.3"/);
  assert.match(faultsWith('win32-x64-msvc', { scripts: { install: 'x' } }), /"install"/);
});

test('preflight: tag, CHANGELOG, repository', () => {
  const url = 'git+https://github.com/owner/name.git';
  const good = {
    manifest: { version: '1.2.3', repository: { type: 'git', url } },
    changelog: '# Changelog\n\n## 1.2.3 (2030-01-31)\n',
    tag: 'v1.2.3',
    repository: 'Owner/name',
  };
  assert.deepEqual(preflightFaults(good), []);
  assert.deepEqual(preflightFaults({ ...good, tag: undefined, repository: undefined }), []);
  for (const [change, fault] of [
    [{ tag: 'v1.2.4' }, /the tag is v1\.2\.4/],
    [{ changelog: '## 1.2.3 (unreleased)\n' }, /is not "## 1\.2\.3 \(YYYY-MM-DD\)"/],
    [{ changelog: '## 1.2.2 (2030-01-31)\n' }, /is not "## 1\.2\.3/],
    [{ changelog: '' }, /is not "## 1\.2\.3/],
    [{ manifest: { version: '1.2.3' } }, /no repository\.url/],
    [{ manifest: { version: '1.2.3', repository: 'github:owner/name' } }, /is not of the form/],
    [
      { repository: 'somebody/name' },
      /repository\.url is of owner\/name, and this workflow runs in somebody\/name/,
    ],
  ]) {
    const faults = preflightFaults({ ...good, ...change });
    assert.equal(faults.length, 1, JSON.stringify(change));
    assert.match(faults[0], fault);
  }
});

test('workflows: an action that is not pinned to a commit', () => {
  const commit = 'a'.repeat(40);
  const text = [
    `      - uses: actions/checkout@${commit} # v6.0.2`,
    '        uses: ./.github/workflows/binaries.yml',
    '      - uses: actions/checkout@v6',
    `      - uses: actions/checkout@${commit}`,
  ].join('\n');
  assert.deepEqual(
    unpinned('x.yml', text).map((fault) => /^x\.yml:(\d)/.exec(fault)[1]),
    ['3', '4'],
  );
});

function manifestOf(target, { version, license }) {
  return {
    name: target.package,
    version,
    main: target.file,
    os: [target.system],
    cpu: [target.arch],
    ...(target.libc && { libc: [target.libc] }),
    license,
  };
}

function copyOf(files, t) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'versions-'));
  t.after(() => fs.rmSync(root, { recursive: true, force: true }));
  for (const file of files) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.copyFileSync(path.join(ROOT, file), path.join(root, file));
  }
  return root;
}
