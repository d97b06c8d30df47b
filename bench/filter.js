'use strict';

// `npm run bench:filter`: the time to find the sockets of users. See docs/benchmarks.md.

const { parseArgs } = require('node:util');
const { memoryLine, registrationLine, rowsOf, speedTable } = require('./filter/report');
const { inProcess } = require('./filter/in-process');
const { kinds } = require('./filter/questions');
const { conditionsNow } = require('./support/conditions');

const FULL = {
  counts: [1000, 10_000, 100_000],
  speeds: { passes: 21, roundMs: 20, warmUpMs: 500 },
  registration: { counts: [1000, 100_000], rounds: 400 },
  memory: { count: 100_000 },
};
/** A quick run without useful figures: it checks that all contenders find the same, and that the benchmark runs. */
const CHECK = {
  counts: [300],
  speeds: { passes: 2, roundMs: 1, warmUpMs: 2 },
  registration: { counts: [300], rounds: 3 },
  memory: { count: 300 },
};
const USAGE = `npm run bench:filter -- [options]

  --passes <n>   rounds of each contender (default ${FULL.speeds.passes})
  --sockets <n>  this many instead of ${FULL.counts.join(', ')}
  --json         figures as JSON, on standard output
  --check        quickly, with a few sockets: the figures mean nothing
`;

async function main() {
  const { values } = parseArgs({
    options: {
      passes: { type: 'string' },
      sockets: { type: 'string' },
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(USAGE);
    return;
  }
  const results = await measure(planOf(values));
  const words = inWords(results);
  if (values.check) process.stdout.write('ok: all contenders find the same\n');
  else process.stdout.write(`${values.json ? JSON.stringify(results, null, 2) : words}\n`);
}

function planOf({ passes, sockets, check }) {
  const plan = structuredClone(check ? CHECK : FULL);
  if (passes !== undefined) plan.speeds.passes = numberOf(passes, '--passes');
  if (sockets !== undefined) plan.counts = [numberOf(sockets, '--sockets')];
  return plan;
}

function numberOf(text, option) {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`${option} ${text}: a number above 0 is wanted`);
}

/** One measurement after the other, so that nothing else runs at the same time. */
async function measure(plan) {
  const speeds = {};
  for (const { key } of kinds) {
    speeds[key] = {};
    for (const count of plan.counts) {
      speeds[key][count] = rowsOf(await inProcess('speeds', { kind: key, count, ...plan.speeds }));
    }
  }
  const registration = [];
  for (const count of plan.registration.counts) {
    const { rounds } = plan.registration;
    registration.push({ count, ...(await inProcess('registration', { count, rounds })) });
  }
  return {
    conditions: { ...conditionsNow(), passes: plan.speeds.passes },
    speeds,
    registration,
    memory: await memoryOf(plan.memory),
  };
}

async function memoryOf({ count }) {
  const figures = [];
  for (const texts of [false, true]) {
    const native = await inProcess('native', { count, texts });
    for (const isStorm of [false, true]) {
      const settings = { count, texts, isStorm };
      const without = await inProcess('heap', settings);
      const heap = (await inProcess('heap', { ...settings, index: ['id', 'role'] })) - without;
      figures.push({ texts, isStorm, heap, native });
    }
  }
  return figures;
}

function inWords({ conditions, speeds, registration, memory }) {
  const { date, node, machine, load, passes } = conditions;
  return [
    `${date}, Node ${node}, ${machine}, load ${load.toFixed(1)}; medians of ${passes} interleaved passes`,
    'time of a call (in units of the tight loop over the same thing; times faster than passport.socketio)',
    ...kinds.map(({ key, name }) => {
      const bySize = new Map(Object.entries(speeds[key]).map(([count, rows]) => [Number(count), rows]));
      return speedTable({ kind: key, name }, bySize);
    }),
    registration.map(registrationLine).join('\n'),
    memory.map(memoryLine).join('\n'),
  ].join('\n\n');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
