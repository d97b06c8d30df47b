'use strict';

// The program that publishes, against a registry of our own: order, repetition, and what it refuses.

const assert = require('node:assert/strict');
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { startProcess } = require('../scripts/release/rehearsal/process');
const { readStaged, writeStaged } = require('../scripts/release/staged');

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
  const publish = async (tarballs, ...flags) => {
    // As the workflow calls it: npm would take `tarballs/x.tgz` for a repository on GitHub.
    const relative = path.relative(folder, tarballs);
    const script = [path.join(SCRIPTS, 'publish.js'), '--tarballs', relative, ...flags];
    const child = spawn(process.execPath, script, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (out += text));
    const [code] = await once(child, 'close');
    return { code, out };
  };
  return { folder, publish };
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
