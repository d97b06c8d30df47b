'use strict';

const { median, quantile, shuffled } = require('../support/numbers');

/** Milliseconds between two log-outs. */
const GAP_MS = 2;

/**
 * The time from a log-out to `onSessionEnd`, in ms. `idle`: nothing else happens. `touched`: while other sessions are
 * touched. `published`: no session ends; the log-out is only published, and heard by node-redis in the same process. That is
 * what such a message costs on this machine at this time, and what an app would build by hand.
 *
 * @param {import('./scene').Scene} scene
 * @param {{ passes: number, samples: number }} settings
 * @returns {Promise<{ [mode: string]: { p50: number, p99: number, quiet: number } }>} medians of the passes; `quiet`: the lower
 *   quartile of their p99, which is closer to the figure of an idle machine
 */
async function latency(scene, { passes, samples }) {
  const run = scene.count === 1 ? oneByOne : together;
  const modes = {
    idle: () => run(scene, samples),
    touched: () =>
      scene.during({ ...scene.touches, ...(scene.count === 1 && ONLY) }, () => run(scene, samples)),
    published: () =>
      timesOf(
        scene,
        Array.from({ length: samples }, (_, at) => at),
        { publishes: true },
      ),
  };
  const figures = Object.fromEntries(Object.keys(modes).map((mode) => [mode, []]));
  for (let pass = 0; pass < passes; pass++) {
    for (const mode of shuffled(Object.keys(modes))) figures[mode].push(await modes[mode]());
  }
  return Object.fromEntries(Object.entries(figures).map(([mode, rounds]) => [mode, summary(rounds)]));
}

/** The only session has always the same number. */
const ONLY = { from: 0, count: 1 };

function together(scene, samples) {
  return timesOf(scene, scene.take(samples));
}

/** One live session at a time. */
async function oneByOne(scene, samples) {
  const times = [];
  for (let at = 0; at < samples; at++) {
    times.push(...(await timesOf(scene, [0])));
    await scene.visitors.do('fill', { count: 1 });
    await scene.node.do('connect', { count: 1, tracked: 1 });
  }
  return times;
}

async function timesOf({ visitors, node }, indexes, { publishes = false } = {}) {
  const sent = await visitors.do('logOut', { indexes, gapMs: GAP_MS, publishes });
  const ends = await node.do('ends', { count: indexes.length });
  const heard = new Map(ends.map(({ index, monotonic }) => [index, monotonic]));
  const reason = publishes ? 'published' : 'destroyed';
  const isRight = ends.every((end) => end.reason === reason) && indexes.every((index) => heard.has(index));
  if (!isRight || ends.length !== indexes.length) throw new Error('the wrong sessions have ended');
  return indexes.map((index, at) => heard.get(index) - sent[at]);
}

function summary(rounds) {
  const p99 = rounds.map((times) => quantile(times, 0.99));
  return { p50: median(rounds.map(median)), p99: median(p99), quiet: quantile(p99, 0.25) };
}

/** How late sessions end whose time is over, in ms. `others` sessions with a time to live are not watched. */
async function lateness(scene, { others, samples, gapMs }) {
  await scene.visitors.do('fill', { from: scene.count, count: others });
  const indexes = scene.take(samples);
  const times = await scene.visitors.do('expire', { indexes, inMs: 1000, gapMs });
  const ends = await scene.node.do('ends', { count: samples });
  const timeOf = new Map(indexes.map((index, at) => [index, times[at]]));
  if (ends.some(({ reason }) => reason !== 'expired')) throw new Error('a session ended before its time');
  const late = ends.map(({ index, wall }) => wall - timeOf.get(index));
  return { p50: median(late), p99: quantile(late, 0.99), max: Math.max(...late) };
}

module.exports = { lateness, latency };
