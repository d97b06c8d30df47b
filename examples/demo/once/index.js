'use strict';

const { startDemo } = require('../server');
const { playAdmin } = require('./admin');
const { playEnds } = require('./ends');
const { playOutage } = require('./outage');
const { playStage } = require('./stage');
const { playStorm } = require('./storm');
const { playStrangers } = require('./strangers');
const { Visitor } = require('./visitor');

const END_WITHIN_MS = 10_000;
const PARTS = [playStage, playStrangers, playEnds, playAdmin, playOutage, playStorm];

/** Plays visitors of the demo against the real thing: HTTP, cookies, WebSocket. Throws at the first surprise. */
async function once() {
  const start = performance.now();
  const demo = await startDemo({ print: () => {} });
  console.log(`Sessions: ${demo.sessions.description}\n`);
  const visitor = new Visitor(demo);
  try {
    for (const play of PARTS) await play(visitor, demo);
  } finally {
    visitor.leave();
    await demo.stop();
  }
  console.log(`\nAll as expected, in ${((performance.now() - start) / 1_000).toFixed(1)} s.`);
  failUnlessEnding();
}

/** A timer that does not keep the process alive: it only fires when something else does. */
function failUnlessEnding() {
  const complain = () => {
    console.error(`Everything is closed, and yet the process is still alive after ${END_WITHIN_MS} ms.`);
    process.exit(1);
  };
  setTimeout(complain, END_WITHIN_MS).unref();
}

module.exports = { once };
