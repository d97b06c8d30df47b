'use strict';

const os = require('node:os');
const { parseArgs } = require('node:util');
const { startRedis } = require('../scripts/support/redis-server');
const { contenders, nodeStore } = require('./contenders');
const { CpuClock } = require('./cpu');
const { Remote, measure } = require('./measure');
const { modes } = require('./modes');
const { summarise, format } = require('./report');
const { fill } = require('./sessions');

const SESSIONS = 10_000;
const ROUND_MS = 80;
const USAGE = `npm run bench -- [options]

  --rounds <n>       rounds of each contender in each mode (default 25)
  --only <text,…>    only modes and contenders whose name contains one of these texts; the empty middleware
                     always runs. "valid", "forged", "no cookie"; "original", "ours", "ours-derived", …
  --json             figures as JSON, on standard output
`;

async function main() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '25' },
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const passes = Number(values.rounds);
  if (values.help || !Number.isSafeInteger(passes) || passes < 1) {
    process.stderr.write(USAGE);
    process.exitCode = values.help ? 0 : 1;
    return;
  }

  const redis = await startRedis();
  const choice = chosen(values.only);
  const remotes = choice.contenders.map((contender) => new Remote(contender, redis.url));
  try {
    const store = await nodeStore('connect-redis', redis.url);
    const visitors = await fill(store, SESSIONS);
    const version = await versionOf(store.client);
    await store.client.close();

    const perForged = {};
    // One after the other: each check reads Redis's counters.
    for (const remote of remotes) perForged[remote.contender.name] = await remote.do('prepare', { visitors });
    const rounds = await measure({
      remotes,
      modes: choice.modes,
      passes,
      roundMs: ROUND_MS,
      onPass: (done, of) => process.stderr.write(`\rround ${done} of ${of}${done === of ? '\n' : ''}`),
    });
    const conditions = conditionsOf(`${redis.name} ${version}`, passes);
    const summary = summarise(rounds);
    if (values.json) process.stdout.write(`${JSON.stringify({ conditions, summary, perForged }, null, 2)}\n`);
    else process.stdout.write(`${inWords(conditions, perForged)}\n\n${format(summary)}\n`);
  } finally {
    for (const remote of remotes) remote.end();
    await redis.stop();
  }
}

/** An argument that names no mode selects all modes, and likewise for contenders. */
function chosen(only) {
  const texts = only.split(',').filter(Boolean);
  const pick = (list, matches) => {
    const picked = list.filter((entry) => texts.some((text) => matches(entry, text)));
    return picked.length > 0 ? picked : list;
  };
  const byKey = pick(contenders, ({ key }, text) => key === text);
  const isEmpty = ({ role }) => role === 'empty';
  return {
    contenders: byKey.some(isEmpty) ? byKey : [...contenders.filter(isEmpty), ...byKey],
    modes: pick(modes, ({ name }, text) => name.includes(text)),
  };
}

function conditionsOf(redis, passes) {
  const [{ model }] = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    redis,
    machine: `${os.type()} ${os.arch()}, ${os.cpus().length} × ${model.trim()}`,
    load: os.loadavg()[0],
    clock: new CpuClock().tellsThreadsApart
      ? 'main thread'
      : 'all threads (this system does not tell the main thread apart)',
    rounds: passes,
    roundMs: ROUND_MS,
    sessions: SESSIONS,
  };
}

async function versionOf(client) {
  return /^(?:redis|valkey)_version:(.*)$/m.exec(await client.info('server'))?.[1].trim();
}

function inWords({ date, node, redis, machine, load, clock, rounds, roundMs, sessions }, perForged) {
  const asked = Object.entries(perForged).filter(([, count]) => count !== undefined);
  return [
    `${date}, Node ${node}, ${redis}, ${machine}, load ${load.toFixed(1)}`,
    `CPU of the ${clock}; ${rounds} interleaved rounds of about ${roundMs} ms; ${sessions.toLocaleString('en-US')} sessions`,
    `Redis look-ups per forged cookie: ${asked.map(([name, count]) => `${name}: ${count}`).join('; ')}`,
  ].join('\n');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
