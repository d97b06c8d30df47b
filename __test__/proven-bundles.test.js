'use strict';

// connect-redis in a bundle: where its `get` has another text, the store is asked, and the reason says what to do.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { after, before, test } = require('node:test');
const { promisify } = require('node:util');
const esbuild = require('esbuild');
const session = require('express-session');
const webpack = require('webpack');
const { startRedis } = require('../scripts/support/redis-server');
const { authorizerOf, prove, untilStore } = require('./support/proof');
const { CLIENTS, sessionOf } = require('./support/stores');

const ROOT = path.join(__dirname, '..');
const BUNDLED =
  /has the looks of connect-redis, bundled or minified: mark connect-redis external, or give the option redis/;

const EXTERNAL = ['express-session', 'redis', 'debug'];

let redis;
let folder;
let opened;
before(async () => {
  redis = await startRedis();
  opened = await Promise.all(['ioredis 6', 'node-redis 6'].map((name) => CLIENTS[name](redis)));
  folder = fs.mkdtempSync(path.join(ROOT, 'node_modules', '.bundles-'));
  await opened[1].client.set('sess:ann', JSON.stringify(sessionOf('ann')));
});
after(async () => {
  for (const { close } of opened ?? []) await close();
  await redis?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function withEsbuild(name, options) {
  const outfile = path.join(folder, `${name}-${Object.keys(options).join()}.js`);
  const entryPoints = [require.resolve(name)];
  await esbuild.build({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    external: EXTERNAL,
    ...options,
  });
  return require(outfile);
}

async function withWebpack(name, mode) {
  const filename = `${name}-${mode}.js`;
  const stats = await promisify(webpack)({
    entry: require.resolve(name),
    target: 'node',
    mode,
    devtool: false,
    externals: Object.fromEntries(EXTERNAL.map((each) => [each, `commonjs ${each}`])),
    output: { path: folder, filename, library: { type: 'commonjs2' } },
  });
  assert.deepEqual(stats.toJson().errors, []);
  return require(path.join(folder, filename));
}

/** A store of a bundle. */
function storeOf(exported) {
  const [ioredis, nodeRedis] = opened.map(({ client }) => client);
  if (exported.RedisStore)
    return { store: new exported.RedisStore({ client: nodeRedis }), client: nodeRedis };
  if (exported.default) return { store: new exported.default({ client: nodeRedis }), client: nodeRedis };
  return { store: new (exported(session))({ client: ioredis }) };
}

const NAMES = [
  'connect-redis-3',
  'connect-redis-4',
  'connect-redis-6',
  'connect-redis-7',
  'connect-redis-9',
  'connect-redis',
];

for (const name of NAMES) {
  test(`${name}: esbuild and webpack, minified and not`, async (t) => {
    const bundles = {
      minified: await withEsbuild(name, { minify: true }),
      'white space': await withEsbuild(name, { minifyWhitespace: true }),
      'an older language': await withEsbuild(name, { target: 'es2016' }),
      webpack: await withWebpack(name, 'production'),
    };
    // That of later versions comes through esbuild as it is.
    if (/-[3467]$/.test(name)) bundles['as it comes'] = await withEsbuild(name, {});
    for (const [how, exported] of Object.entries(bundles)) {
      const authorizer = authorizerOf(t, storeOf(exported));
      await untilStore(authorizer, 'ann', 'ann', BUNDLED).catch((error) => {
        error.message = `${how}: ${error.message}`;
        throw error;
      });
    }
  });
}

test('webpack for development leaves the text as it is', async (t) => {
  for (const name of NAMES)
    await prove(authorizerOf(t, storeOf(await withWebpack(name, 'development'))), 'ann', 'ann');
});
