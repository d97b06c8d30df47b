'use strict';

// `npm run check:cost`: what a call of the core's hot functions costs, in instructions and allocations, compared with
// bench/cost/baseline.json. These numbers do not depend on how fast or how busy a machine is. `-- --update` writes them.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { allocations, build, instructions, rustVersion } = require('./cost/measure');
const { compare, merged } = require('./cost/compare');
const { ROOT, StepFailed, main, say } = require('./support/prepare');

const BASELINE = path.join(ROOT, 'bench', 'cost', 'baseline.json');

if (require.main === module) {
  main(async () => {
    const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
    await cost(values.update);
  });
}

async function cost(isUpdate) {
  const program = build();
  const rust = rustVersion();
  const baseline = isUpdate ? undefined : JSON.parse(fs.readFileSync(BASELINE, 'utf8'));
  const reason = whyNotHere(baseline?.rust);
  const figures = allocations(program);
  if (reason === undefined) await instructions(program, figures);
  if (isUpdate) {
    if (reason !== undefined) throw new Error(reason);
    fs.writeFileSync(BASELINE, `${JSON.stringify({ rust, cases: figures }, null, 2)}\n`);
    say(`Written: ${path.relative(ROOT, BASELINE)}`);
    return;
  }
  const { lines, failed } = compare(merged(baseline.cases, figures));
  console.log(lines.join('\n'));
  if (reason !== undefined) console.error(`\n${'!'.repeat(80)}\n!! NOT RUN: ${reason}\n${'!'.repeat(80)}`);
  if (failed.length === 0) return;
  console.error(`\nMore than in the baseline: ${failed.join(', ')}.`);
  console.error('If that is worth it, write it down: npm run check:cost -- --update');
  throw new StepFailed('npm run check:cost', 1);
}

/**
 * @param {string} [rust] - the version of the baseline's compiler
 * @returns {string | undefined} why instructions cannot be counted here, or not be compared
 */
function whyNotHere(rust = JSON.parse(fs.readFileSync(BASELINE, 'utf8')).rust) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return 'the baseline is for Linux on x86-64: only allocations were compared, no instructions.';
  }
  if (spawnSync('valgrind', ['--version'], { stdio: 'ignore' }).status !== 0) {
    return 'valgrind is not installed: only allocations were compared, no instructions. apt-get install valgrind';
  }
  if (!/^flags\s*:.* avx2 /m.test(fs.readFileSync('/proc/cpuinfo', 'utf8'))) {
    return 'the baseline is for processors with AVX2, which searches use: only allocations were compared, no instructions.';
  }
  const here = rustVersion();
  if (here === rust) return undefined;
  return `the baseline is of Rust ${rust}, this is ${here}: only allocations were compared, no instructions.`;
}

module.exports = { whyNotHere };
