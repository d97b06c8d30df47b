'use strict';

// Type-checks the tests in __test__/types in every module system, with every supported TypeScript.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const TYPES = path.join(__dirname, '..', '__test__', 'types');

// TypeScript 7 has dropped node10, so only 5 runs it.
const RUNS = [
  { config: 'node10', compilers: ['typescript'] },
  { config: 'node16', compilers: ['typescript', 'typescript7'] },
  { config: 'nodenext', compilers: ['typescript', 'typescript7'] },
  { config: 'preserve', compilers: ['typescript', 'typescript7'] },
  { config: 'bundler', compilers: ['typescript', 'typescript7'] },
  { config: 'augmented', compilers: ['typescript', 'typescript7'] },
  { config: 'own-user', compilers: ['typescript', 'typescript7'] },
  { config: 'alone', compilers: ['typescript', 'typescript7'] },
];

main();

function main() {
  refuseForgottenConfigs();
  let failed = 0;
  for (const { config, compilers } of RUNS) {
    for (const compiler of compilers) {
      if (!check(config, compiler)) failed += 1;
    }
  }
  if (failed > 0) {
    console.error(`types: ${failed} failed`);
    process.exitCode = 1;
  }
}

function refuseForgottenConfigs() {
  for (const file of fs.readdirSync(TYPES)) {
    const config = /^tsconfig\.(.+)\.json$/.exec(file)?.[1];
    if (config === undefined || config === 'base' || RUNS.some((run) => run.config === config)) continue;
    throw new Error(`${file} is in no run of scripts/check-types.js`);
  }
}

function check(config, compiler) {
  const manifest = require.resolve(`${compiler}/package.json`);
  const { version, bin } = require(manifest);
  // By its path: both packages install the same command name in node_modules/.bin.
  const tsc = path.join(path.dirname(manifest), bin.tsc);
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [tsc, '-p', `tsconfig.${config}.json`],
    {
      cwd: TYPES,
      encoding: 'utf8',
    },
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const passed = status === 0;
  console.log(`types: ${config.padEnd(9)} TypeScript ${version}  ${passed ? 'ok' : 'FAILED'}  ${seconds} s`);
  if (!passed) console.error(error ?? `${stdout}${stderr}`);
  return passed;
}
