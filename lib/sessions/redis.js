'use strict';

const { performance } = require('node:perf_hooks');
const timers = require('node:timers');
const native = require('../addon');
const { CLOSED, OUTCOME } = require('../outcomes');
const { AFTER_CLOSE } = require('./backend-state');
const { idOfNobody } = require('./nobody');
const pending = require('./pending');
const { readRedisOption } = require('../redis/option');
const { ProviderCredentials } = require('../redis/credentials');
const { CREDENTIAL_KIND } = require('./verifier');
const { NativeWatch } = require('./watch/native');

/** Milliseconds between two looks at masters of a cluster that are being connected to. */
const POLL_MS = 20;

/** Looks sessions up through the addon's own connection to Redis, which all backends of the same target share. */
class RedisBackend {
  #lookup;
  #submit;
  #reason;
  #timeout;
  /** Makes look-ups that no statistic counts, over the same connection. */
  #uncounted;
  /** @type {Set<object>} those of the checks under way */
  #checks = new Set();
  #isClosed = false;

  /**
   * @param {object} target - RedisTarget of the binding
   * @param {string} reason - why look-ups are native
   * @param {() => object | Promise<object>} [credentials] - called before each connection, instead of the target's own
   */
  constructor({ timeout, onSessionEnd }, verifier, target, reason, credentials) {
    // Kept alive here: the addon calls it as long as look-ups are made.
    this.credentials = credentials ? ProviderCredentials.of(credentials, timeout) : undefined;
    const login = this.credentials?.native ?? null;
    const lookupBy = (by, deliversIds, describes) =>
      new native.Lookup(by, pending.connect(), target, timeout, login, deliversIds, describes);
    this.#lookup = lookupBy(verifier.native, onSessionEnd != null, false);
    this.#uncounted = (describes) => lookupBy(verifier.twin(), false, describes);
    this.#timeout = timeout;
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

  /** Connects, if no look-up has done so. */
  connect() {
    this.#lookup.connect();
  }

  /** Resolves with the outcome of a look-up for nobody. Of a cluster, all masters have to answer. */
  async check() {
    if (this.#isClosed) return { outcome: OUTCOME.CLOSED, value: CLOSED };
    const until = performance.now() + this.#timeout;
    this.connect();
    const said = await this.#lookUpUncounted(idOfNobody(), false);
    if (said.outcome !== OUTCOME.SESSION_NOT_FOUND) return said;
    for (;;) {
      const { state, lastError } = this.status;
      if (this.#isClosed) return { outcome: OUTCOME.CLOSED, value: CLOSED };
      if (state === 'down') return { outcome: OUTCOME.STORE_ERROR, value: lastError };
      if (state === 'up') return said;
      if (performance.now() >= until)
        return { outcome: OUTCOME.STORE_TIMEOUT, value: `not connected within ${this.#timeout} ms` };
      await new Promise((resolve) => timers.setTimeout(resolve, POLL_MS));
    }
  }

  /**
   * Looks a session up, and says what it is made of. No statistic counts it.
   * @returns {Promise<{ outcome: number, value: unknown, shape?: import('./shape').Shape, isOfAddon?: boolean,
   *   answers: object }>} `isOfAddon`: the cause has the addon's words, not those of the app's store; `answers`: the description
   *   of what has answered
   */
  async inspect(id) {
    const said = this.#isClosed
      ? { outcome: OUTCOME.CLOSED, value: CLOSED }
      : await this.#lookUpUncounted(id, true);
    const answers = this.description;
    // A fault comes as a text.
    if (!Array.isArray(said.value)) return { ...said, isOfAddon: true, answers };
    const [key, shape] = said.value;
    return { outcome: said.outcome, value: key ?? undefined, shape, answers };
  }

  #lookUpUncounted(id, describes) {
    const lookup = this.#uncounted(describes);
    this.#checks.add(lookup);
    return new Promise((resolve) => {
      const deliver = (outcome, value) => {
        this.#checks.delete(lookup);
        lookup.close();
        resolve({ outcome, value });
      };
      const ticket = pending.expect({ deliver });
      const outcome = lookup.submitter()(id, CREDENTIAL_KIND.ID, ticket);
      if (outcome !== undefined) pending.redeem(ticket).deliver(outcome, undefined);
    });
  }

  /** @returns {{ address: string, reconnects: number, state: string, lastError?: string, isOutOfReach: boolean }} */
  get status() {
    return this.#lookup.status();
  }

  get description() {
    const { address, ...now } = this.status;
    const { state, lastError = null } = this.#isClosed ? AFTER_CLOSE : now;
    return { kind: 'redis', address, reason: this.#reason, state, lastError };
  }

  get reconnects() {
    return this.status.reconnects;
  }

  close() {
    this.#isClosed = true;
    for (const lookup of this.#checks) lookup.close();
    this.#lookup.close();
  }
}

module.exports = { RedisBackend };
