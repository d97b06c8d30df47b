'use strict';

// `npm run release:stage`: packs the checkout and the addons of a folder into the tarballs of a release, in target/npm. It
// does not change the checkout.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { ROOT, main, npmOutput, say } = require('../support/prepare');
const { ADDONS, NAPI } = require('./build');
const { licenses } = require('./licenses');
const { STAGED, readStaged, writeStaged } = require('./staged');
const { TARGETS } = require('./targets');

const LICENSES = 'THIRD-PARTY-LICENSES.txt';
// Fields for the tools of this repository; a user of the package does not need them.
const DEVELOPMENT = ['devDependencies', 'napi', 'scripts'];

/**
 * @param {object} options
 * @param {string} options.out emptied first; gets `packages/<name>/`, `tarballs/` and `tarballs/packages.json`
 * @param {string} [options.addons] the folder with the addons
 * @param {boolean} [options.stubs] whether an empty file may replace a missing addon. A real publish refuses such a
 *   package.
 */
function stage({ out, addons, stubs = false }) {
  const packages = path.join(out, 'packages');
  const tarballs = path.join(out, 'tarballs');
  fs.rmSync(out, { recursive: true, force: true });
  const root = path.join(packages, 'main');
  copyMain(root);
  napi(['create-npm-dirs'], root);
  const crates = licenses();
  const stubbed = TARGETS.filter((target) => {
    const folder = path.join(root, 'npm', target.name);
    complete(folder, target, crates);
    return !placeAddon(folder, target, addons, stubs);
  });
  napi(['pre-publish', '--tag-style', 'npm', '--no-gh-release', '--skip-optional-publish'], root);
  for (const { name } of TARGETS) fs.renameSync(path.join(root, 'npm', name), path.join(packages, name));
  fs.rmdirSync(path.join(root, 'npm'));
  editManifest(root, (manifest) => DEVELOPMENT.forEach((key) => delete manifest[key]));
  fs.mkdirSync(tarballs);
  pack(packages, tarballs, stubbed);
}

/** The files that npm would publish from the checkout. */
function copyMain(root) {
  const [{ files }] = JSON.parse(npmOutput(['pack', '--dry-run', '--json', '--ignore-scripts'], ROOT));
  for (const { path: file } of files) {
    const copy = path.join(root, file);
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.copyFileSync(path.join(ROOT, file), copy);
  }
}

/** Prints nothing unless it fails: napi prints a line for each package. */
function napi(args, cwd) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [NAPI, ...args], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`napi ${args[0]} failed:\n${stdout}${stderr}`);
}

/** Adds what napi-rs does not write into the package of a target, and removes what it should not write. */
function complete(folder, target, crates) {
  const libc = target.libc === undefined ? '' : ` (${target.libc})`;
  const { name } = editManifest(folder, (manifest) => {
    manifest.description = `The compiled half of passport-socketio-native for ${target.system} ${target.arch}${libc}`;
    manifest.files.push(LICENSES);
    // No keywords: a search on npm should find the main package. No `engines`: npm would silently skip this package on
    // another Node, while the main package says what is wrong.
    delete manifest.keywords;
    delete manifest.engines;
  });
  const readme = [
    `# ${name}`,
    '',
    'The compiled half of [passport-socketio-native](https://www.npmjs.com/package/passport-socketio-native) for',
    `\`${target.triple}\`. It comes along with that package; nobody installs it by itself.`,
    '',
  ];
  fs.writeFileSync(path.join(folder, 'README.md'), readme.join('\n'));
  fs.writeFileSync(path.join(folder, LICENSES), crates);
  fs.copyFileSync(path.join(ROOT, 'LICENSE'), path.join(folder, 'LICENSE'));
}

/** @returns {boolean} whether the addon is a real one */
function placeAddon(folder, target, addons, stubs) {
  const built = addons && path.join(addons, target.file);
  const real = built !== undefined && fs.existsSync(built);
  if (!real && !stubs) throw new Error(`${target.file} is not in ${addons}`);
  if (real) fs.copyFileSync(built, path.join(folder, target.file));
  else fs.writeFileSync(path.join(folder, target.file), '');
  return real;
}

function editManifest(folder, edit) {
  const file = path.join(folder, 'package.json');
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
  edit(manifest);
  fs.writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** Platform packages first, the main one last: the order of publishing. */
function pack(packages, tarballs, stubbed) {
  const folders = [...TARGETS.map(({ name }) => name), 'main'];
  const paths = folders.map((folder) => path.join(packages, folder));
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', tarballs];
  const packed = JSON.parse(npmOutput([...args, ...paths], packages));
  const list = packed.map(({ name, version, filename, integrity, size, unpackedSize, files }, index) => ({
    name,
    version,
    folder: folders[index],
    file: filename,
    integrity,
    size,
    unpackedSize,
    files: files.map((file) => file.path),
    stub: stubbed.some((target) => target.name === folders[index]),
  }));
  writeStaged(tarballs, list);
}

if (require.main === module) {
  main(() => {
    const { values } = parseArgs({
      options: { addons: { type: 'string', default: ADDONS }, stubs: { type: 'boolean' } },
    });
    stage({ out: STAGED, ...values });
    say(`Staged in ${STAGED}`);
    for (const { name, size, unpackedSize, stub } of readStaged(path.join(STAGED, 'tarballs'))) {
      console.log(
        `${name.padEnd(46)}${String(size).padStart(9)} B${String(unpackedSize).padStart(9)} B${stub ? '  STUB' : ''}`,
      );
    }
  });
}

module.exports = { stage };
