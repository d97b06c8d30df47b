'use strict';

const { startRedis } = require('../../scripts/support/redis-server');
const { HERE, contenders } = require('../contenders');
const { USERS } = require('../contenders/app');
const { connect, versionOf } = require('./redis');
const { writeSessions } = require('./sessions');

/** What all parts of the benchmark share: a Redis with sessions in it, and the contenders that were chosen. */
class Scene {
  /**
   * @param {object} options
   * @param {number} [options.sessions] - that exist; each has another user
   * @param {string[]} [options.keys] - of contenders; empty: all
   * @param {string} [options.against] - the folder of another checkout, which takes part
   * @param {(text: string) => void} [options.tell] - hears how far it is
   */
  static async open({ sessions = USERS, keys = [], against, tell = () => {} } = {}) {
    const scene = new Scene();
    scene.sessions = sessions;
    scene.against = against;
    scene.tell = tell;
    const isChosen = ({ key, role }) => keys.length === 0 || keys.includes(key) || NEEDED.includes(role);
    scene.contenders = contenders.filter((one) => (against || !one.isOther) && isChosen(one));
    scene.redis = await startRedis();
    scene.client = await connect(scene.redis.url);
    scene.redisVersion = `${scene.redis.name} ${await versionOf(scene.client)}`;
    await writeSessions(scene.client, { count: scene.sessions });
    return scene;
  }

  /** The same with these contenders alone, as far as they were chosen, and those of the other checkout. */
  only(keys) {
    return this.#with(({ key, isOther }) => isOther || keys.includes(key));
  }

  without(keys) {
    return this.#with(({ key }) => !keys.includes(key));
  }

  #with(isWanted) {
    return Object.assign(new Scene(), this, { contenders: this.contenders.filter(isWanted) });
  }

  checkoutOf({ isOther }) {
    return isOther ? this.against : HERE;
  }

  async close() {
    await this.client.close();
    await this.redis.stop();
  }
}

/** Others are compared with these. */
const NEEDED = ['no-auth', 'floor', 'reference'];

module.exports = { Scene };
