'use strict';

// `npm run check`: runs the npm scripts below in this order, and stops at the first failure.

const { whyNotHere } = require('./fuzz');
const { findChromium } = require('./support/chromium');
const { main, npmRun, say } = require('./support/prepare');

const STEPS = [
  ['format:check', 'Formatting: cargo fmt, prettier'],
  ['lint', 'Lints: clippy with and without the Node half, eslint'],
  ['check:rooms', 'The rooms of lib/ and src/: imports run down only'],
  ['lint:workflows', 'The workflows of the hosted CI'],
  ['test:core', 'Tests of the Rust core, without Node'],
  ['test:fuzz', 'Fuzz targets of the Rust core, ten seconds each'],
  ['build', 'The addon'],
  ['generated', 'The committed loader and typings are those of this build'],
  ['check:addon', 'The addon needs no library that is not everywhere'],
  ['check:package', 'What would be published: contents, versions, publint, arethetypeswrong'],
  ['test:js', 'Tests of the package in Node'],
  ['test:types', 'Tests of the typings'],
  ['docs', 'Documentation of the Rust code, warnings are errors'],
];

/** Steps that need tools which `npm test` does not install. They say so if a tool is missing. */
const MAY_BE_MISSING = { 'test:fuzz': whyNotHere };

/** Of these a part is skipped where a tool is missing. The rest has run. */
const PARTS_MAY_BE_MISSING = { 'test:js': whyNoBrowser };

main(() => {
  const results = new Map();
  let failure;
  for (const [script, title] of STEPS) {
    say(`${title} (npm run ${script})`);
    const start = performance.now();
    failure = failureOf(() => npmRun(script));
    const missing = failure === undefined && MAY_BE_MISSING[script]?.();
    const verdict = failure ? 'FAILED' : missing ? 'NOT RUN' : 'ok';
    results.set(script, { verdict, missing, seconds: (performance.now() - start) / 1000 });
    if (failure) break;
  }
  printSummary(results);
  if (failure) throw failure;
});

function failureOf(step) {
  try {
    step();
    return undefined;
  } catch (error) {
    return error;
  }
}

function printSummary(results) {
  say('Summary');
  for (const [script] of STEPS) {
    const { verdict, seconds } = results.get(script) ?? { verdict: 'not run' };
    const time = seconds === undefined ? '' : `${seconds.toFixed(1)} s`;
    console.log(`${script.padEnd(16)}${verdict.padEnd(8)}${time.padStart(9)}`.trimEnd());
  }
  for (const [script, { missing }] of results) {
    const what = missing || PARTS_MAY_BE_MISSING[script]?.();
    if (what) console.log(`\nNOT RUN: ${script}: ${what}`);
  }
}

function whyNoBrowser() {
  if (findChromium()) return undefined;
  return 'the tests in a browser: there is no Chromium on the PATH, nor in the variable CHROMIUM. Install one (Debian: apt-get install chromium).';
}
