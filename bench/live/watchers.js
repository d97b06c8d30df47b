'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const native = require('../../lib/addon');
const { readRedisOption } = require('../../lib/redis/option');
const pending = require('../../lib/sessions/pending');
const { NativeWatch } = require('../../lib/sessions/watch/native');
const { collect, outside } = require('../support/heap');
const { connect, trackedKeys } = require('../support/redis');
const { sidOf, userOf } = require('../support/sessions');
const { serve } = require('../support/process');

/** Sessions that are watched in one turn. */
const BATCH = 1000;

let redis;
let watches;

/** Watches without sockets: one for each prefix. Each has a connection of its own, as those of many nodes have. */
const tasks = {
  async open({ url, prefixes }) {
    const { target } = readRedisOption(url);
    redis = await connect(url);
    watches = prefixes.map((prefix) => {
      const verifier = new native.Verifier({ key: 'sid', secrets: ['s'], prefix, passportKey: 'passport' });
      const lookup = new native.Lookup(verifier, pending.connect(), target, 5000, null, true, false);
      return new NativeWatch(lookup, { recheckEvery: 30_000, onEnd });
    });
  },

  /** Watches the sessions from `from` to `from + count`, spread over the prefixes. */
  async watch({ from = 0, count }) {
    for (let start = from; start < from + count; start += BATCH) {
      for (let index = start; index < Math.min(start + BATCH, from + count); index++) {
        watches[index % watches.length].watch(index, 0, sidOf(index), JSON.stringify(userOf(index)));
      }
      await sleep(2);
    }
    while ((await trackedKeys(redis)) < from + count) await sleep(20);
  },

  /** Resident bytes outside of V8's heap, when nothing is under way. */
  async outside() {
    await sleep(500);
    await collect();
    return outside();
  },
};

/** The traffic changes nobody's user. */
function onEnd(slot, turn, reason) {
  throw new Error(`session ${slot}: ${reason}`);
}

serve(tasks);
