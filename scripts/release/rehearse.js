'use strict';

// `npm run release:rehearse`: a whole release, but into a local registry. Builds the addon, packs, checks and publishes all
// packages, installs them with each package manager into an empty folder on a "machine" without a compiler, and runs an app
// there that authorizes sockets. Everything is in a temporary folder.
//
//   --tarballs DIR    use these packages instead of building them
//   --digest SHA256   of these packages, as digest.js printed it when they were packed
//   --managers A,B    only these, by the beginnings of their names
//   --small-redis     with a stand-in for Redis, on a machine without it

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { CannotPrepare, installRedis, main, npmOutput, say } = require('../support/prepare');
const { startRedis } = require('../support/redis-server');
const { publish } = require('./publish');
const { PACKAGES, managersOf } = require('./rehearsal/managers');
const { Place } = require('./rehearsal/place');
const { startProcess } = require('./rehearsal/process');
const { printTable, tryManager } = require('./rehearsal/trial');
const { STAGED, digestOf, readStaged } = require('./staged');
const { hostTarget } = require('./targets');

const OPTIONS = {
  tarballs: { type: 'string' },
  digest: { type: 'string' },
  managers: { type: 'string', default: '' },
  'small-redis': { type: 'boolean' },
};

main(async () => {
  const { values } = parseArgs({ options: OPTIONS });
  const npm = process.env.npm_execpath;
  if (!npm?.endsWith('.js'))
    throw new CannotPrepare('Run this as "npm run release:rehearse": it has to know npm.');
  const target = hostTarget();
  if (target === undefined)
    throw new CannotPrepare(`No package is made for ${process.platform} ${process.arch}.`);
  if (!values['small-redis']) installRedis();
  const { tarballs, digest } = values.tarballs === undefined ? buildAndStage(target) : packed(values);

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rehearsal-'));
  const servers = [];
  const started = async (starting) => {
    const server = await starting;
    servers.push(server);
    return server.url;
  };
  try {
    const place = new Place(folder);
    const uplink = npmOutput(['config', 'get', 'registry']).trim();
    const registry = await started(startProcess(path.join(__dirname, 'rehearsal', 'registry.js'), [uplink]));
    const redisUrl = await started(values['small-redis'] ? startSmallRedis() : startRedis());
    say('Publishing to a registry of our own');
    await publishTo(registry, folder, { tarballs, digest });
    const managers = await installManagers({ place, npm, registry, wanted: values.managers.split(',') });
    say('Installing into empty folders, without a compiler, and authorizing sockets there');
    const rows = [];
    for (const manager of managers) rows.push(await tryManager(manager, { place, redisUrl, target }));
    printTable(rows, readStaged(tarballs), target);
    const failed = rows.filter(({ fault }) => fault !== undefined);
    if (failed.length > 0)
      throw new Error(`The rehearsal failed with ${failed.map(({ name }) => name).join(', ')}`);
  } finally {
    for (const server of servers) await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

/** Required here, not above: with given tarballs, the development packages need not be installed. */
function buildAndStage(target) {
  const { ADDONS, buildRelease } = require('./build');
  const { stage } = require('./stage');
  const { verify } = require('./verify');
  buildRelease(target);
  say('Packing and checking all packages; addons for other platforms are stubs unless they were built here');
  stage({ out: STAGED, addons: ADDONS, stubs: true });
  verify(STAGED);
  const tarballs = path.join(STAGED, 'tarballs');
  return { tarballs, digest: digestOf(tarballs) };
}

function packed({ tarballs, digest }) {
  if (digest === undefined) console.log('NOT COMPARED with what was packed: no --digest is given');
  return { tarballs: path.resolve(tarballs), digest: digest ?? digestOf(tarballs) };
}

function startSmallRedis() {
  console.log('NO REDIS HERE: the app speaks to a stand-in that knows a handful of commands');
  return startProcess(path.join(__dirname, 'rehearsal', 'small-redis.js'), []);
}

/** Uses the program that publishes a real release. */
async function publishTo(registry, folder, packages) {
  const userconfig = path.join(folder, 'publisher.npmrc');
  fs.writeFileSync(
    userconfig,
    `registry=${registry}\n${registry.replace('http:', '')}:_authToken=rehearsal\n`,
  );
  const env = { ...process.env, npm_config_userconfig: userconfig, npm_config_registry: registry };
  await publish({ ...packages, stubs: true, env });
}

async function installManagers({ place, npm, registry, wanted }) {
  const folder = place.make('managers');
  const modules = path.join(folder, 'node_modules');
  const managers = managersOf({ npm, modules, registry }).filter(({ name }) =>
    wanted.some((beginning) => name.startsWith(beginning)),
  );
  if (managers.length === 0) throw new Error(`No package manager is called ${wanted.join(' or ')}`);
  if (managers.some(({ name }) => !name.startsWith('npm'))) {
    // Not with the cache of the place, which must be empty for the first manager.
    const cache = path.join(folder, 'cache');
    const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--cache', cache];
    await place.node([npm, 'install', ...quiet, ...PACKAGES], { cwd: folder });
  }
  return managers;
}
