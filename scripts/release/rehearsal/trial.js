'use strict';

const fs = require('node:fs');
const path = require('node:path');

const APP = path.join(__dirname, 'app');
const MAIN = 'passport-socketio-native';
const BINDING = /passport-socketio[/+-]binding-(?<target>[a-z0-9-]+?)(?=$|@|-npm-)/;

/**
 * Installs the package with one manager: first alone, to measure it, then in an app, to run that.
 *
 * @param {import('./managers').Manager} manager
 * @param {{ place: import('./place').Place, redisUrl: string, target: object }} conditions
 * @returns {Promise<object>} a row of the table; `fault` is set if something failed, which was printed
 */
async function tryManager(manager, { place, redisUrl, target }) {
  const row = { name: manager.name };
  try {
    Object.assign(row, await installAlone(manager, place, target));
    Object.assign(row, await runApp(manager, place, redisUrl, target));
  } catch (error) {
    row.fault = error;
    console.error(`${manager.name}: ${error.message}`);
  }
  return row;
}

async function installAlone(manager, place, target) {
  const project = makeProject(manager, place, 'alone', { private: true, dependencies: { [MAIN]: '*' } });
  const { seconds } = await place.node(manager.install, { cwd: project, env: manager.env });
  const packages = manager.packages(project);
  const bindings = packages.map((name) => BINDING.exec(name)?.groups.target).filter(Boolean);
  checkBindings(bindings, target, manager);
  return { seconds, packages: packages.length, bindings, size: sizeOf(project) };
}

async function runApp(manager, place, redisUrl, target) {
  const manifest = JSON.parse(fs.readFileSync(path.join(APP, 'package.json'), 'utf8'));
  const project = makeProject(manager, place, 'app', manifest);
  fs.copyFileSync(path.join(APP, 'app.js'), path.join(project, 'app.js'));
  const { seconds } = await place.node(manager.install, { cwd: project, env: manager.env });
  const { out } = await place.node([...manager.run, 'app.js', redisUrl], { cwd: project, env: manager.env });
  const { user, refused, addon } = JSON.parse(out);
  if (path.basename(addon) !== target.file || !real(addon).startsWith(real(place.folder))) {
    throw new Error(`it loaded ${addon}`);
  }
  return { appSeconds: seconds, result: `${user} in; refused: ${[...new Set(refused)].join(', ')}` };
}

/** Compares real paths: on Windows a folder can have a second, short name. */
function real(file) {
  return fs.realpathSync.native(file);
}

/** A folder with nothing but the settings of the manager. */
function makeProject(manager, place, kind, manifest) {
  const project = place.make(path.join('projects', `${manager.name.replaceAll(' ', '-')}-${kind}`));
  const files = { ...manager.files, 'package.json': JSON.stringify(manifest) };
  for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(project, file), text);
  return project;
}

/** Exactly the package for this machine must be there. Some managers, and old npm, ignore libc and install several. */
function checkBindings(bindings, target, { libc = true }) {
  const alien = bindings.filter((name) => name !== target.name);
  const sameMachine = alien.every((name) => name.startsWith(`${target.system}-${target.arch}-`));
  if (bindings.includes(target.name) && (alien.length === 0 || (!libc && sameMachine))) return;
  throw new Error(`it installed the addons ${bindings.join(', ') || 'of no platform'} on ${target.name}`);
}

/** The bytes of all files; links do not count. */
function sizeOf(entry) {
  const stat = fs.lstatSync(entry);
  if (!stat.isDirectory()) return stat.size;
  return fs.readdirSync(entry).reduce((sum, name) => sum + sizeOf(path.join(entry, name)), 0);
}

/** @param {object[]} rows @param {import('../staged').StagedPackage[]} staged @param {object} target */
function printTable(rows, staged, target) {
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
  const table = [['manager', 'install', 'on disk', 'packages', 'app install', 'app']];
  for (const { name, seconds, size, packages, appSeconds, result, fault } of rows) {
    const cells = [
      seconds && `${seconds.toFixed(1)} s`,
      size && megabytes(size),
      packages,
      appSeconds && `${appSeconds.toFixed(1)} s`,
    ];
    table.push([name, ...cells.map((cell) => String(cell ?? '-')), fault ? 'FAILED' : result]);
  }
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  const ours = staged.filter(({ folder }) => folder === 'main' || folder === target.name);
  const sum = (key) => megabytes(ours.reduce((total, each) => total + each[key], 0));
  console.log(
    `\nThe two packages of one platform: ${sum('size')} to download, ${sum('unpackedSize')} unpacked.`,
  );
}

module.exports = { printTable, tryManager };
