'use strict';

const { authorize } = require('../../..');
const { until } = require('../redis-cluster');
const { SECRET, passportOf } = require('../visit');
const { Crowd } = require('./crowd');
const { Load } = require('./load');
const { WATCHED, stored } = require('./visitors');

/** Shorter than the default, so that a test need not wait so long for answers that never come. */
const TIMEOUT_MS = 2000;
/** So long that no poll helps. */
const NO_POLL_MS = 600_000;

/** An authorizer over a place with sessions, 1,000 connected sockets whose sessions are watched, and visitors. */
class Scene {
  /**
   * @param {{ redis: object | string, tier?: string }} place - `tier`: how sessions are watched there, 'tracking' or 'poll'
   * @param {{ options?: object, meets?: (visitor: object) => boolean }} [settings] - options of the authorizer; whom a fault
   *   may meet
   */
  constructor(place, { options, meets } = {}) {
    this.place = place;
    this.authorizer = authorize({
      ...{ redis: place.redis, secret: SECRET, passport: passportOf(), timeout: TIMEOUT_MS },
      ...{ recheckEvery: NO_POLL_MS, onSessionEnd: (socket) => this.crowd.tell(socket) },
      ...options,
    });
    this.load = new Load(this.authorizer, meets);
    this.crowd = new Crowd(this.authorizer);
  }

  /** Writes the sessions, and connects the sockets. */
  async fill() {
    await this.place.write(stored());
    await this.connect();
  }

  async connect() {
    await this.crowd.connect();
    await until(() => {
      const { sessions, tier } = this.authorizer.stats().watch;
      return sessions === WATCHED.length && tier === (this.place.tier ?? 'tracking');
    });
  }

  close() {
    this.authorizer.close();
  }
}

module.exports = { Scene, TIMEOUT_MS };
