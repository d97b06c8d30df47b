'use strict';

const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { median } = require('../support/numbers');

/** A client has some, now and then; what one that is forgotten holds shows in the heap. */
const TIMERS = ['Timeout', 'Immediate'];
const MB = 1024 * 1024;
/** Caches, pools and compiled code fill up in the first part of a run, which does not count. */
const WARM_UP = 0.25;
/** Below this the slope is that of the noise. */
const FEWEST_SAMPLES = 20;
/**
 * What a run may grow by, from the end of its warm-up. RSS: the allocators of C and V8 keep what they have had, so that the
 * peaks of single rounds show in it.
 */
const LIMITS = {
  rss: { title: 'RSS', unit: 'MB', least: 8, share: 0.1 },
  heap: { title: 'heap', unit: 'MB', least: 2, share: 0.1 },
  handles: { title: 'handles', unit: '', least: 2, share: 0 },
  files: { title: 'files', unit: '', least: 2, share: 0 },
  threads: { title: 'threads', unit: '', least: 2, share: 0 },
};

/** @returns {Promise<object>} what this process holds now. It needs `--expose-gc`. */
async function sample() {
  // Finalizers of native objects run later.
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await sleep(5);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    at: performance.now(),
    rss: rss / MB,
    heap: (heapUsed + external) / MB,
    handles: process.getActiveResourcesInfo().filter((type) => !TIMERS.includes(type)).length,
    files: entriesOf('fd'),
    threads: entriesOf('task'),
  };
}

/** 0 where there is no /proc. */
function entriesOf(folder) {
  try {
    return fs.readdirSync(`/proc/self/${folder}`).length;
  } catch {
    return 0;
  }
}

/**
 * @returns {{ lines: string[], grown: string[] }} the slope of each figure in words, and the names of those that grow
 */
function growthOf(samples) {
  const first = samples[0]?.at ?? 0;
  const begin = first + WARM_UP * ((samples.at(-1)?.at ?? 0) - first);
  const steady = samples.filter(({ at }) => at >= begin);
  if (steady.length < FEWEST_SAMPLES) return { lines: ['The run is too short for a slope.'], grown: [] };
  const hours = (steady.at(-1).at - steady[0].at) / 3_600_000;
  const lines = [];
  const grown = [];
  for (const [name, { title, unit, least, share }] of Object.entries(LIMITS)) {
    const values = steady.map((each) => each[name]);
    const slope = slopeOf(steady.map(({ at }, i) => [at / 3_600_000, values[i]]));
    const by = slope * hours;
    const limit = Math.max(least, share * median(values));
    const isGrowth = by > limit;
    if (isGrowth) grown.push(title);
    lines.push(
      `${title}: median ${median(values).toFixed(1)} ${unit}, ${signed(slope)} ${unit} an hour, ` +
        `${signed(by)} in ${(hours * 60).toFixed(1)} minutes (limit ${limit.toFixed(1)})${isGrowth ? ': IT GROWS' : ''}`,
    );
  }
  return { lines: lines.map((line) => line.replaceAll(/ +(?=[ ,])/g, '')), grown };
}

/** The median of the slopes between the points (Theil–Sen): a peak does not bend it. */
function slopeOf(points) {
  const step = Math.ceil(points.length / 200);
  const few = points.filter((_, i) => i % step === 0);
  const slopes = [];
  for (const [i, [x, y]] of few.entries()) {
    for (const [otherX, otherY] of few.slice(i + 1)) slopes.push((otherY - y) / (otherX - x));
  }
  return median(slopes);
}

function signed(number) {
  return `${number < 0 ? '−' : '+'}${Math.abs(number).toFixed(2)}`;
}

module.exports = { growthOf, sample };
