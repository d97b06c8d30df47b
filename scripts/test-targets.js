'use strict';

// `npm run test:targets`: tests the package on other runtimes and platforms: the tests on Node 18, 22 and 24 and on Bun, an
// app on Deno, and the addon compiled for arm64 and for musl. This is slow. What is not available on this machine is
// skipped, and the summary says so. Arguments select the parts whose titles contain one of them.

const { spawnSync } = require('node:child_process');
const { buildAddon, installPackages, installRedis, main, needNode, say, ROOT } = require('./support/prepare');
const { NotHere } = require('./targets/cache');
const { FOREIGN } = require('./targets/foreign');
const { compileFor } = require('./targets/rust');
const { BUN, DENO, NODES, OLD_NODE, bunProgram, denoProgram, nodeProgram } = require('./targets/runtimes');
const { CORE, CORE_OF_BUN, runByBun, runOneByOne, runTogether, runtimeFiles } = require('./targets/suite');

const PARTS = [
  ...NODES.map((node) => ({ title: `Node ${node.version}`, run: () => testNode(node) })),
  { title: `Node ${OLD_NODE}, which is told that it is too old`, run: testOldNode },
  { title: `Bun ${BUN}`, run: testBun },
  { title: `Deno ${DENO}`, run: testDeno },
  ...FOREIGN.map(({ title, triple, node }) => ({ title, run: () => testForeign(triple, node) })),
];

main(async () => {
  needNode();
  installPackages();
  installRedis();
  buildAddon();
  const results = [];
  const chosen = process.argv.slice(2);
  for (const part of PARTS) {
    if (chosen.length > 0 && !chosen.some((word) => part.title.includes(word))) continue;
    results.push({ title: part.title, ...(await resultOf(part)) });
  }
  printSummary(results);
});

/** @returns {Promise<{ passed?: number, failed?: number, missing?: string, seconds: number }>} */
async function resultOf(part) {
  say(part.title);
  const started = performance.now();
  const result = await part.run().catch((error) => {
    if (error instanceof NotHere) return { missing: error.message };
    console.error(`FAILED: ${error.stack}`);
    return { passed: 0, failed: 1 };
  });
  const seconds = (performance.now() - started) / 1000;
  console.log(
    result.missing ? `NOT TESTED: ${result.missing}` : `${result.passed} passed, ${result.failed} failed`,
  );
  return { ...result, seconds };
}

async function testNode({ version, args, without }) {
  const program = nodeProgram(version);
  needStart(program, ['--version'], `v${version}`);
  return runTogether([program, ...args], runtimeFiles(without), {});
}

async function testOldNode() {
  const program = nodeProgram(OLD_NODE);
  needStart(program, ['--version'], `v${OLD_NODE}`);
  const { stderr } = run(program, ['-e', `require('./lib/addon')`]);
  return verdict(stderr.includes(`Node ${OLD_NODE} is too old, it needs Node 18 or newer.`), stderr);
}

async function testBun() {
  const program = bunProgram();
  needStart(program, ['--version'], BUN);
  const app = runApp(program, []);
  const tests = runByBun(program, CORE_OF_BUN);
  return { passed: app.passed + tests.passed, failed: app.failed + tests.failed };
}

async function testDeno() {
  const program = denoProgram();
  needStart(program, ['--version'], `deno ${DENO}`);
  return runApp(program, ['run', '--allow-all', '--no-lock']);
}

/** A whole app: Express, a session in memory, Socket.IO. */
function runApp(program, args) {
  const { stdout, stderr } = run(program, [...args, '__test__/support/small-app.js']);
  return verdict(stdout.trim() === 'ann BAD_SIGNATURE', stdout + stderr);
}

async function testForeign(triple, node) {
  const addon = compileFor(triple);
  const [command, ...args] = node();
  needStart(command, [...args, '--version'], 'v');
  return runOneByOne([command, ...args], CORE, { NAPI_RS_NATIVE_LIBRARY_PATH: addon });
}

/** This system may not run programs of another one: then there is nothing to test. */
function needStart(program, args, answer) {
  const { stdout, stderr, error } = run(program, args);
  if (stdout?.startsWith(answer)) return;
  throw new NotHere(`${program} does not start: ${error?.message ?? stderr.trim()}`);
}

function run(program, args) {
  return spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', timeout: 120_000 });
}

function verdict(right, told) {
  if (!right) console.error(`FAILED: ${told}`);
  return { passed: Number(right), failed: Number(!right) };
}

function printSummary(results) {
  say('Summary');
  for (const { title, missing, passed, failed, seconds } of results) {
    const what = missing === undefined ? `${passed} passed, ${failed} failed` : 'NOT TESTED';
    console.log(`${title.padEnd(50)}${what.padEnd(28)}${seconds.toFixed(0).padStart(5)} s`);
  }
  for (const { title, missing } of results.filter((each) => each.missing !== undefined)) {
    console.error(`NOT TESTED: ${title}: ${missing}`);
  }
  const tested = results.filter((each) => each.missing === undefined);
  console.log(`${sum(tested, 'passed')} passed, ${sum(tested, 'failed')} failed`);
  if (sum(tested, 'failed') > 0) process.exitCode = 1;
}

function sum(results, key) {
  return results.reduce((total, each) => total + each[key], 0);
}
