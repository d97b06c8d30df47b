'use strict';

// Apps in a bundle: the package left out of it, or taken in with its binary copied beside. The samples of docs/installing.md
// are run by pages.test.js.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');
const esbuild = require('esbuild');
const webpack = require('webpack');
const { appWith, runIn } = require('./support/installed');

const MODULES = path.join(__dirname, '..', 'node_modules');
const APP = path.join(__dirname, 'support', 'small-app.js');

/** An app of its own folder, with this package installed; the others come from the repository. */
function appToBundle(t) {
  const { folder } = appWith(t);
  fs.copyFileSync(APP, path.join(folder, 'app.js'));
  return folder;
}

function esbuildOf(folder, options) {
  return esbuild.build({
    absWorkingDir: folder,
    entryPoints: ['app.js'],
    bundle: true,
    platform: 'node',
    nodePaths: [MODULES],
    outdir: 'dist',
    logLevel: 'silent',
    ...options,
  });
}

/** Starts a bundle where nothing but what is in `folder` can be found. */
async function assertRuns(folder, script) {
  // What is bundled is no longer in node_modules, where Node keeps silent about old calls.
  const { out, err, code } = await runIn(folder, script, { args: ['--no-deprecation'] });
  assert.deepEqual({ out, err, code }, { out: 'ann BAD_SIGNATURE', err: '', code: 0 });
}

test('esbuild, the package external', async (t) => {
  const folder = appToBundle(t);
  const { warnings } = await esbuildOf(folder, { external: ['passport-socketio-native'] });
  assert.deepEqual(warnings, []);
  await assertRuns(folder, `require('./dist/app.js')`);
});

test('esbuild to an ES module, the package external', async (t) => {
  const folder = appToBundle(t);
  const banner = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;
  await esbuildOf(folder, {
    external: ['passport-socketio-native'],
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    banner: { js: banner },
  });
  await assertRuns(folder, `import('./dist/app.mjs')`);
});

test('esbuild, all in one, the binary copied beside', async (t) => {
  const folder = appToBundle(t);
  await esbuildOf(folder, { loader: { '.node': 'copy' } });
  fs.rmSync(path.join(folder, 'node_modules'), { recursive: true });
  const [binary] = fs.readdirSync(path.join(folder, 'dist')).filter((name) => name.endsWith('.node'));
  assert.ok(binary);
  await assertRuns(folder, `require('./dist/app.js')`);

  fs.rmSync(path.join(folder, 'dist', binary));
  const { err } = await runIn(folder, `require('./dist/app.js')`);
  assert.match(
    err,
    /passport-socketio-native cannot start: @passport-socketio\/binding-\S+ is not installed\./,
  );
  assert.match(err, /The package is part of a bundle, which did not take the binary along\./);
});

test('webpack, the package in externals', async (t) => {
  const folder = appToBundle(t);
  const stats = await promisify(webpack)({
    context: folder,
    entry: './app.js',
    target: 'node',
    mode: 'development',
    devtool: false,
    externals: { 'passport-socketio-native': 'commonjs passport-socketio-native' },
    resolve: { modules: [MODULES, 'node_modules'] },
    output: { path: path.join(folder, 'dist'), filename: 'app.js' },
  });
  assert.deepEqual(stats.toJson().errors, []);
  await assertRuns(folder, `require('./dist/app.js')`);
});
