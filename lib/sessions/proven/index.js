'use strict';

const { performance } = require('node:perf_hooks');
const { OUTCOME } = require('../../outcomes');
const { warn } = require('../../diagnostics');
const { detectClient } = require('../../redis/clients');
const { RedisBackend } = require('../redis');
const { whyUnknown } = require('./known-get');
const { INCONCLUSIVE, LookUp, TO_CONFIRM } = require('./look-up');
const { missConfirmer } = require('./confirm-miss');
const { Impatience } = require('./impatience');
const { shadowRead } = require('./shadow-read');
const { Snapshot } = require('./snapshot');
const { ProvenWatch } = require('./watch');

const IDLE = 'idle';
const RECOGNISING = 'recognising';
const PROVING = 'proving';
const NATIVE = 'native';
const STORE = 'store';
const CLOSED = 'closed';

/**
 * How often, in milliseconds, one user that the addon found is looked up through the store as well. Only this finds a session
 * id that has another user in the database which node-redis has selected since.
 */
const AUDIT_MS = 1000;
/**
 * For how long, in milliseconds, the addon may differ from a client that finds its master or nodes by itself. One of them
 * follows a failover later, and a Sentinel lets an old master go on for some ten seconds. Without it, each failover would end
 * native look-ups.
 */
const FAILOVER_MS = 30_000;
/** After so many milliseconds, a difference belongs to another failover. */
const NEXT_FAILOVER_MS = 600_000;

const UNDER_WAY = 'the proof that the addon sees the same sessions is under way';
const DIFFERENT = 'the addon and the store saw different sessions';

/**
 * Look-ups over the app's own store, natively once that is proven to find the same:
 *
 *   idle ─► recognising ─► proving ◄─► native    the store answers in every stage but native
 *    ▲           └────────────┴───┬──────┘
 *    └────────── changed ─────────┴─► store      for good: it cannot be followed, or was contradicted
 *
 * Recognition shows that the store's `get` adds no rule of its own. The proof shows that its client tells the truth about
 * where it reads: the database that node-redis has selected, and what a patched method does, cannot be seen.
 */
class ProvenBackend {
  /**
   * Another object whenever it changes: what began in an earlier stage does not count.
   * @type {{ name: string, answers: object, native?: RedisBackend, moves?: boolean, isComparing: boolean }}
   */
  stage;
  #verifier;
  #store;
  #snapshot;
  #confirmMiss;
  #impatience;
  #auditedAt = 0;
  /** @type {ProvenWatch | null} null while nothing is watched */
  #watch = null;
  /** When the two first differed, in this failover. */
  #differedAt = -Infinity;

  constructor(options, verifier, store) {
    this.options = options;
    this.#verifier = verifier;
    this.#store = store;
    this.#snapshot = new Snapshot(options.store, clientOf(options));
    this.#impatience = new Impatience(this, store);
    this.#confirmMiss = missConfirmer(store, (lookUp) => this.#overrule(lookUp, OUTCOME.STORE_ERROR));
    this.#enter(IDLE);
  }

  /** The client that the store reads through. */
  get client() {
    return clientOf(this.options);
  }

  get description() {
    return this.stage.answers.description;
  }

  get reconnects() {
    return this.stage.native?.reconnects ?? 0;
  }

  openWatch(settings) {
    const onContradiction = () => this.stage.name === NATIVE && this.#enter(PROVING, this.stage);
    this.#watch = new ProvenWatch(this.#store, this.#nativeAnswers, onContradiction, settings);
    return this.#watch;
  }

  /** The native backend, while look-ups are native. */
  get #nativeAnswers() {
    return this.stage.name === NATIVE ? this.stage.native : undefined;
  }

  /** Look-ups under way are answered CLOSED. */
  close() {
    this.stage = { ...this.stage, name: CLOSED };
    this.stage.native?.close();
    this.#store.close();
  }

  /** That of the store: it answers until the proof is made, and whoever the addon does not find is asked of it. */
  async check() {
    this.#follow();
    let waiting;
    const said = await this.#store.check((finish) => this.#impatience.add((waiting = finish)));
    this.#impatience.remove(waiting);
    return said;
  }

  /** As that of RedisBackend. Who is not found natively is asked of the store, as a look-up is. */
  async inspect(id) {
    const native = this.#snapshot.holds() ? this.#nativeAnswers : undefined;
    const seen = await native?.inspect(id);
    if (seen && !TO_CONFIRM.has(seen.outcome) && native === this.#nativeAnswers) return seen;
    this.#follow();
    let waiting;
    const said = await this.#store.inspect(id, (finish) => this.#impatience.add((waiting = finish)));
    this.#impatience.remove(waiting);
    // A store that cannot be asked, or says the same, leaves the native answer, which knows more of the reason.
    const isLeft = INCONCLUSIVE.has(said.outcome) || said.outcome === seen?.outcome;
    return seen && isLeft && native === this.#nativeAnswers ? seen : said;
  }

  lookUp(attempt, sent, kind) {
    if (this.stage.native && !this.#snapshot.holds()) this.#enter(IDLE);
    const lookUp = new LookUp(this, attempt, sent, kind);
    if (this.stage.name === NATIVE) this.stage.native.lookUp(lookUp, sent, kind);
    else this.#askStore(lookUp);
  }

  /** The native answer to a look-up. Most name a user, and are delivered without a promise. */
  answered(lookUp, outcome, value, id) {
    if (!lookUp.isTrusted || TO_CONFIRM.has(outcome)) {
      this.#answerDoubted(lookUp, outcome, value, id);
      return;
    }
    if (outcome === OUTCOME.FOUND && lookUp.since - this.#auditedAt >= AUDIT_MS) {
      this.#auditedAt = lookUp.since;
      this.#compare(lookUp);
    }
    lookUp.attempt.deliver(outcome, value, id);
  }

  /** Decides what is delivered for a native answer that may be wrong. */
  async #answerDoubted(lookUp, outcome, value, id) {
    const { attempt } = lookUp;
    const within = outcome === OUTCOME.STORE_ERROR ? this.#impatience.confirmWithin : undefined;
    const said = lookUp.isTrusted ? await this.#confirmMiss(lookUp, within) : undefined;
    if (said && said.outcome !== outcome) {
      this.#overrule(lookUp, outcome);
      attempt.deliver(said.outcome, said.value, said.id);
    } else if (lookUp.isTrusted) {
      attempt.deliver(outcome, value, id);
    } else if (this.stage.name === CLOSED) {
      attempt.deliver(OUTCOME.CLOSED, 'the authorizer was closed');
    } else {
      // The store answers, in the time that is left and in the context of the connection.
      attempt.runInAsyncScope(() => this.#askStore(lookUp, lookUp.timeLeft));
    }
  }

  /** The store knew better: the session was made in between, or is elsewhere. The store answers until that is known. */
  #overrule(lookUp, outcome) {
    if (!lookUp.isTrusted) return;
    // An error may mean that the client has another address by now.
    if (outcome === OUTCOME.STORE_ERROR) this.#enter(IDLE);
    else this.#enter(PROVING, this.stage);
    this.#compare(lookUp);
  }

  /** The store answers. A user that it finds is then looked up both ways. */
  #askStore(lookUp, timeout) {
    this.#follow();
    let finish = null;
    const deliver = (outcome, value, id) => {
      if (finish) this.#impatience.remove(finish);
      lookUp.attempt.deliver(outcome, value, id);
      // A user that was found before the stage began may be one of another client.
      if (outcome === OUTCOME.FOUND && lookUp.isTrusted) this.#compare(lookUp, value);
    };
    finish = this.#store.lookUp({ deliver }, lookUp.sent, lookUp.kind, timeout);
    if (finish && this.stage.name !== STORE) this.#impatience.add(finish);
  }

  /** Finds out where the store reads: at the first look-up, when the client has settled. */
  async #follow() {
    if (this.stage.name !== IDLE) return;
    this.#enter(RECOGNISING);
    const { stage } = this;
    const former = this.#snapshot;
    if (!former.holds()) this.#snapshot = new Snapshot(this.options.store, clientOf(this.options));
    const found = await this.#detect(former.patched).catch((error) => ({
      unsupported: `the store could not be followed (${error?.message})`,
    }));
    const next = found.unsupported ? STORE : PROVING;
    // Unless the authorizer was closed meanwhile.
    if (stage === this.stage) this.#enter(found.later ? IDLE : next, found);
    else found.native?.close();
  }

  /**
   * What the next stage needs, or why there is none. `moves`: the addon finds a new master or new nodes by itself.
   * @param {string} [patched] - the method of the client that was replaced since `authorize()`, or since it was followed
   */
  async #detect(patched) {
    const { store } = this.options;
    const unknown = await whyUnknown(store);
    if (unknown) return unknown;
    const found = await detectClient(clientOf(this.options), store.client);
    if (found.unsupported) return found;
    // No proof shows for which sessions it matters.
    if (patched) {
      const unsupported = `the client has another ${patched} than before`;
      return { unsupported, remedy: 'start a monitoring agent before the app' };
    }
    if (found.later) return found;
    const { target, keyPrefix, credentials } = found;
    this.#verifier.keyPrefix = keyPrefix;
    const native = new RedisBackend(
      this.options,
      this.#verifier,
      target,
      'the store, as proven',
      credentials,
    );
    return { native, moves: target.cluster || target.sentinel !== null };
  }

  /**
   * Makes a look-up both ways. One at a time: it is a proof, and must not be a load.
   * @param {unknown} [expected] - the user key that the store has just given
   */
  async #compare(lookUp, expected) {
    const { stage } = this;
    if (!stage.native || stage.isComparing) return;
    stage.isComparing = true;
    const { same, fault } = await shadowRead(lookUp, stage.native, this.#store, expected);
    stage.isComparing = false;
    // It says nothing if one of the two has read elsewhere, or under another prefix.
    if (stage !== this.stage || !this.#snapshot.holds()) return;
    if (this.options.store.prefix !== lookUp.prefix) return;
    if (fault) this.#store.reason = `the addon itself does not reach the store's Redis: ${fault}`;
    if (same === false) this.#differ();
    else if (same && stage.name === PROVING) this.#enter(NATIVE, stage);
  }

  /** The store answers until both see the same again, or for good. */
  #differ() {
    const now = performance.now();
    if (now - this.#differedAt > NEXT_FAILOVER_MS) this.#differedAt = now;
    if (this.stage.moves && now - this.#differedAt <= FAILOVER_MS) {
      this.#enter(PROVING, this.stage);
    } else {
      this.#enter(STORE, { unsupported: DIFFERENT });
      warn(
        'NATIVE_LOOKUP_OFF',
        `passport-socketio-native looks sessions up through the store from now on: ${DIFFERENT}. ` +
          'Give the option redis (a URL) for native look-ups.',
      );
    }
  }

  /** A connection that the next stage does not keep is closed: its look-ups come back as CLOSED, and go to the store. */
  #enter(name, { native, moves, unsupported, remedy, later = UNDER_WAY } = {}) {
    const former = this.stage?.native;
    this.stage = { name, native, moves, answers: name === NATIVE ? native : this.#store, isComparing: false };
    const help = remedy ? `${remedy}, or give` : 'give';
    this.#store.reason = unsupported ? `${unsupported}: ${help} the option redis (a URL)` : later;
    this.#watch?.follow(this.#nativeAnswers);
    this.#impatience.reset();
    if (former !== native) former?.close();
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
