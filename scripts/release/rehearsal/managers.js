'use strict';

const fs = require('node:fs');
const path = require('node:path');

/** The other package managers, as arguments of `npm install`. */
const PACKAGES = ['pnpm@10.34.8', 'yarn@1.22.22', '@yarnpkg/cli-dist@4.18.1'];

/**
 * The ways in which the package is installed.
 *
 * @param {object} tools
 * @param {string} tools.npm npm's program
 * @param {string} tools.modules node_modules with the other package managers
 * @param {string} tools.registry
 * @typedef {object} Manager
 * @property {string} name
 * @property {Record<string, string>} files settings, written into the project before the install
 * @property {string[]} install arguments for node
 * @property {string[]} run arguments for node, before the script
 * @property {(project: string) => string[]} packages the installed packages, as `name` or `name-version`
 * @property {object} [env]
 * @property {boolean} [libc] false: it installs the packages of every libc
 * @returns {Manager[]}
 */
function managersOf({ npm, modules, registry }) {
  const npmrc = { '.npmrc': `registry=${registry}\naudit=false\nfund=false\nupdate-notifier=false\n` };
  const npmInstall = (name, ...flags) => ({
    name,
    files: npmrc,
    install: [npm, 'install', '--no-progress', ...flags],
    run: [],
    packages: inNodeModules,
  });
  return [
    npmInstall('npm'),
    npmInstall('npm --ignore-scripts', '--ignore-scripts'),
    // From the cache, which the first two have filled.
    npmInstall('npm --offline', '--offline'),
    {
      name: 'pnpm',
      files: npmrc,
      install: [path.join(modules, 'pnpm', 'bin', 'pnpm.cjs'), 'install', '--reporter=append-only'],
      run: [],
      packages: (project) => inNodeModules(path.join(project, 'node_modules', '.pnpm')),
    },
    {
      name: 'yarn 1',
      files: { ...npmrc, '.yarnrc': `registry "${registry}"\n` },
      install: [
        path.join(modules, 'yarn', 'bin', 'yarn.js'),
        'install',
        '--no-progress',
        '--non-interactive',
      ],
      run: [],
      packages: inNodeModules,
      libc: false,
    },
    {
      name: 'yarn 4 PnP',
      files: { '.yarnrc.yml': yarnSettings(registry), 'yarn.lock': '' },
      install: [path.join(modules, '@yarnpkg', 'cli-dist', 'bin', 'yarn.js'), 'install'],
      run: ['--require', './.pnp.cjs'],
      packages: (project) => namesIn(path.join(project, '.yarn', 'cache')),
      env: { YARN_GLOBAL_FOLDER: path.join(path.dirname(modules), 'yarn') },
    },
  ];
}

function yarnSettings(registry) {
  return [
    `npmRegistryServer: '${registry}'`,
    "unsafeHttpWhitelist: ['127.0.0.1']",
    'nodeLinker: pnp',
    'enableGlobalCache: false',
    'enableImmutableInstalls: false',
    'enableTelemetry: false',
    // yarn skips versions that are younger than a day; these are seconds old.
    "npmMinimalAgeGate: '0'",
    '',
  ].join('\n');
}

/** @returns {string[]} with scopes: `@scope/name`, and pnpm's `@scope+name@version` as they are */
function inNodeModules(folder) {
  const modules = path.basename(folder) === '.pnpm' ? folder : path.join(folder, 'node_modules');
  return namesIn(modules).flatMap((name) =>
    name.startsWith('@') && !name.includes('+')
      ? namesIn(path.join(modules, name)).map((each) => `${name}/${each}`)
      : [name],
  );
}

function namesIn(folder) {
  const files = fs.readdirSync(folder, { withFileTypes: true });
  return files.map(({ name }) => name).filter((name) => !/^(\..*|node_modules|lock\.yaml)$/.test(name));
}

module.exports = { PACKAGES, managersOf };
