'use strict';

const tls = require('node:tls');
const { authority, leaf } = require('../../chains/make');
const { Proxy } = require('../proxy');
const { Single } = require('./single');

const ROOT = authority('Root');
const GOOD = leaf(ROOT);

/** One Redis behind a proxy that speaks TLS, whose certificate can be another one from now on. */
class Secure extends Single {
  static async open() {
    const place = new Secure();
    await place.start();
    place.proxy = await Proxy.start(place.server.port, (onClient) => {
      const server = tls.createServer(settingsOf(GOOD), onClient);
      return server.on('tlsClientError', () => {});
    });
    return place;
  }

  get redis() {
    return { url: `rediss://localhost:${this.proxy.port}`, tls: { ca: ROOT.pem } };
  }

  /** Connections are made anew, with this certificate. @param {object} [certificate] default: the right one */
  show(certificate = GOOD) {
    this.proxy.server.setSecureContext(settingsOf(certificate));
    this.proxy.cut();
  }

  async close() {
    await this.proxy.stop();
    await super.close();
  }
}

function settingsOf({ pem, keyPem }) {
  return { cert: pem, key: keyPem };
}

module.exports = { ROOT, Secure };
