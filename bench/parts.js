'use strict';

const { authorizations } = require('./authorization');
const { coldAuthorizations } = require('./authorization/cold');
const { inProcess } = require('./filter/in-process');
const { rowsOf } = require('./filter/report');
const { latency } = require('./live/latency');
const { Scene: LiveScene } = require('./live/scene');
const { memory } = require('./memory');
const { storm } = require('./storm');

/** Contenders of the parts that take longer. */
const COLD = [
  'floor',
  'original',
  'original-again',
  'original-ioredis',
  'recipe',
  'shared',
  'jwt-key',
  'plain',
  'plain-ioredis',
  'ours',
  'ours-again',
  'ours-derived',
];
const STORM = [
  'no-auth',
  'no-auth-again',
  'original',
  'recipe',
  'shared',
  'jwt-key',
  'plain',
  'ours',
  'ours-derived',
];
/** Ways to find the sockets of a user: see `filter/contenders.js`. */
const FINDERS = ['original', 'loop', 'sets', 'criteria-io'];

/**
 * The parts of the benchmark, in the order in which they run. Each is given the settings of the same name in PLANS.
 * @type {{ [part: string]: (scene: import('./support/scene').Scene, settings: object) => Promise<object> }}
 */
const parts = {
  authorizations: (scene, settings) => authorizations(scene.without(['no-auth-again']), settings),
  cold: (scene, settings) => coldAuthorizations(scene.only(COLD), settings),
  storm: (scene, settings) => storm(scene.only(STORM), settings),
  memory,

  async sockets(scene, settings) {
    const rows = rowsOf(await inProcess('speeds', { kind: 'one', keys: FINDERS, ...settings }));
    scene.tell('sockets of a user');
    return { count: settings.count, rows };
  },

  async live(scene, { count, ...settings }) {
    const node = await LiveScene.open(count);
    try {
      return { count, ...(await latency(node, settings)) };
    } finally {
      scene.tell('log-outs');
      await node.close();
    }
  },
};

const PLANS = {
  full: {
    sessions: 10_000,
    authorizations: { passes: 15, roundMs: 50 },
    cold: { passes: 10 },
    storm: { passes: 12, connections: 1000 },
    memory: {
      warmUp: 20_000,
      pending: { count: 10_000 },
      sockets: { count: 10_000 },
      index: { count: 100_000 },
      watched: { count: 100_000, ends: [1, 1.5, 2], passes: 1 },
      steady: { series: 8, count: 250_000 },
    },
    sockets: { count: 100_000, passes: 11, roundMs: 20, warmUpMs: 300 },
    live: { count: 100_000, passes: 7, samples: 300 },
  },
  /** Without useful figures: it shows that the benchmark runs, and that the contenders do what they must. */
  quick: {
    sessions: 300,
    authorizations: { passes: 1, roundMs: 1 },
    cold: { passes: 1 },
    storm: { passes: 1, connections: 50 },
    memory: {
      warmUp: 300,
      pending: { count: 500 },
      sockets: { count: 1000 },
      index: { count: 1000 },
      watched: { count: 1000, ends: [1.5], passes: 1 },
      steady: { series: 2, count: 1000 },
    },
    sockets: { count: 300, passes: 1, roundMs: 1, warmUpMs: 2 },
    live: { count: 300, passes: 1, samples: 20 },
  },
};

module.exports = { PLANS, parts };
