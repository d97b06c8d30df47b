'use strict';

const { Proxy } = require('../proxy');
const { Single } = require('./single');

/** One Redis behind a proxy. */
class Proxied extends Single {
  static async open() {
    const place = new Proxied();
    await place.start();
    place.proxy = await Proxy.start(place.server.port);
    return place;
  }

  get redis() {
    return `redis://127.0.0.1:${this.proxy.port}`;
  }

  async close() {
    await this.proxy.stop();
    await super.close();
  }
}

module.exports = { Proxied };
