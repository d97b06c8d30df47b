'use strict';

// docs/installing.md

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { promisify } = require('node:util');
const webpack = require('webpack');
const { MACHINE, VERSION, appWith, runIn, toldIn } = require('../../installed');
const { ROOT } = require('../blocks');
const { CONFIGS } = require('../configs');
const { installs } = require('../installs');
const { assertCommands } = require('../shell');
const { runWith } = require('../site');

const MODULES = path.join(ROOT, 'node_modules');
const APP = path.join(ROOT, '__test__', 'support', 'small-app.js');
const OTHER = MACHINE.name === 'darwin-arm64' ? 'linux-x64-gnu' : 'darwin-arm64';

module.exports = {
  'install from a checkout': installs,
  // What they make is tested by the rehearsal of a release.
  tarballs: (t, block) => assertCommands(block),
  'install the tarballs': (t, block) => assertCommands(block),

  'check that it loads': async (t, { code }) => {
    const [, script] = /^node -e "(.+)"$/.exec(code);
    assert.deepEqual(await runIn(appWith(t).folder, script), { out: '', err: '', code: 0 });
    const { code: status } = await runIn(appWith(t, null).folder, script);
    assert.equal(status, 1);
  },

  Dockerfile: (t, block) => CONFIGS.dockerfile(block),

  esbuild: async (t, { code }) => {
    const { folder } = appWith(t);
    fs.copyFileSync(APP, path.join(folder, 'server.js'));
    const esbuild = require('esbuild');
    const inFolder = { absWorkingDir: folder, nodePaths: [MODULES], logLevel: 'silent' };
    const build = (options) => esbuild.build({ ...options, ...inFolder });
    await runWith(code, { require: () => ({ build }) });
    await assertRuns(folder, `require('./dist/server.js')`);
  },

  webpack: async (t, { code }) => {
    const { folder } = appWith(t);
    fs.copyFileSync(APP, path.join(folder, 'server.js'));
    const module = {};
    runWith(code, { module });
    const stats = await promisify(webpack)({
      context: folder,
      entry: './server.js',
      mode: 'development',
      devtool: false,
      resolve: { modules: [MODULES, 'node_modules'] },
      output: { path: path.join(folder, 'dist'), filename: 'server.js' },
      ...module.exports,
    });
    assert.deepEqual(stats.toJson().errors, []);
    await assertRuns(folder, `require('./dist/server.js')`);
  },

  'an error of loading': async (t, { code }) => {
    const { folder } = appWith(t, { platform: OTHER, binary: Buffer.from('x') });
    const { message } = await toldIn(folder, { env: { npm_config_user_agent: 'npm/10.0.0 node/v22.0.0' } });
    assert.equal(inGeneral(message), inGeneral(code));
  },
};

/** An error without what belongs to the machine. */
function inGeneral(text) {
  return text
    .replaceAll(/This machine: .*/g, 'This machine: one')
    .replaceAll(/@passport-socketio\/binding-[\w-]+/g, (name) =>
      name.endsWith(OTHER) || name.endsWith('darwin-arm64') ? 'another package' : 'the package',
    )
    .replaceAll(/the package (\d[\w.-]*)/g, 'the package of a version')
    .replaceAll(VERSION, 'a version');
}

/** Starts a bundle where nothing but what is in `folder` can be found. */
async function assertRuns(folder, script) {
  // What is bundled is no longer in node_modules, where Node is silent about old calls.
  const { out, err, code } = await runIn(folder, script, { args: ['--no-deprecation'] });
  assert.deepEqual({ out, err, code }, { out: 'ann BAD_SIGNATURE', err: '', code: 0 });
}
