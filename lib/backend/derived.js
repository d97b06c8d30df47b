'use strict';

const { performance } = require('node:perf_hooks');
const { number } = require('../outcomes');
const { Derivation } = require('./derivation');
const { RedisBackend } = require('./redis');
const { Comparison } = require('./comparison');
const { Doubts, Doubted, isDoubtful } = require('./doubts');

/** Look-ups that found a user both ways, and the same one, before the addon answers alone. */
const PROOFS = 3;
/**
 * How often, in milliseconds, one user that the addon found is looked up through the store as well: a
 * select() of node-redis after the proof cannot be seen from outside, and the session may be in both databases.
 */
const AUDIT_MS = 1000;

/**
 * For how long, in milliseconds, the addon and a client may differ that find the master or the nodes by themselves: one
 * of them follows a failover sooner. Sentinel lets an old master go on for some ten seconds.
 */
const FOLLOWS_WITHIN_MS = 30_000;
/** After so many milliseconds, a difference belongs to another failover. */
const FORGIVEN_MS = 600_000;

/**
 * How long, in milliseconds, the store may take where the addon does not reach Redis: a client that has lost it too may
 * queue for as long as that lasts, and others wait for this one's result.
 */
const FAULT_CONFIRMED_WITHIN_MS = 2000;

const UNDER_WAY = 'the proof that the addon sees the same sessions is under way';

/**
 * Native look-ups where the app's own store leads, for as long as they are proven to see the same:
 *
 *   recognising ─► proving ─► native          the store answers until the proof is there
 *        └────────────┴─────────┴─► store     for good, on a contradiction that no failover explains
 */
class DerivedBackend {
  #options;
  #gate;
  #store;
  /** @type {RedisBackend | undefined} what is being proven, or proven */
  #native;
  #proofs = 0;
  #comparing = false;
  #audited = 0;
  /** Whether the native side finds by itself where the sessions are. */
  #moves = false;
  /** When the two first differed, in this failover. */
  #differed = -Infinity;
  #doubts = new Doubts(this);
  #derivation;
  /** Native look-ups were derived, or are about to be, or will never be. */
  #derived = false;
  #closed = false;

  constructor(options, gate, store) {
    this.#options = options;
    this.#gate = gate;
    this.#store = store;
    this.#store.reason = UNDER_WAY;
    this.#derivation = new Derivation(options, store);
  }

  lookUp(connection, sent, credential) {
    if (this.#native && !this.#derivation.holds()) this.#forget();
    const native = this.#native;
    if (this.trusts(native))
      native.lookUp(new Doubted(this, native, connection, sent, credential), sent, credential);
    else this.#prove(connection, sent, credential);
  }

  get description() {
    return this.trusts(this.#native) ? this.#native.description : this.#store.description;
  }

  get reconnects() {
    return this.#native?.reconnects ?? 0;
  }

  close() {
    this.#closed = true;
    this.#native?.close();
    this.#doubts.deliverAll();
    this.#store.close();
  }

  /** What is left of a look-up's time, in milliseconds. */
  #left({ since }) {
    return Math.max(1, this.#options.timeout - (performance.now() - since));
  }

  /** Whether look-ups are answered by this one alone. */
  trusts(native) {
    return native !== undefined && native === this.#native && this.#proofs >= PROOFS;
  }

  /** @param {Doubted} doubted - has the native answer */
  answered(doubted) {
    if (this.#closed) doubted.deliverOwn();
    else if (!this.trusts(doubted.native)) this.retry(doubted);
    else if (isDoubtful(doubted.outcome)) this.#doubts.add(doubted);
    else this.#deliverAudited(doubted);
  }

  #deliverAudited(doubted) {
    const { since, outcome, sent, credential } = doubted;
    if (outcome === number.FOUND && since - this.#audited >= AUDIT_MS) {
      this.#audited = since;
      this.#compare(sent, credential);
    }
    doubted.deliverOwn();
  }

  /** Asks the store about native bad news, in the time that is left. */
  confirm(doubted, deliver) {
    const left = this.#left(doubted);
    const within = doubted.outcome === number.STORE_ERROR ? Math.min(left, FAULT_CONFIRMED_WITHIN_MS) : left;
    inContextOf(doubted, () => this.#store.lookUp({ deliver }, doubted.sent, doubted.credential, within));
  }

  /** The store knew better. That may be a session made in between, or a Redis that moved: prove it anew. */
  overrule({ native, outcome, sent, credential }) {
    if (native !== this.#native) return;
    this.#proofs = 0;
    if (outcome === number.STORE_ERROR) this.#forget();
    else this.#compare(sent, credential);
  }

  /** Nothing native is trusted (any more): the store answers. */
  retry(doubted) {
    inContextOf(doubted, () =>
      this.#prove(doubted.connection, doubted.sent, doubted.credential, this.#left(doubted)),
    );
  }

  /** The store answers; what it found is then looked up natively too. */
  #prove(connection, sent, credential, timeout) {
    this.#derive();
    const deliver = (outcome, value) => {
      connection.deliver(outcome, value);
      if (outcome === number.FOUND) this.#compare(sent, credential, value);
    };
    this.#store.lookUp({ deliver }, sent, credential, timeout);
  }

  async #derive() {
    if (this.#derived || this.#closed) return;
    this.#derived = true;
    const { target, credentials, keyPrefix, unsupported, later } = await this.#derivation.run();
    if (this.#closed) return;
    this.#store.reason = later ?? UNDER_WAY;
    if (unsupported) this.#settleForStore(unsupported);
    else if (later) this.#derived = false;
    else this.#connect(target, keyPrefix, credentials);
  }

  #connect(target, keyPrefix, credentials) {
    try {
      this.#gate.keyPrefix = keyPrefix;
      this.#moves = target.cluster || target.sentinel !== null;
      this.#native = new RedisBackend(this.#options, this.#gate, target, 'the store, as proven', credentials);
    } catch (error) {
      this.#settleForStore(`the store's client could not be followed: ${error.message}`);
    }
  }

  /**
   * Looks the same up both ways. One at a time: proof, not load.
   * @param {unknown} [expected] - the user key that the store has just given
   */
  async #compare(sent, credential, expected) {
    const native = this.#native;
    if (!native || this.#comparing || this.#closed) return;
    this.#comparing = true;
    const { equal, fault } = await new Comparison(native, this.#store, sent, credential, expected).run();
    this.#comparing = false;
    // Nothing is learnt about what is there now, if that is another one or stands on something else.
    if (native !== this.#native || !this.#derivation.holds()) return;
    this.#store.reason = fault ? `the addon itself does not reach the store's Redis: ${fault}` : UNDER_WAY;
    if (equal === true) this.#proofs += 1;
    else if (equal === false) this.#differ();
  }

  /** The store answers until both see the same again. */
  #differ() {
    const now = performance.now();
    if (now - this.#differed > FORGIVEN_MS) this.#differed = now;
    this.#proofs = 0;
    if (!this.#moves || now - this.#differed > FOLLOWS_WITHIN_MS) this.#contradicted();
  }

  /** Derives again at the next look-up. Look-ups in flight come back as CLOSED, and are made anew. */
  #forget() {
    const native = this.#native;
    this.#native = undefined;
    this.#derived = false;
    this.#proofs = 0;
    native?.close();
  }

  #contradicted() {
    const reason = 'the addon and the store saw different sessions';
    this.#settleForStore(reason);
    process.emitWarning(
      `passport-socketio-native looks sessions up through the store from now on: ${reason}. ` +
        'Give the option redis (a URL) for native look-ups.',
      { type: 'PassportSocketIoWarning', code: 'NATIVE_LOOKUP_OFF' },
    );
  }

  #settleForStore(reason) {
    this.#forget();
    this.#derived = true;
    this.#store.reason = reason;
  }
}

/** In the connection's own AsyncLocalStorage, not that of whoever brought the verdict: a store may keep tenants by it. */
function inContextOf({ connection }, action) {
  connection.runInAsyncScope(action);
}

module.exports = { DerivedBackend };
