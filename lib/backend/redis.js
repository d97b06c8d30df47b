'use strict';

const fs = require('node:fs');
const tls = require('node:tls');
const native = require('../native');
const delivery = require('../delivery');

/** What the addon wants to know of a Redis; every member has to be there. */
const NOWHERE = {
  url: null,
  host: null,
  port: null,
  path: null,
  username: null,
  password: null,
  db: null,
  tls: null,
};

/** Look-ups by the addon's own connection to Redis. */
class RedisBackend {
  #lookup;
  #submit;
  #reason;

  /**
   * @param {Partial<typeof NOWHERE>} address
   * @param {string} reason - why look-ups are native
   */
  constructor({ timeout }, gate, address, reason) {
    this.#lookup = new native.Lookup(gate.native, delivery.connect(), { ...NOWHERE, ...address }, timeout);
    this.#submit = this.#lookup.submitter();
    this.#reason = reason;
  }

  /** @throws {TypeError} for a URL that leads nowhere */
  static fromUrl(options, gate) {
    const url = options.redis;
    const address = { url, tls: url.startsWith('rediss:') ? trust() : null };
    try {
      return new RedisBackend(options, gate, address, 'the option redis');
    } catch (error) {
      throw new TypeError(`authorize(): option redis: ${error.message}`, { cause: error });
    }
  }

  lookUp(receiver, sent, credential) {
    const ticket = delivery.expect(receiver);
    const outcome = this.#submit(sent, credential, ticket);
    if (outcome !== undefined) delivery.redeem(ticket).deliver(outcome, undefined);
  }

  get description() {
    return { kind: 'redis', address: this.#lookup.status().address, reason: this.#reason };
  }

  get reconnects() {
    return this.#lookup.status().reconnects;
  }

  close() {
    this.#lookup.close();
  }
}

/** Whom Node itself would trust under TLS: Mozilla's authorities, which the addon carries, and the operator's. */
function trust() {
  return {
    ca: extraAuthorities(process.env.NODE_EXTRA_CA_CERTS),
    cert: null,
    key: null,
    servername: null,
    rejectUnauthorized: process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0',
  };
}

function extraAuthorities(file) {
  // Node warns of a file that it cannot read, and goes on without it; so do we.
  if (!file || !fs.existsSync(file)) return null;
  return [...tls.rootCertificates, fs.readFileSync(file, 'utf8')].join('\n');
}

module.exports = { RedisBackend };
