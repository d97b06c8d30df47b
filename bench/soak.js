'use strict';

// `npm run soak`: sockets come and go, their sessions end, and Redis fails, all at random. After each fault everything is
// compared with a model: who was let in, who was told that the session has ended, who is watched. See docs/reliability.md.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { openAdmin } = require('../__test__/support/redis-store');
const { randomOf } = require('../__test__/support/random');
const { openCrowds } = require('./soak/crowds');
const { FAULTS, FailingRedis } = require('./soak/faults');
const { growthOf, sample } = require('./soak/growth');
const { Round } = require('./soak/round');
const { Sessions } = require('./soak/sessions');
const { Book } = require('./soak/visits');

const SESSIONS = 300;
const USAGE = `npm run soak -- [options]

  --minutes N    how long, 5 by default
  --seconds N    the same in seconds
  --seed N       of the random numbers; times are never the same
  --fault NAME   only this one: ${Object.keys(FAULTS).join(', ')}
`;

async function main() {
  const { values } = parseArgs({
    options: {
      ...{ minutes: { type: 'string', default: '5' }, seconds: { type: 'string' } },
      ...{ seed: { type: 'string' }, fault: { type: 'string', multiple: true } },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return process.stderr.write(USAGE);
  const seconds = Number(values.seconds ?? 60 * values.minutes);
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const faults = values.fault ?? Object.keys(FAULTS);
  if (!(seconds > 0) || !Number.isInteger(seed) || faults.some((name) => !(name in FAULTS))) {
    throw new Error(USAGE);
  }
  say(conditions(seed));
  const warnings = countWarnings();
  const { book, samples, rounds, took } = await soak({ seconds, seed, faults });
  return conclude({ book, samples, rounds, took, warnings });
}

async function soak({ seconds, seed, faults }) {
  const random = randomOf(seed);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'soak-'));
  const redis = await FailingRedis.start(dir);
  const admin = await openAdmin(redis);
  const book = new Book();
  const sessions = new Sessions(admin, random, SESSIONS);
  await sessions.logInAll();
  const { crowds, authorizers, close } = await openCrowds(redis, { book, sessions, random });
  const scene = { redis, admin, sessions, random, book, crowds, authorizers };
  const samples = [];
  const begin = performance.now();
  const passed = () => (performance.now() - begin) / 1000;
  let rounds = 0;
  // Each fault once, in random order, then again.
  const queue = [];
  while (passed() < seconds && book.differences.length === 0) {
    if (queue.length === 0) queue.push(...faults);
    const [name] = queue.splice(random.below(queue.length), 1);
    const round = new Round(scene, name);
    await round.run();
    const now = await sample();
    // A client has a socket at both ends.
    now.files -= 2 * crowds.clients.connected.length;
    now.handles -= 2 * crowds.clients.connected.length;
    samples.push(now);
    rounds += 1;
    say(`${clock(passed())} ${round.summary(now)}`);
  }
  await new Round(scene, 'nothing').everybodyLeaves();
  await close();
  admin.destroy();
  await redis.stop();
  fs.rmSync(dir, { recursive: true });
  return { book, samples, rounds, took: passed() };
}

function conclude({ book, samples, rounds, took, warnings }) {
  const { lines, grown } = growthOf(samples);
  const { letIn, refused, storeFailed, ended } = book.total;
  say('');
  say(
    `${rounds} rounds in ${clock(took)}: ${count(letIn)} let in, ${count(refused)} refused for their session, `,
  );
  say(`${count(storeFailed)} refused because of Redis, ${count(ended)} told that their session has ended.`);
  say(`Warnings: ${JSON.stringify(warnings)}`);
  for (const line of lines) say(line);
  for (const text of book.differences.slice(0, 20)) say(`DIFFERENCE: ${text}`);
  const isFine = book.differences.length === 0 && grown.length === 0;
  say(isFine ? 'ok: no difference, no growth' : 'NOT ok');
  process.exitCode = isFine ? 0 : 1;
}

/** Instead of Node's own listener, which would print them between the rounds. */
function countWarnings() {
  const counts = {};
  process.removeAllListeners('warning');
  process.on('warning', ({ name, code, message }) => {
    const title = name === 'PassportSocketIoWarning' ? code : `${name}: ${message}`;
    counts[title] = (counts[title] ?? 0) + 1;
  });
  return counts;
}

function conditions(seed) {
  const [{ model }] = os.cpus();
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, Node ${process.version}, ${os.type()} ${os.arch()}, ${os.cpus().length} × ${model.trim()}, seed ${seed}`;
}

function clock(seconds) {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.floor(seconds % 60)];
  return `${String(minutes).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

function count(number) {
  return number.toLocaleString('en-US');
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

main().catch((error) => {
  console.error(error);
  // The servers end with this process.
  process.exit(1);
});
