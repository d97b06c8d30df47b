'use strict';

// Publishes the tarballs of stage.js: the platform packages first, the main package last. The main package waits until the
// registry has all others, so that nobody can install a version without its addon. Running it again skips what is
// published. Node builtins only: the job that may publish runs no code of other packages but npm.
//
//   node scripts/release/publish.js --tarballs DIR --digest SHA256 [--provenance] [--dry-run]

const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { spawnSync } = require('node:child_process');
const { parseArgs } = require('node:util');
const { main, npm, npmCommand } = require('../support/prepare');
const { digestFaults, integrityFaults, readStaged } = require('./staged');

const VISIBLE_WITHIN_MS = 10 * 60_000;
const POLL_MS = 5_000;

/**
 * @param {object} options
 * @param {string} options.tarballs
 * @param {string} options.digest of the tarballs, as digest.js printed it when they were packed
 * @param {boolean} [options.provenance] signed by the CI
 * @param {boolean} [options.dryRun]
 * @param {boolean} [options.stubs] accept stubs, in a rehearsal
 * @param {object} [options.env] for npm
 */
async function publish({
  tarballs,
  digest,
  provenance = false,
  dryRun = false,
  stubs = false,
  env = process.env,
}) {
  const list = readStaged(tarballs);
  const faults = [
    ...digestFaults(tarballs, digest),
    ...integrityFaults(tarballs),
    ...list.filter(({ stub }) => stub && !stubs).map(({ name }) => `${name} is a stub`),
  ];
  if (faults.length > 0) throw new Error(`Nothing was published:\n${faults.join('\n')}`);
  const publishOne = (each) => publishPackage(each, { tarballs, provenance, dryRun, env });
  const platforms = list.filter(({ folder }) => folder !== 'main');
  platforms.forEach(publishOne);
  if (!dryRun) await allVisible(platforms, env);
  const mainPackage = list.find(({ folder }) => folder === 'main');
  publishOne(mainPackage);
  if (!dryRun) await allVisible([mainPackage], env);
}

function publishPackage(staged, { tarballs, provenance, dryRun, env }) {
  const { name, version, file } = staged;
  if (!dryRun && isPublished(staged, env)) {
    console.log(`${name} ${version} is there already`);
    return;
  }
  const flags = ['--access', 'public', '--ignore-scripts'];
  // Without this, npm tags a prerelease as `latest`, the default of `npm install`.
  if (version.includes('-')) flags.push('--tag', 'next');
  if (provenance) flags.push('--provenance');
  if (dryRun) flags.push('--dry-run');
  // An absolute path: npm reads `tarballs/x.tgz` as a repository on GitHub.
  npm(['publish', '--loglevel', 'warn', path.resolve(tarballs, file), ...flags], `npm publish ${file}`, {
    env,
  });
}

/** @throws {Error} if that version was published with other contents */
function isPublished({ name, version, integrity }, env) {
  const [command, before] = npmCommand();
  const view = ['view', `${name}@${version}`, 'dist.integrity', '--json', '--prefer-online'];
  const { stdout } = spawnSync(command, [...before, ...view], { env, encoding: 'utf8' });
  // For an unknown version npm prints nothing; for an unknown package, an object with the error.
  const found = stdout.trim() === '' ? undefined : JSON.parse(stdout);
  if (typeof found !== 'string') return false;
  if (found === integrity) return true;
  throw new Error(`${name} ${version} has been published before, from other files: raise the version`);
}

/** The registry can take a while until it serves a package that it has accepted. */
async function allVisible(packages, env) {
  const deadline = Date.now() + VISIBLE_WITHIN_MS;
  for (const each of packages) {
    while (!isPublished(each, env)) {
      if (Date.now() > deadline) {
        throw new Error(
          `${each.name} was published, but the registry does not show it: run this again later`,
        );
      }
      await sleep(POLL_MS);
    }
  }
}

if (require.main === module) {
  main(() => {
    const { values } = parseArgs({
      options: {
        tarballs: { type: 'string' },
        digest: { type: 'string' },
        provenance: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
      },
    });
    return publish({ ...values, dryRun: values['dry-run'] });
  });
}

module.exports = { publish };
