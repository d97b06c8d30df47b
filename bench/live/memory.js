'use strict';

const { startRedis } = require('../../scripts/support/redis-server');
const { median } = require('../support/numbers');
const { PREFIX } = require('../support/sessions');
const { Process } = require('../support/process');

/**
 * Bytes a watched session takes outside of V8's heap: the growth of a process from `count / 2` sessions to several numbers
 * around `count`, because its tables grow by a quarter, or to the double, at a time.
 * @returns {Promise<number[]>} one for each number of sessions
 */
async function nativeBytes({ count, ends }) {
  const redis = await startRedis();
  const all = Math.max(...ends) * count;
  const loader = new Process('loader', 'live/load.js');
  await loader.do('open', { url: redis.url });
  await loader.do('fill', { count: all });
  const figures = [];
  for (const end of ends) {
    const watchers = new Process('watchers', 'live/watchers.js', [], ['--expose-gc']);
    await watchers.do('open', { url: redis.url, prefixes: [PREFIX] });
    const from = count / 2;
    await watchers.do('watch', { count: from });
    const before = await watchers.do('outside');
    await watchers.do('watch', { from, count: end * count - from });
    figures.push(((await watchers.do('outside')) - before) / (end * count - from));
    watchers.end();
  }
  loader.end();
  await redis.stop();
  return figures;
}

/** Bytes that the option `onSessionEnd` adds to what V8 holds of a connected socket. */
async function heapBytes({ count, passes }) {
  const redis = await startRedis();
  const loader = new Process('loader', 'live/load.js');
  await loader.do('open', { url: redis.url });
  await loader.do('fill', { count });
  const figures = [];
  for (let pass = 0; pass < passes; pass++) {
    const [live, plain] = [await heapOf(redis, count, true), await heapOf(redis, count, false)];
    figures.push(live - plain);
  }
  loader.end();
  await redis.stop();
  return median(figures);
}

async function heapOf({ url }, count, isLive) {
  const node = new Process('node', 'live/node.js', [], ['--expose-gc']);
  await node.do('open', { url, isLive });
  await node.do('connect', { count });
  const bytes = await node.do('heap');
  node.end();
  return bytes;
}

module.exports = { heapBytes, nativeBytes };
