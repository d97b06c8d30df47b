'use strict';

const native = require('../addon');
const pending = require('./pending');
const { readRedisOption } = require('../redis/option');
const { ProviderCredentials } = require('../redis/credentials');
const { NativeWatch } = require('./watch/native');

/** Looks sessions up through the addon's own connection to Redis, which all backends of the same target share. */
class RedisBackend {
  #lookup;
  #submit;
  #reason;

  /**
   * @param {object} target - RedisTarget of the binding
   * @param {string} reason - why look-ups are native
   * @param {() => object | Promise<object>} [credentials] - called before each connection, instead of the target's own
   */
  constructor({ timeout, onSessionEnd }, verifier, target, reason, credentials) {
    // Kept alive here: the addon calls it as long as look-ups are made.
    this.credentials = credentials ? ProviderCredentials.of(credentials, timeout) : undefined;
    const login = this.credentials?.native ?? null;
    this.#lookup = new native.Lookup(
      verifier.native,
      pending.connect(),
      target,
      timeout,
      login,
      onSessionEnd != null,
    );
    this.#submit = this.#lookup.submitter();
    this.#reason = reason;
  }

  /** @throws {TypeError} for a setting that cannot be right */
  static fromOption(options, verifier) {
    const { target, keyPrefix } = readRedisOption(options.redis);
    verifier.keyPrefix = keyPrefix;
    try {
      return new RedisBackend(options, verifier, target, 'the option redis');
    } catch (error) {
      throw new TypeError(`authorize(): option redis: ${error.message}`, { cause: error });
    }
  }

  lookUp(receiver, sent, kind) {
    const ticket = pending.expect(receiver);
    const outcome = this.#submit(sent, kind, ticket);
    if (outcome !== undefined) pending.redeem(ticket).deliver(outcome, undefined);
  }

  /** @param {object} settings - as of NativeWatch */
  openWatch(settings) {
    return new NativeWatch(this.#lookup, settings, this.credentials);
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

module.exports = { RedisBackend };
