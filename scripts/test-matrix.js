'use strict';

// `npm run test:matrix`: every store over every Redis client, then Cluster and Sentinel, on every available Redis and
// Valkey server.

const path = require('node:path');
const { Column } = require('./support/column');
const { buildAddon, installPackages, main, needNode, say } = require('./support/prepare');
const { obtainServers } = require('./support/servers');
const { runTests } = require('./support/test-run');

const TESTS = path.join(__dirname, '..', '__test__');
const MATRIX = 'matrix.test.js';
const FILES = [
  MATRIX,
  'cluster.test.js',
  'derive-cluster.test.js',
  'sentinel.test.js',
  'live-redis.test.js',
  'live-followed.test.js',
  'live-random-redis.test.js',
];
/** In Node 20 the root of all tests has a name too. If it matches, all tests match. */
const NAMES_WITHOUT_TLS = '/^(?!<root>)(?!.*TLS)/';

main(async () => {
  needNode();
  installPackages();
  buildAddon();
  say('Looking for Redis and Valkey servers');
  const { servers, missing } = obtainServers();
  const runs = [];
  const secure = servers.find(({ hasTls }) => hasTls);
  for (const server of servers) runs.push(await runOn(server, secure));
  printTable(runs);
  printSummary(runs, missing);
});

/**
 * Runs all files on one server.
 * @param {import('./support/servers').Server} server
 * @param {import('./support/servers').Server} [secure] - serves TLS, if the other server cannot
 * @returns {Promise<{ title: string, seconds: number, column: Column }>}
 */
async function runOn({ program, title, hasTls }, secure) {
  say(`${title}${hasTls ? '' : ', built without TLS: its tests are left out'} (${program})`);
  const files = FILES.map((file) => path.join(TESTS, file));
  const instead = hasTls ? {} : { REDIS_SERVER_TLS: secure?.program };
  const options = {
    env: { MATRIX: 'full', REDIS_SERVER: program, ...instead },
    pattern: hasTls ? undefined : NAMES_WITHOUT_TLS,
  };
  const column = new Column(MATRIX);
  const started = performance.now();
  await runTests(files, options, (test) => {
    column.add(test);
    const { name, file, passed, error } = test;
    if (!passed) console.error(`FAILED: ${path.basename(file)}: ${name}\n${error}`);
  });
  const seconds = (performance.now() - started) / 1000;
  console.log(`${column.passed} ok, ${column.failed} failed, ${seconds.toFixed(0)} s`);
  return { title, seconds, column };
}

function printTable(runs) {
  if (runs.length === 0) return;
  const rows = [...new Set(runs.flatMap(({ column }) => [...column.cells.keys()]))];
  const table = [
    ['', ...runs.map(({ title }) => title)],
    ...rows.map((row) => [row, ...runs.map(({ column }) => column.cells.get(row) ?? 'not run')]),
    ['time', ...runs.map(({ seconds }) => `${seconds.toFixed(0)} s`)],
  ];
  const widths = table[0].map((_, i) => Math.max(...table.map((cells) => cells[i].length)));
  say('How look-ups went, and were right');
  for (const cells of table)
    console.log(
      cells
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    );
}

/** Prints the servers that were not tested. A missing server is a failure only if the user named it. */
function printSummary(runs, missing) {
  say('Summary');
  for (const { title, reason } of missing) console.error(`NOT TESTED: ${title}: ${reason}`);
  const sum = (of) => runs.map(of).reduce((total, each) => total + each, 0);
  const failed = sum(({ column }) => column.failed);
  console.log(`${runs.length} servers, ${sum(({ seconds }) => seconds).toFixed(0)} s`);
  console.log(`${sum(({ column }) => column.passed)} passed, ${failed} failed`);
  if (failed > 0 || runs.length === 0 || missing.some(({ asked }) => asked)) process.exitCode = 1;
}
