'use strict';

const { number } = require('../outcomes');
const { whyNotConnectRedis } = require('./recognise');
const { derive, databaseOf, PATCHABLE } = require('./clients');
const { RedisBackend } = require('./redis');
const { Comparison } = require('./comparison');
const { Budget } = require('./budget');

/** Users found both ways, and found equal, before the addon answers alone. */
const PROOFS = 3;
/**
 * Native misses and faults that the store is asked about as well: enough for the first ones after
 * anything has changed, too few to be worth an attack with an outdated cookie.
 */
const DOUBTS_PER_SECOND = 20;
const DOUBTS_AT_ONCE = 4;

/**
 * Native look-ups where the app's own store leads, for as long as they are proven to see the same:
 *
 *   recognising ─► proving ─► native          the store answers until the proof is there
 *        └────────────┴─────────┴─► store     for good, on the first contradiction
 */
class DerivedBackend {
  #options;
  #gate;
  #store;
  /** @type {RedisBackend | undefined} what is being proven, or proven */
  #native;
  #proofs = 0;
  #comparing = false;
  #budget = new Budget(DOUBTS_PER_SECOND, DOUBTS_AT_ONCE);
  /** What the proof stands on: found again at each connection, or the proof is void. */
  #seen;
  #recognised;
  #closed = false;

  constructor(options, gate, store) {
    this.#options = options;
    this.#gate = gate;
    this.#store = store;
    this.#store.reason = 'the proof that the addon sees the same sessions is under way';
    this.#recognised = this.#recognise();
  }

  lookUp(connection, sent, credential) {
    if (this.#native && !this.#stands()) this.#native = undefined;
    if (this.#isProven())
      this.#native.lookUp(new Doubted(this, connection, sent, credential), sent, credential);
    else this.#prove(connection, sent, credential);
  }

  get description() {
    return this.#isProven() ? this.#native.description : this.#store.description;
  }

  get reconnects() {
    return this.#native?.reconnects ?? 0;
  }

  close() {
    this.#closed = true;
    this.#native?.close();
  }

  /**
   * A native miss or fault: as long as the budget allows, the store has its say, and its word counts.
   * @param {Doubted} doubted
   */
  doubt(doubted, outcome, value) {
    const { connection, sent, credential } = doubted;
    if (this.#closed || !this.#native || !this.#budget.take()) {
      connection.deliver(outcome, value);
      return;
    }
    const deliver = (said, saidValue) => {
      this.#budget.release();
      if (isFault(said)) connection.deliver(outcome, value);
      else connection.deliver(said, saidValue);
      if (said === outcome || isFault(said)) return;
      // A miss may be a session that was made in between, a fault a Redis that moved: prove it anew.
      this.#proofs = 0;
      if (isFault(outcome)) this.#forget();
      else this.#compare(sent, credential);
    };
    this.#store.lookUp({ deliver }, sent, credential);
  }

  #isProven() {
    return this.#native !== undefined && this.#proofs >= PROOFS;
  }

  /** Asks nobody: the store's own `get` runs against an answer from memory. */
  async #recognise() {
    const reason = await whyNotConnectRedis(this.#options.store);
    if (reason) this.#settleForStore(reason);
    // connect-redis would read the bare prefix as a key: a session for everybody who has none.
    else this.#store.asksWithoutId = false;
    return !reason;
  }

  /** The store answers; what it found is then looked up natively too. */
  #prove(connection, sent, credential) {
    this.#derive();
    const deliver = (outcome, value) => {
      connection.deliver(outcome, value);
      if (outcome === number.FOUND) this.#compare(sent, credential, value);
    };
    this.#store.lookUp({ deliver }, sent, credential);
  }

  /** Where the store's client is connected: asked at the first look-up, when clients have settled. */
  async #derive() {
    if (this.#seen || this.#closed) return;
    this.#seen = marksOf(this.#options.store);
    if (!(await this.#recognised)) return;
    try {
      const { address, keyPrefix, unsupported } = await derive(this.#options.store.client);
      if (unsupported) {
        this.#settleForStore(unsupported);
        return;
      }
      this.#gate.keyPrefix = keyPrefix;
      if (!this.#closed)
        this.#native = new RedisBackend(this.#options, this.#gate, address, 'the store, as proven');
    } catch (error) {
      this.#settleForStore(`the store's client could not be followed: ${error.message}`);
    }
  }

  /** Looks up natively what the store has answered. One at a time: proof, not load. */
  #compare(sent, credential, expected) {
    if (!this.#native || this.#comparing || this.#closed) return;
    this.#comparing = true;
    new Comparison(this.#native, this.#store, sent, credential, expected).run((equal) => {
      this.#comparing = false;
      if (equal === true) this.#proofs += 1;
      else if (equal === false) this.#contradicted();
    });
  }

  /** The proof stands as long as store and client are the same and unpatched. */
  #stands() {
    const now = marksOf(this.#options.store);
    if (this.#seen.every((mark, i) => mark === now[i])) return true;
    this.#forget();
    return false;
  }

  /** Derives again at the next look-up. */
  #forget() {
    this.#native?.close();
    this.#native = undefined;
    this.#seen = undefined;
    this.#proofs = 0;
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
    // Truthy, so that nothing is derived again; and nothing native is left to be compared with it.
    this.#seen = [];
    this.#store.reason = reason;
  }
}

/** A connection whose native miss or fault is doubted. */
class Doubted {
  constructor(backend, connection, sent, credential) {
    this.backend = backend;
    this.connection = connection;
    this.sent = sent;
    this.credential = credential;
  }

  deliver(outcome, value) {
    if (outcome === number.SESSION_NOT_FOUND || isFault(outcome)) this.backend.doubt(this, outcome, value);
    else this.connection.deliver(outcome, value);
  }
}

function isFault(outcome) {
  return outcome === number.STORE_ERROR || outcome === number.STORE_TIMEOUT;
}

/** What must stay as it is for the proof to hold. */
function marksOf({ get, client, serializer }) {
  return [get, client, serializer, databaseOf(client), ...PATCHABLE.map((method) => client[method])];
}

module.exports = { DerivedBackend };
