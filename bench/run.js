'use strict';

const os = require('node:os');
const { parseArgs } = require('node:util');
const { startRedis } = require('../scripts/support/redis-server');
const { connectAll, nodeRedis } = require('./contenders');
const { check } = require('./check');
const { CpuClock } = require('./cpu');
const { cycle, measure } = require('./harness');
const { summarise, format } = require('./report');
const { ANONYMOUS, fill } = require('./sessions');

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
  const client = await nodeRedis(redis.url);
  const contenders = await connectAll(redis.url);
  try {
    const { RedisStore } = require('connect-redis');
    const visitors = await fill(new RedisStore({ client }), SESSIONS);
    const forgedLookUps = await check(contenders, visitors, client);
    const clock = new CpuClock();
    const rounds = await measure({
      clock,
      ...chosen(values.only, contenders, modesFor(visitors)),
      passes,
      roundMs: ROUND_MS,
      onPass: (done, of) => process.stderr.write(`\rround ${done} of ${of}${done === of ? '\n' : ''}`),
    });
    const conditions = conditionsOf(redis, clock, passes);
    const summary = summarise(rounds);
    const perForged = Object.fromEntries([...forgedLookUps].map(([{ name }, count]) => [name, count]));
    if (values.json) process.stdout.write(`${JSON.stringify({ conditions, summary, perForged }, null, 2)}\n`);
    else process.stdout.write(`${inWords(conditions, perForged)}\n\n${format(summary)}\n`);
  } finally {
    for (const contender of contenders) await contender.close();
    await client.close();
    await redis.stop();
  }
}

/** What the clients send, how many at a time, and the ratio that ours must not exceed. */
function modesFor(visitors) {
  const valid = visitors.map((visitor) => visitor.valid);
  const forged = visitors.map((visitor) => visitor.forged);
  const mode = (name, cookies, inFlight, target) => ({
    name: `${name}, ${inFlight.toLocaleString('en-US')} in flight`,
    nextCookie: cycle(cookies),
    inFlight,
    accepts: cookies === valid,
    target,
  });
  return [
    mode('valid cookie', valid, 1, 0.2),
    mode('valid cookie', valid, 64, 0.05),
    mode('valid cookie', valid, 1024, 0.05),
    mode('forged cookie', forged, 1),
    mode('forged cookie', forged, 64, 0.05),
    mode('no cookie', [ANONYMOUS], 64),
  ];
}

/** A text that names no mode chooses all modes, and likewise for contenders. */
function chosen(only, contenders, modes) {
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

function conditionsOf(redis, clock, passes) {
  const [{ model }] = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    redis: redis.name,
    machine: `${os.type()} ${os.arch()}, ${os.cpus().length} × ${model.trim()}`,
    load: os.loadavg()[0],
    clock: clock.tellsThreadsApart
      ? 'main thread'
      : 'all threads (this system does not tell the main thread apart)',
    rounds: passes,
    roundMs: ROUND_MS,
    sessions: SESSIONS,
  };
}

function inWords({ date, node, redis, machine, load, clock, rounds, roundMs, sessions }, perForged) {
  const asked = Object.entries(perForged).map(([name, count]) => `${name}: ${count}`);
  return [
    `${date}, Node ${node}, ${redis}, ${machine}, load ${load.toFixed(1)}`,
    `CPU of the ${clock}; ${rounds} interleaved rounds of about ${roundMs} ms; ${sessions.toLocaleString('en-US')} sessions`,
    `Redis look-ups per forged cookie: ${asked.join('; ')}`,
  ].join('\n');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
