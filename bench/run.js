'use strict';

// `npm run bench`: this package against the others, on all axes. See docs/benchmarks.md.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { contenders } = require('./contenders');
const { marked, writePage } = require('./page');
const { PLANS, parts } = require('./parts');
const { conditionsNow } = require('./support/conditions');
const { CpuClock } = require('./support/cpu');
const { Scene } = require('./support/scene');
const { tablesOf } = require('./tables');

const USAGE = `npm run bench -- [options]

  --parts <name,…>       only these: ${Object.keys(parts).join(', ')}
  --contenders <key,…>   only these, and those they are compared with:
                         ${contenders.map(({ key }) => key).join(', ')}
  --passes <n>           of authorizations, fresh processes and the storm, instead of ${['authorizations', 'cold', 'storm'].map((part) => PLANS.full[part].passes).join(', ')}
  --against <folder>     another checkout of this package, built, takes part: compare a change with what was before
  --quick                a trial without useful figures
  --markdown             only the tables, as docs/benchmarks.md has them
  --write                puts the tables into docs/benchmarks.md
  --json                 figures as JSON, on standard output
  --from <file>          figures of an earlier run, as --json gave them
`;

async function main() {
  const { values } = parseArgs({
    options: {
      parts: { type: 'string', default: '' },
      contenders: { type: 'string', default: '' },
      passes: { type: 'string' },
      against: { type: 'string' },
      quick: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      from: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stderr.write(USAGE);
    return;
  }
  const results = values.from
    ? JSON.parse(fs.readFileSync(values.from, 'utf8'))
    : await measure({
        names: listOf(values.parts, Object.keys(parts)),
        keys: listOf(
          values.contenders,
          contenders.map(({ key }) => key),
        ),
        against: values.against && path.resolve(values.against),
        plan: planOf(values),
      });
  const tables = tablesOf(results);
  if (values.write && !process.exitCode) writePage(tables);
  if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else if (values.markdown) process.stdout.write(`${[...tables].map(marked).join('\n\n')}\n`);
  else process.stdout.write(`${[...tables].map(titled).join('\n\n')}\n`);
}

function listOf(text, known) {
  const chosen = text.split(',').filter(Boolean);
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: there are ${known.join(', ')}`);
  return chosen;
}

function planOf({ quick, passes }) {
  const plan = structuredClone(quick ? PLANS.quick : PLANS.full);
  if (passes === undefined) return plan;
  const count = Number(passes);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(`--passes ${passes}: a number above 0 is wanted`);
  for (const part of ['authorizations', 'cold', 'storm']) plan[part].passes = count;
  return plan;
}

/** One part after the other: only one has the machine. */
async function measure({ names, keys, against, plan }) {
  const began = performance.now();
  const tell = (text) =>
    process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
  const scene = await Scene.open({ sessions: plan.sessions, keys, against, tell });
  const results = {};
  const loads = [os.loadavg()[0]];
  for (const [name, part] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(name)) continue;
    try {
      results[name] = await part(scene, plan[name]);
    } catch (error) {
      // The other parts are shown all the same.
      console.error(error);
      process.exitCode = 1;
    }
    loads.push(os.loadavg()[0]);
  }
  await scene.close();
  const clock = new CpuClock().tellsThreadsApart
    ? 'main thread alone, unless a table says otherwise'
    : 'whole process, since this system does not tell the main thread apart';
  return { conditions: { ...conditionsNow(), redis: scene.redisVersion, loads, clock }, ...results };
}

const TITLES = {
  conditions: 'Conditions',
  valid: 'An authorization: µs of the main thread above the floor (ratio to passport.socketio; quartiles)',
  'all-threads': 'The same: µs of all threads above the floor, µs of Redis, Redis commands',
  refused: 'A refusal, 64 in flight: µs of the main thread above the floor (ratio; quartiles)',
  cold: 'Fresh processes, 64 in flight: µs above the floor (ratio; quartiles)',
  storm: "A storm: the server's CPU until all are connected",
  sockets: 'Finding the sockets of a user',
  live: 'From a log-out to `onSessionEnd`',
  memory: 'Memory',
  goals: 'Goals',
};

function titled([name, text]) {
  return `${TITLES[name]}\n\n${text}`;
}

main().then(
  // A process that a failed part has left would keep this one; it ends with it.
  () => process.exitCode && process.exit(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
