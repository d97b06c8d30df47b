'use strict';

// `npm run release:verify`: checks the staged packages without publishing them. It skips stubs, and prints which;
// `--complete` refuses them.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { ROOT, main, say } = require('../support/prepare');
const { binaryFaults } = require('./gates/binary');
const { contentFaults, listContents } = require('./gates/contents');
const { manifestFaults } = require('./gates/manifests');
const { versionFaults } = require('./gates/versions');
const { STAGED, readStaged } = require('./staged');
const { TARGETS } = require('./targets');

const CONTENTS = path.join(__dirname, 'contents.txt');
const LINTERS = [
  { name: 'publint', args: ['--strict'] },
  { name: '@arethetypeswrong/cli', command: 'attw', args: ['--format', 'ascii', '--no-color', '--no-emoji'] },
];

/**
 * @param {string} staged the output folder of stage.js
 * @param {{ update?: boolean, complete?: boolean }} [options] `update`: accept the contents
 * @throws {Error} with all faults
 */
function verify(staged, { update = false, complete = false } = {}) {
  const list = readStaged(path.join(staged, 'tarballs'));
  const contents = listContents(list);
  if (update) fs.writeFileSync(CONTENTS, contents);
  const faults = [
    ...versionFaults(ROOT),
    ...contentFaults(fs.readFileSync(CONTENTS, 'utf8'), contents).map(
      (fault) => `${fault} (if that is right: npm run check:package -- --update)`,
    ),
    ...manifestFaults(...readManifests(staged)),
    ...addonFaults(staged, list, complete),
    ...lint(path.join(staged, 'tarballs', list.find(({ folder }) => folder === 'main').file)),
  ];
  if (faults.length > 0)
    throw new Error(`The packages cannot be published:\n${faults.map((each) => `- ${each}`).join('\n')}`);
}

function readManifests(staged) {
  const read = (folder) =>
    JSON.parse(fs.readFileSync(path.join(staged, 'packages', folder, 'package.json'), 'utf8'));
  return [read('main'), new Map(TARGETS.map(({ name }) => [name, read(name)]))];
}

function addonFaults(staged, list, complete) {
  const stubs = list.filter(({ stub }) => stub);
  if (stubs.length > 0)
    console.log(`NOT CHECKED, for they are stubs: ${stubs.map(({ folder }) => folder).join(', ')}`);
  return TARGETS.flatMap((target) => {
    const { stub } = list.find(({ folder }) => folder === target.name);
    if (stub && complete) return [`${target.file} was not built`];
    if (stub) return [];
    const file = fs.readFileSync(path.join(staged, 'packages', target.name, target.file));
    console.log(`${target.file}: ${file.length} bytes`);
    return binaryFaults(file, target);
  });
}

function lint(tarball) {
  return LINTERS.filter(({ name, command = name, args }) => {
    const manifest = path.join(ROOT, 'node_modules', name, 'package.json');
    const { bin } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
    const program = path.join(path.dirname(manifest), typeof bin === 'string' ? bin : bin[command]);
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args, tarball], {
      encoding: 'utf8',
    });
    if (status !== 0) console.error(`${stdout}${stderr}`);
    return status !== 0;
  }).map(({ command, name }) => `${command ?? name} has found something, see above`);
}

if (require.main === module) {
  main(() => {
    const { values } = parseArgs({ options: { complete: { type: 'boolean' } } });
    verify(STAGED, values);
    say('The packages are as they should be');
  });
}

module.exports = { verify };
