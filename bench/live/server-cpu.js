'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { startRedis } = require('../../scripts/support/redis-server');
const { connect, usageOf } = require('../support/redis');
const { median, shuffled } = require('../support/numbers');
const { Process } = require('../support/process');

/** Writes a second. */
const WRITES = 10_000;

/**
 * The CPU that a write costs the server, where the written sessions are watched over so many connections: one connection
 * stands for one node. They are in one process, each with a prefix of its own.
 *
 * @param {{ connections: number[], sessions: number, passes: number, ms: number }} settings - 0 connections: nobody watches
 * @returns {Promise<[number, number][]>} number of connections, and µs a write: medians
 */
async function serverCpu({ connections, sessions, passes, ms }) {
  const figures = new Map(connections.map((count) => [count, []]));
  for (let pass = 0; pass < passes; pass++) {
    for (const count of shuffled(connections)) {
      figures.get(count).push(await microsecondsAWrite({ count, sessions, ms }));
    }
  }
  return [...figures].map(([count, values]) => [count, median(values)]);
}

async function microsecondsAWrite({ count, sessions, ms }) {
  const redis = await startRedis();
  const prefixes = Array.from({ length: count || 1 }, (_, at) => `n${at}:sess:`);
  const writer = new Process('writer', 'live/load.js');
  const watchers = new Process('watchers', 'live/watchers.js');
  await writer.do('open', { url: redis.url });
  await writer.do('fill', { count: sessions, prefixes });
  if (count > 0) {
    await watchers.do('open', { url: redis.url, prefixes });
    await watchers.do('watch', { count: sessions });
  }
  const client = await connect(redis.url);
  await writer.do('start', { kind: 'write', perSecond: WRITES, count: sessions, prefixes });
  await sleep(ms / 4);
  const before = await usageOf(client);
  await sleep(ms);
  const after = await usageOf(client);
  await writer.do('stop');
  await client.close();
  writer.end();
  watchers.end();
  await redis.stop();
  return (after.us - before.us) / (after.writes - before.writes);
}

module.exports = { WRITES, serverCpu };
