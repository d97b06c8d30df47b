'use strict';

const { startRedis } = require('../../scripts/support/redis-server');
const { Process } = require('../support/process');

/**
 * A Redis, a node with live sessions, and two processes of other clients: `visitors` log out, `traffic` touches and writes.
 */
class Scene {
  /** The sessions below this number have ended. */
  ended = 0;

  /** @param {number} count - of live sessions */
  static async open(count) {
    const scene = new Scene();
    scene.count = count;
    scene.redis = await startRedis();
    scene.visitors = new Process('visitors', 'live/load.js');
    scene.traffic = new Process('traffic', 'live/load.js');
    scene.node = new Process('node', 'live/node.js');
    for (const each of scene.#processes) await each.do('open', { url: scene.redis.url });
    await scene.visitors.do('fill', { count });
    await scene.node.do('connect', { count, tracked: count });
    return scene;
  }

  async close() {
    for (const each of this.#processes) each.end();
    await this.redis.stop();
  }

  get #processes() {
    return [this.visitors, this.traffic, this.node];
  }

  /** Numbers of sessions that still live, each once. */
  take(count) {
    const from = this.ended;
    if (from + count > this.count) throw new Error(`only ${this.count} sessions`);
    this.ended += count;
    return Array.from({ length: count }, (_, at) => from + at);
  }

  /** Runs `work` while sessions are touched, or others are written: see `load.js`. */
  async during(traffic, work) {
    await this.traffic.do('start', traffic);
    const result = await work();
    const { seconds, perSecond } = await this.traffic.do('stop');
    if (seconds > 1 && perSecond < 0.95 * traffic.perSecond) {
      process.stderr.write(`only ${perSecond.toFixed(0)} of ${traffic.perSecond} commands a second\n`);
    }
    return result;
  }

  /** Touches of sessions that live. */
  get touches() {
    return { kind: 'touch', perSecond: 1000, from: this.ended, count: this.count - this.ended };
  }
}

module.exports = { Scene };
