'use strict';

// `npm run bench:live`: what live sessions (`onSessionEnd`) cost, and how soon they end. See docs/benchmarks.md.

const os = require('node:os');
const { parseArgs } = require('node:util');
const { authorization } = require('./live/authorization');
const { shares } = require('./live/cpu');
const { lateness, latency } = require('./live/latency');
const { heapBytes, nativeBytes } = require('./live/memory');
const { report } = require('./live/report');
const { Scene } = require('./live/scene');
const { serverCpu } = require('./live/server-cpu');
const { conditionsNow } = require('./support/conditions');

const FULL = {
  counts: [1, 10_000, 100_000],
  latency: { passes: 15, samples: 300 },
  /** One live session gets a new socket each time. */
  latencyOfOne: { passes: 15, samples: 100 },
  shares: { passes: 5, ms: 3000, others: 100_000 },
  expiry: { others: 100_000, samples: 1000, gapMs: 4 },
  native: { count: 100_000, ends: [1, 1.25, 1.5, 1.75, 2] },
  heap: { count: 100_000, passes: 3 },
  server: { connections: [0, 1, 8, 32, 100], sessions: 50_000, passes: 3, ms: 4000 },
  authorization: { passes: 40, roundMs: 80, sessions: 10_000 },
};
/** A quick run without useful figures: it checks that the right sessions end, and that the benchmark runs. */
const CHECK = {
  counts: [1, 300],
  latency: { passes: 1, samples: 20 },
  latencyOfOne: { passes: 1, samples: 3 },
  shares: { passes: 1, ms: 100, others: 300 },
  expiry: { others: 300, samples: 20, gapMs: 1 },
  native: { count: 300, ends: [1] },
  heap: { count: 300, passes: 1 },
  server: { connections: [0, 2], sessions: 300, passes: 1, ms: 200 },
  authorization: { passes: 1, roundMs: 1, sessions: 1000 },
};
const USAGE = `npm run bench:live -- [options]

  --json   figures as JSON, on standard output
  --check  quickly, with a few sessions: the figures mean nothing
`;

async function main() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(USAGE);
    return;
  }
  const results = await measure(values.check ? CHECK : FULL);
  if (values.check) process.stdout.write('ok: the right sessions end\n');
  else process.stdout.write(`${values.json ? JSON.stringify(results, null, 2) : inWords(results)}\n`);
}

/** One measurement after the other, so that nothing else runs at the same time. */
async function measure(plan) {
  const results = { scenes: [], loads: [os.loadavg()[0]] };
  const step = async (name, work) => {
    process.stderr.write(`${name}\n`);
    const result = await work();
    results.loads.push(os.loadavg()[0]);
    return result;
  };
  for (const count of plan.counts) {
    const scene = await step(`${count} live sessions`, () => Scene.open(count));
    const figures = { count };
    const ofLatency = count === 1 ? plan.latencyOfOne : plan.latency;
    figures.latency = await step('  log-outs', () => latency(scene, ofLatency));
    if (count > 1) {
      // Reload timers of 10,000 sockets are enough to see what they cost.
      const byHand = results.expiry === undefined;
      figures.shares = await step('  shares of a core', () => shares(scene, { ...plan.shares, byHand }));
      results.expiry ??= await step('  ends of times to live', () => expiryOf(scene, plan.expiry));
    }
    results.scenes.push(figures);
    await scene.close();
  }
  results.memory = {
    native: await step('native memory', () => nativeBytes(plan.native)),
    heap: await step('JavaScript memory', () => heapBytes(plan.heap)),
  };
  results.server = await step('the server', () => serverCpu(plan.server));
  results.authorization = await step('authorizations', () => authorization(plan.authorization));
  return { conditions: conditionsNow(), ...results };
}

async function expiryOf(scene, settings) {
  return { others: settings.others, ...(await lateness(scene, settings)) };
}

function inWords(results) {
  const { date, node, machine } = results.conditions;
  const loads = results.loads.map((load) => load.toFixed(1));
  return `${date}, Node ${node}, ${machine}, load ${loads.join(', ')} (after each step)\n\n${report(results)}`;
}

main().catch((error) => {
  console.error(error);
  // The processes that were started would keep this one; they end with it, and so does Redis.
  process.exit(1);
});
