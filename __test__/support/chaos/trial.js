'use strict';

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { NEVER_MS } = require('./load');
const { Scene } = require('./scene');
const { VISITORS, WATCHED, stored } = require('./visitors');

/** Those whose sessions are destroyed when all is well again, from everywhere in the crowd. */
const VICTIMS = WATCHED.filter((_, i) => i % 100 === 37);
const OTHERS = WATCHED.filter((sid) => !VICTIMS.includes(sid));

/**
 * A fault, as a row of docs/reliability.md.
 * @typedef {object} Fault
 * @property {string} title
 * @property {string} what - what happens, for the page
 * @property {() => Promise<object>} place - where the sessions are
 * @property {(place: object, scene: Scene) => unknown} begin
 * @property {(place: object, scene: Scene) => unknown} [end] - resolves when the cause is gone
 * @property {string[]} [codes] - with which visitors may be refused meanwhile. Default: nobody is
 * @property {RegExp} [cause] - of at least one refusal; default: any
 * @property {boolean} [spares] - that somebody is refused is possible, and need not be
 * @property {boolean} [loses] - all sessions are gone, and so every socket ends
 * @property {(visitor: object) => boolean} [meets] - who may be refused meanwhile. Default: everybody
 * @property {object} [options] - of the authorizer
 */

/**
 * Tries a fault with 1,000 look-ups in flight and 1,000 watched sessions. Throws where anybody is let in or ended wrongly,
 * is not answered, or where look-ups or the watch do not recover.
 * @param {Fault} fault
 * @returns {Promise<{ refused: object, longestMs: number, lookUpMs: number, endMs: number }>} who was refused, by code; the
 *   longest wait for an answer; and how long after the end of the cause visitors are let in, and ends of sessions are told
 */
async function trial(fault) {
  const place = await fault.place();
  let scene;
  try {
    scene = new Scene(place, fault);
    await scene.fill();
    return await play(fault, place, scene);
  } finally {
    scene?.close();
    await place.close();
  }
}

async function play(fault, place, scene) {
  const { load, crowd, authorizer } = scene;
  const { codes = [], cause = /(?:)/, loses = false } = fault;
  assert.equal(await load.wave(), 0, 'all is well before');
  load.start();
  await load.submitted();
  assert.equal(authorizer.stats().pending, VISITORS.length);
  load.longestMs = 0;
  await fault.begin(place, scene);
  if (codes.length > 0 && !fault.spares) await load.sees(codes, cause);
  await load.waves(3);
  if (!loses) assert.deepEqual(crowd.ended, [], 'nobody is ended meanwhile');
  await fault.end?.(place, scene);

  const since = clock();
  const lost = loses ? await beginAnew(scene, since) : undefined;
  const recovered = await recovery(scene);
  await load.stop();
  await untilAllIsWell(load);
  assertNothingWrong(load, loses ? [...codes, 'SESSION_NOT_FOUND'] : codes);
  assertEnded(crowd, VICTIMS);

  // Each of the others is still watched.
  await end(scene, OTHERS);
  assertEnded(crowd, WATCHED);
  return { refused: load.refused, longestMs: load.longestMs, ...(lost ?? recovered) };
}

/** When somebody is let in from now on, and when it is told that sessions end from now on. */
async function recovery(scene) {
  const since = clock();
  const [lookUpMs, endMs] = await Promise.all([
    scene.load.untilAnswered().then(since),
    end(scene, VICTIMS).then(since),
  ]);
  return { lookUpMs, endMs };
}

function clock() {
  const began = performance.now();
  return () => performance.now() - began;
}

async function end({ place, crowd }, sids) {
  await place.destroy(sids);
  await crowd.untilEnded(sids);
}

/** Every session was lost: each socket ends, once. They log in and connect again. */
async function beginAnew(scene, since) {
  const { place, load, crowd } = scene;
  const [lookUpMs, endMs] = await Promise.all([
    load.untilAnswered('SESSION_NOT_FOUND').then(since),
    crowd.untilEnded(WATCHED).then(since),
  ]);
  assertEnded(crowd, WATCHED);
  await place.write(stored());
  await scene.connect();
  return { lookUpMs, endMs };
}

/** Tries until each of 1,000 gets what is theirs. */
async function untilAllIsWell(load) {
  const deadline = performance.now() + NEVER_MS;
  while ((await load.wave()) > 0) {
    assert.ok(performance.now() < deadline, `somebody is still refused: ${[...load.causes].at(-1)}`);
    await sleep(20);
  }
}

/** They, once each, and nobody else. */
function assertEnded({ ended }, sids) {
  assert.deepEqual([...ended].sort(), [...sids].sort());
}

function assertNothingWrong({ wrong, refused, causes }, codes) {
  assert.deepEqual(wrong.slice(0, 5), []);
  for (const code of Object.keys(refused))
    assert.ok(codes.includes(code), `${code}: ${[...causes].join('; ')}`);
}

module.exports = { trial };
