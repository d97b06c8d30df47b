'use strict';

const assert = require('node:assert/strict');
const { CpuClock } = require('../support/cpu');
const { contenders } = require('./contenders');
const { shuffled } = require('../support/numbers');
const { sceneOf } = require('./scene');

const clock = new CpuClock();
/** A limit for lists that are made before a round, so that they do not fill the memory. */
const PREPARED_AT_MOST = 5_000_000;

/**
 * Times all contenders on one kind of question, interleaved: in each pass each has one round, in a new random order.
 *
 * @param {import('./questions').Kind} kind
 * @param {{ count: number, passes: number, roundMs: number, warmUpMs: number, keys?: string[] }} settings - keys:
 *   of the contenders that take part; default: all
 * @returns {Promise<{ key: string, rounds: number[] }[]>} ns of CPU of the main thread per call, one figure a pass
 */
async function speeds(kind, { count, passes, roundMs, warmUpMs, keys }) {
  const scene = await sceneOf(count);
  const chosen = contenders.filter(({ key }) => keys?.includes(key) ?? true);
  const runs = chosen.map((contender) => ({ contender, calls: 1, rounds: [] }));
  for (const { contender } of runs) check(contender, kind, scene);
  for (const run of runs) warmUp(run, kind, scene, { roundMs, warmUpMs });
  for (let pass = 0; pass < passes; pass++) {
    for (const run of shuffled(runs)) run.rounds.push(round(run, kind, scene));
  }
  return runs.map(({ contender: { key }, rounds }) => ({ key, rounds }));
}

/** Checks that all contenders give the same answer. */
function check({ name, prepare, find }, kind, scene) {
  for (let i = 0; i < 10; i++) {
    const question = kind.draw(scene);
    const found = find(question, scene, prepare?.(scene));
    const right = scene.list.filter((socket) => question.test(socket.request.user));
    if (typeof found === 'number') assert.equal(found, right.length, name);
    else assert.ok(found.length === right.length && found.every((socket, at) => socket === right[at]), name);
  }
}

/** Runs until the code is compiled, and determines how many calls make a round. */
function warmUp(run, kind, scene, { roundMs, warmUpMs }) {
  for (let spent = 0; spent < warmUpMs;) {
    const perCall = round(run, kind, scene) / 1e6;
    spent += perCall * run.calls;
    run.calls = Math.max(1, Math.round(roundMs / perCall));
    if (run.contender.prepare)
      run.calls = Math.min(run.calls, Math.ceil(PREPARED_AT_MOST / scene.list.length));
  }
}

function round({ contender: { prepare, find }, calls }, kind, scene) {
  const questions = Array.from({ length: calls }, () => kind.draw(scene));
  const prepared = questions.map(() => prepare?.(scene));
  const before = clock.read().main;
  for (let i = 0; i < calls; i++) find(questions[i], scene, prepared[i]);
  return (clock.read().main - before) / calls;
}

module.exports = { speeds };
