'use strict';

const { performance } = require('node:perf_hooks');
const { number } = require('../../outcomes');
const { warn } = require('../../diagnostics');
const { derive } = require('../../redis/clients');
const { RedisBackend } = require('../redis');
const { reason, whyUnknown } = require('./known-get');
const { missConfirmer, DOUBTFUL } = require('./confirm-miss');
const { shadowRead } = require('./shadow-read');
const { Snapshot } = require('./snapshot');

/**
 * How often, in milliseconds, one user that the addon found is looked up through the store as well. Only this finds out
 * that the same id is another user's since a select() of node-redis, where it is in both databases.
 */
const AUDIT_MS = 1000;
/**
 * For how long, in milliseconds, the addon and a client may differ that find the master or the nodes by themselves. One of
 * them follows a failover sooner; without it, each failover would end native look-ups. Sentinel lets an old master go on
 * for some ten seconds.
 */
const FOLLOWS_WITHIN_MS = 30_000;
/** After so many milliseconds, a difference belongs to another failover. */
const FORGIVEN_MS = 600_000;
/**
 * How long, in milliseconds, the store may take for a confirmation. A client that has lost its Redis may queue for as long
 * as that lasts, and others wait for the result.
 */
const CONFIRMED_WITHIN_MS = 2000;

const UNDER_WAY = 'the proof that the addon sees the same sessions is under way';
const DIFFERENT = 'the addon and the store saw different sessions';

/**
 * Native look-ups where the app's own store leads:
 *
 *   recognising ─► proving ─► native          the store answers until the proof is there
 *        └────────────┴─────────┴─► store     for good, on a contradiction that no failover explains
 *
 * Recognition says that the store's `get` adds nothing. The proof says that what its client shows is true: which database
 * node-redis has selected, and what a method does that was patched early, cannot be seen.
 */
class ProvenBackend {
  #options;
  #gate;
  #store;
  /** @type {Snapshot} */
  #snapshot;
  /** @type {Promise<string | undefined>} why the store is none that can be followed */
  #unknown;
  /** The method that the client was patched with while it was followed. Proof cannot show for which sessions that is. */
  #patched;
  /** Whether the client has been followed, or is about to be, or will never be. */
  #followed = false;
  /** @type {RedisBackend | undefined} what is being proven, or proven */
  #native;
  #proven = false;
  #comparing = false;
  #auditedAt = 0;
  /** Whether the native side finds by itself where the sessions are. */
  #moves = false;
  /** When the two first differed, in this failover. */
  #differedAt = -Infinity;
  #confirmMiss = missConfirmer({
    askStore: (read) =>
      this.#ask(this.#store, read, Math.max(1, Math.min(this.#left(read), CONFIRMED_WITHIN_MS))),
    trusts: (read) => this.#trusts(read),
    overrule: (read, outcome) => this.#overrule(read, outcome),
  });
  #closed = false;

  /** @param {import('../store').StoreBackend} store - look-ups through the store */
  constructor(options, gate, store) {
    this.#options = options;
    this.#gate = gate;
    this.#store = store;
    this.#store.reason = UNDER_WAY;
    this.#recognise();
  }

  lookUp(connection, sent, credential) {
    if (this.#native !== undefined && !this.#snapshot.holds()) this.#startOver();
    const prefix = this.#native && this.#options.store.prefix;
    const read = new Read(this, this.#native, prefix, connection, sent, credential);
    if (this.#proven) this.#native.lookUp(read, sent, credential);
    else this.#prove(read);
  }

  get description() {
    return this.#proven ? this.#native.description : this.#store.description;
  }

  get reconnects() {
    return this.#native?.reconnects ?? 0;
  }

  /** Those under way are answered CLOSED. */
  close() {
    this.#closed = true;
    this.#native?.close();
    this.#store.close();
  }

  /** The verdict on a native look-up. */
  answered(read, outcome, value) {
    if (!this.#trusts(read)) this.#retry(read);
    else if (DOUBTFUL.has(outcome)) this.#confirm(read, outcome, value);
    else {
      if (outcome === number.FOUND && read.since - this.#auditedAt >= AUDIT_MS) {
        this.#auditedAt = read.since;
        this.#compare(read);
      }
      read.connection.deliver(outcome, value);
    }
  }

  async #confirm(read, outcome, value) {
    const said = await this.#confirmMiss(read, outcome);
    try {
      if (said) read.connection.deliver(said.outcome, said.value);
      else if (this.#trusts(read)) read.connection.deliver(outcome, value);
      else this.#retry(read);
    } catch (error) {
      // What the app's callback throws is an uncaught exception, as it is where nothing is confirmed.
      process.nextTick(() => {
        throw error;
      });
    }
  }

  /** Whether look-ups are still answered by what answered this one. */
  #trusts({ native }) {
    return this.#proven && native === this.#native && !this.#closed;
  }

  /** What is left of a look-up's time, in milliseconds. */
  #left({ since }) {
    return this.#options.timeout - (performance.now() - since);
  }

  /** The store knew better. That may be a session made in between, or a Redis that moved: it is proven anew. */
  #overrule(read, outcome) {
    if (read.native !== this.#native) return;
    this.#proven = false;
    if (outcome === number.STORE_ERROR) this.#startOver();
    else this.#compare(read);
  }

  /** What answered is trusted no more: the store answers, in the time that is left. */
  #retry(read) {
    if (this.#closed) read.connection.deliver(number.CLOSED, 'the authorizer was closed');
    else read.connection.runInAsyncScope(() => this.#prove(read, Math.max(1, this.#left(read))));
  }

  /** The store answers; what it found is then looked up natively too. */
  #prove(read, timeout) {
    this.#follow();
    const deliver = (outcome, value) => {
      read.connection.deliver(outcome, value);
      if (outcome === number.FOUND) this.#compare(read, value);
    };
    this.#store.lookUp({ deliver }, read.sent, read.credential, timeout);
  }

  /** In the connection's own AsyncLocalStorage, not that of whoever brought the verdict: a client may keep tenants by it. */
  #ask(backend, { connection, sent, credential }, timeout) {
    return new Promise((resolve) => {
      const receiver = { deliver: (outcome, value) => resolve({ outcome, value }) };
      connection.runInAsyncScope(() => backend.lookUp(receiver, sent, credential, timeout));
    });
  }

  #recognise() {
    const former = this.#snapshot;
    this.#snapshot = new Snapshot(this.#options.store, clientOf(this.#options));
    this.#patched ??= former?.patchedBy(this.#snapshot);
    this.#unknown = whyUnknown(this.#options.store);
  }

  /** Looks where the client is connected: at the first look-up, when clients have settled. */
  async #follow() {
    if (this.#followed || this.#closed) return;
    this.#followed = true;
    if (!this.#snapshot.holds()) this.#recognise();
    const why = await this.#connect().catch(({ message }) =>
      reason(`the store's client could not be followed (${message})`),
    );
    if (why) this.#settleForStore(why);
  }

  /** @returns {Promise<string | undefined>} why look-ups stay with the store for good */
  async #connect() {
    const unknown = await this.#unknown;
    if (unknown) return unknown;
    const found = await derive(clientOf(this.#options), this.#options.store.client);
    if (found.unsupported) return reason(found.unsupported, found.remedy);
    if (this.#patched)
      return reason(
        `the client has another ${this.#patched} than before`,
        'start a monitoring agent before the app',
      );
    this.#followed = found.later === undefined;
    this.#store.reason = found.later ?? UNDER_WAY;
    if (found.later) return undefined;
    const { target, keyPrefix, credentials } = found;
    this.#gate.keyPrefix = keyPrefix;
    this.#moves = target.cluster || target.sentinel !== null;
    this.#native = new RedisBackend(this.#options, this.#gate, target, 'the store, as proven', credentials);
    return undefined;
  }

  /**
   * Looks the same up both ways. One at a time: proof, not load.
   * @param {unknown} [expected] - the user key that the store has just given
   */
  async #compare(read, expected) {
    const native = this.#native;
    if (!native || this.#comparing || this.#closed) return;
    this.#comparing = true;
    const audits = this.#proven;
    const { same, fault } = await shadowRead((each) => this.#ask(each, read), native, this.#store, expected);
    this.#comparing = false;
    // Nothing is learnt about what is there now, if it or what it rests on is another one.
    if (native !== this.#native || !this.#snapshot.holds() || this.#options.store.prefix !== read.prefix)
      return;
    this.#store.reason = fault ? `the addon itself does not reach the store's Redis: ${fault}` : UNDER_WAY;
    // One that began before the store knew better proves nothing that came since.
    if (same === true && !audits) this.#proven = true;
    else if (same === false) this.#differ();
  }

  /** The store answers until both see the same again. */
  #differ() {
    const now = performance.now();
    if (now - this.#differedAt > FORGIVEN_MS) this.#differedAt = now;
    this.#proven = false;
    if (this.#moves && now - this.#differedAt <= FOLLOWS_WITHIN_MS) return;
    this.#settleForStore(reason(DIFFERENT));
    warn(
      'NATIVE_LOOKUP_OFF',
      `passport-socketio-native looks sessions up through the store from now on: ${DIFFERENT}. ` +
        'Give the option redis (a URL) for native look-ups.',
    );
  }

  /** Recognises and proves anew at the next look-up. Look-ups in flight come back as CLOSED, and are made anew. */
  #startOver() {
    const native = this.#native;
    this.#native = undefined;
    this.#followed = false;
    this.#proven = false;
    native?.close();
  }

  #settleForStore(why) {
    this.#startOver();
    this.#followed = true;
    this.#store.reason = why;
  }
}

/** A look-up for a connection; a receiver of the native side. */
class Read {
  since = performance.now();

  constructor(backend, native, prefix, connection, sent, credential) {
    this.backend = backend;
    this.native = native;
    this.prefix = prefix;
    this.connection = connection;
    this.sent = sent;
    this.credential = credential;
  }

  deliver(outcome, value) {
    this.backend.answered(this, outcome, value);
  }
}

/** The client that the store reads through; none where it is a getter that throws: its `get` is all that a store owes. */
function clientOf({ client, store }) {
  if (client != null) return client;
  try {
    return store.client;
  } catch {
    return undefined;
  }
}

module.exports = { ProvenBackend, clientOf };
