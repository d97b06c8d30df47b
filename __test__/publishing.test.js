'use strict';

// The program that publishes, against a registry of our own: order, repetition, and what it refuses. The digest comes
// from the program that the job `pack` runs.

const assert = require('node:assert/strict');
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { startProcess } = require('../scripts/release/rehearsal/process');
const { digestFaults, digestOf, readStaged, writeStaged } = require('../scripts/release/staged');

const SCRIPTS = path.join(__dirname, '..', 'scripts', 'release');
const PLATFORM = '@passport-socketio/binding-linux-x64-gnu';
const MAIN = 'passport-socketio-native';

test('platform packages first; again: nothing; the same version from other files: refused', async (t) => {
  const { folder, publish } = await scene(t);
  const tarballs = pack(folder, 'first', 'one');

  const first = await publish(tarballs);
  assert.equal(first.code, 0, first.out);
  assert.ok(first.out.indexOf(`+ ${PLATFORM}@1.0.0`) < first.out.indexOf(`+ ${MAIN}@1.0.0`), first.out);

  const again = await publish(tarballs);
  assert.equal(again.code, 0, again.out);
  assert.match(
    again.out,
    new RegExp(`${PLATFORM} 1\\.0\\.0 is there already\n${MAIN} 1\\.0\\.0 is there already`),
  );

  const other = await publish(pack(folder, 'second', 'two'));
  assert.equal(other.code, 1);
  assert.match(other.out, /has been published before, from other files/);
});

test('a stub, or a tarball that is not the one that was checked: nothing is published', async (t) => {
  const { folder, publish } = await scene(t);
  const tarballs = pack(folder, 'stub', 'one');
  const list = readStaged(tarballs);
  writeStaged(tarballs, [{ ...list[0], stub: true }, list[1]]);
  const stub = await publish(tarballs);
  assert.equal(stub.code, 1);
  assert.match(stub.out, /Nothing was published:\n@passport-socketio\/binding-linux-x64-gnu is a stub/);

  writeStaged(tarballs, list);
  fs.appendFileSync(path.join(tarballs, list[0].file), 'x');
  // Its digest is taken anew, so that the list alone knows better.
  const tampered = await publish(tarballs);
  assert.equal(tampered.code, 1);
  assert.match(tampered.out, /is not the file that was packed/);

  fs.copyFileSync(path.join(pack(folder, 'good', 'one'), list[0].file), path.join(tarballs, list[0].file));
  const dry = await publish(tarballs, '--dry-run');
  assert.equal(dry.code, 0, dry.out);
  const real = await publish(tarballs);
  assert.equal(real.code, 0, real.out);
  assert.doesNotMatch(real.out, /already/);
});

for (const [title, change, also] of [
  ['a changed tarball', (file) => fs.appendFileSync(file, 'x'), /\.tgz is not the file that was packed\n/],
  ['a missing tarball', (file) => fs.rmSync(file), /\.tgz is missing\n/],
  ['an added file', (file) => fs.copyFileSync(file, `${file}.more.tgz`), /^/],
  ['a renamed tarball, and a list that knows it', renameIn, /^/],
  ['a changed tarball, and a list that knows it', replaceIn, /^/],
]) {
  test(`the digest of what was packed: ${title} is refused, nothing is published`, async (t) => {
    const { folder, publishWith } = await scene(t);
    const tarballs = pack(folder, 'packed', 'one');
    const digest = printedDigest(tarballs);
    const [{ file }] = readStaged(tarballs);
    change(path.join(tarballs, file), tarballs, () => pack(folder, 'other', 'two'));
    const { code, out } = await publishWith(digest, tarballs);
    assert.equal(code, 1);
    assert.match(out, /Nothing was published:\nthe files in packed have the digest [0-9a-f]{64}, and those/);
    assert.ok(out.includes(`those that were packed had ${digest}`), out);
    assert.match(out, also);
    assert.doesNotMatch(out, /^\+ /m);
  });
}

test('no digest, or something else: nothing is published, not even for a rehearsal', async (t) => {
  const { folder, publishWith } = await scene(t);
  const tarballs = pack(folder, 'packed', 'one');
  for (const digest of ['', 'sha512-x', printedDigest(tarballs).toUpperCase()]) {
    const { code, out } = await publishWith(digest, tarballs, '--dry-run');
    assert.equal(code, 1);
    assert.ok(out.includes(`"${digest}" is no digest`), out);
  }
  assert.equal(digestFaults(tarballs, undefined).length, 1);
});

test('the digest is that of the folder’s names and contents, however it lists them', (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'digest-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const name of ['b.tgz', 'B.tgz2', 'a.tgz']) fs.writeFileSync(path.join(folder, name), `${name}\n`);
  // By `LC_ALL=C; sha256sum -- * | sha256sum`.
  assert.equal(digestOf(folder), 'a60a495b00d30931653e8eca4912fc0cb2fe42d873a0c9241f7cbc2b70b2767a');
  assert.deepEqual(digestFaults(folder, digestOf(folder)), []);
});

test('the workflows: the digest goes from `pack` to everybody who downloads the tarballs', () => {
  const workflows = path.join(__dirname, '..', '.github', 'workflows');
  const read = (name) => fs.readFileSync(path.join(workflows, name), 'utf8');
  const commands = (text) => text.match(/^.*--tarballs tarballs.*$/gm);
  const binaries = read('binaries.yml');
  const release = read('release.yml');
  assert.match(binaries, /value: \$\{\{ jobs\.pack\.outputs\.digest \}\}/);
  assert.match(binaries, /digest: \$\{\{ steps\.digest\.outputs\.digest \}\}/);
  assert.match(
    binaries,
    /id: digest\n +run: node scripts\/release\/digest\.js \| tee --append "\$GITHUB_OUTPUT"/,
  );
  for (const [text, job, uses] of [
    [binaries, 'pack', 2],
    [release, 'binaries', 2],
  ]) {
    assert.equal(commands(text).length, uses);
    for (const command of commands(text)) assert.match(command, /--tarballs tarballs --digest "\$DIGEST"/);
    assert.equal(text.split(`DIGEST: \${{ needs.${job}.outputs.digest }}`).length - 1, uses);
  }
});

/** What the job `pack` puts into $GITHUB_OUTPUT. */
function printedDigest(tarballs) {
  const script = path.join(SCRIPTS, 'digest.js');
  const printed = execFileSync(process.execPath, [script, '--tarballs', tarballs], { encoding: 'utf8' });
  const [, digest] = /^digest=([0-9a-f]{64})\n$/.exec(printed);
  return digest;
}

function renameIn(file, tarballs) {
  const [first, ...rest] = readStaged(tarballs);
  fs.renameSync(file, path.join(tarballs, 'another.tgz'));
  writeStaged(tarballs, [{ ...first, file: 'another.tgz' }, ...rest]);
}

function replaceIn(file, tarballs, packOther) {
  const other = packOther();
  fs.cpSync(other, tarballs, { recursive: true });
}

/** A registry, and the script that publishes to it. */
async function scene(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'publishing-'));
  const registry = await startProcess(path.join(SCRIPTS, 'rehearsal', 'registry.js'), [
    'http://127.0.0.1:1/',
  ]);
  t.after(async () => {
    await registry.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const userconfig = path.join(folder, 'npmrc');
  fs.writeFileSync(
    userconfig,
    `registry=${registry.url}\n${registry.url.replace('http:', '')}:_authToken=x\n`,
  );
  const env = { ...process.env, npm_config_userconfig: userconfig, npm_config_registry: registry.url };
  const publishWith = async (digest, tarballs, ...flags) => {
    // As the workflow calls it: npm would take `tarballs/x.tgz` for a repository on GitHub.
    const relative = path.relative(folder, tarballs);
    const script = [path.join(SCRIPTS, 'publish.js'), '--tarballs', relative, '--digest', digest, ...flags];
    const child = spawn(process.execPath, script, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (out += text));
    const [code] = await once(child, 'close');
    return { code, out };
  };
  const publish = (tarballs, ...flags) => publishWith(printedDigest(tarballs), tarballs, ...flags);
  return { folder, publish, publishWith };
}

/** @returns {string} a folder with the tarballs of two packages, and their list */
function pack(folder, name, content) {
  const tarballs = path.join(folder, name);
  fs.mkdirSync(tarballs);
  const list = [PLATFORM, MAIN].map((each) => {
    const source = path.join(folder, `${name}-source`, each);
    fs.mkdirSync(source, { recursive: true });
    fs.writeFileSync(path.join(source, 'package.json'), JSON.stringify({ name: each, version: '1.0.0' }));
    fs.writeFileSync(path.join(source, 'index.js'), `// ${content}\n`);
    const args = ['pack', source, '--json', '--pack-destination', tarballs];
    const [{ filename, integrity }] = JSON.parse(
      execFileSync('npm', args, { encoding: 'utf8', shell: process.platform === 'win32' }),
    );
    return {
      name: each,
      version: '1.0.0',
      folder: each === MAIN ? 'main' : 'linux-x64-gnu',
      file: filename,
      integrity,
    };
  });
  writeStaged(tarballs, list);
  return tarballs;
}
