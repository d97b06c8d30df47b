'use strict';

const timers = require('node:timers');
const { OUTCOME } = require('../../outcomes');
const { getFrom, readAnswer } = require('../store-get');
const { TokenBucket } = require('../token-bucket');
const { identityOf, isSameIdentity } = require('./identity');
const { callOutside } = require('./outside');
const { ReadQueue } = require('./read-queue');

/** How many `store.get` may be under way: a store that has become slow must not be asked more and more. */
const AT_ONCE = 16;
/** How many may start in a second. A round over more sessions takes longer than `recheckEvery`. */
const PER_SECOND = 1000;
/** Milliseconds to wait where no more may start. */
const PAUSE_MS = 10;
/** A session that is gone up to a second before its end has expired: stores count in whole seconds, and clocks differ. */
const TOLERANCE_MS = 1000;

const NO_ANSWER = new Error('no answer');

/** Outcomes that end every socket of the session. Those that are not here, but for FOUND, say nothing about it. */
const REASONS = new Map([
  [OUTCOME.BAD_SESSION, 'destroyed'],
  [OUTCOME.PASSPORT_NOT_INITIALIZED, 'logged-out'],
  [OUTCOME.NOT_LOGGED_IN, 'logged-out'],
]);

/**
 * Watches sessions of a store that tells nobody of changes: it asks for each of them at once, which closes the gap since the
 * look-up, and then every `recheckEvery` milliseconds.
 */
class PollWatch {
  tier = 'poll';
  #options;
  #every;
  #onEnd;
  /** @type {Map<string, Session>} by id */
  #sessions = new Map();
  /** @type {Map<number, Watcher>} by slot */
  #watchers = new Map();
  #queue = new ReadQueue();
  #bucket = new TokenBucket(PER_SECOND, AT_ONCE);
  #underWay = 0;
  /** Counts reads: an answer says nothing about watchers that came after its question. */
  #reads = 0;
  #isReading = false;
  #roundTimer = null;
  #pause = null;
  #soon = null;

  /**
   * @param {{ store: object, passport: object, timeout: number }} options
   * @param {{ recheckEvery: number, onEnd: (slot: number, turn: number, reason: string) => void }} settings
   */
  constructor(options, { recheckEvery, onEnd }) {
    this.#options = options;
    this.#every = recheckEvery;
    this.#onEnd = onEnd;
  }

  /** The number of distinct sessions. */
  get sessions() {
    return this.#sessions.size;
  }

  /**
   * Watches a session for a socket. `onEnd` is called once with slot and turn, never in this call, if it ends.
   * @param {string} identity - of the user that the look-up found
   */
  watch(slot, turn, id, identity) {
    let session = this.#sessions.get(id);
    if (session === undefined) this.#sessions.set(id, (session = new Session(id)));
    const watcher = { slot, turn, identity, session, since: this.#reads };
    session.watchers.add(watcher);
    this.#watchers.set(slot, watcher);
    this.#readSoon(session);
    // The timer would keep the AsyncLocalStorage of the first client, and what is in it.
    if (this.#roundTimer === null) callOutside(() => this.#awaitRound());
  }

  unwatch(slot) {
    const watcher = this.#watchers.get(slot);
    if (watcher === undefined) return;
    const { session } = watcher;
    this.#watchers.delete(slot);
    session.watchers.delete(watcher);
    if (session.watchers.size > 0) return;
    this.#sessions.delete(session.id);
    // An app may make an authorizer for each socket: nothing stays of it.
    if (this.#sessions.size === 0) this.#stop();
  }

  /** Reads everything again now. */
  recheck() {
    this.#queue.startRound(this.#sessions.values());
    this.#wake();
  }

  /** @returns {Map<number, { turn: number, id: string, identity: string }>} by slot; those that are not watched are absent */
  idsOf(slots) {
    const ids = new Map();
    for (const slot of slots) {
      const watcher = this.#watchers.get(slot);
      if (watcher) ids.set(slot, { turn: watcher.turn, id: watcher.session.id, identity: watcher.identity });
    }
    return ids;
  }

  close() {
    for (const { watchers } of this.#sessions.values()) watchers.clear();
    this.#sessions.clear();
    this.#watchers.clear();
    this.#stop();
  }

  #stop() {
    timers.clearTimeout(this.#roundTimer);
    timers.clearTimeout(this.#pause);
    timers.clearImmediate(this.#soon);
    this.#roundTimer = this.#pause = this.#soon = null;
    this.#queue.clear();
  }

  #awaitRound() {
    this.#roundTimer = timers.setTimeout(() => {
      this.#awaitRound();
      // A round that takes longer goes on.
      if (!this.#queue.isInRound) this.recheck();
    }, this.#every);
    this.#roundTimer.unref();
  }

  #readSoon(session) {
    this.#queue.add(session);
    this.#wake();
  }

  /** Not in the call: many sockets may connect in one tick, and none may end in the tick in which it connects. */
  #wake() {
    // Not `unref`ed: see lib/live/endings.js.
    this.#soon ??= timers.setImmediate(() => {
      this.#soon = null;
      this.#read();
    });
  }

  /** Asks for as many sessions as may be under way. */
  #read() {
    // A store may answer in the call.
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#underWay < AT_ONCE) {
      if (this.#bucket.isEmpty) {
        this.#wakeLater();
        break;
      }
      const session = this.#next();
      if (session === undefined) break;
      this.#bucket.take();
      callOutside(() => this.#ask(session));
    }
    this.#isReading = false;
  }

  #wakeLater() {
    if (this.#queue.isEmpty) return;
    this.#pause ??= timers
      .setTimeout(() => {
        this.#pause = null;
        this.#read();
      }, PAUSE_MS)
      .unref();
  }

  #next() {
    for (;;) {
      const session = this.#queue.next();
      if (session === undefined) return undefined;
      // One question at a time. What its answer says may be older than this one.
      if (session.isAsked) session.isOutdated = true;
      else if (session.watchers.size > 0) return session;
    }
  }

  /** Calls `store.get` once, with a deadline; its first answer counts. */
  #ask(session) {
    const { store, timeout } = this.#options;
    this.#reads += 1;
    const read = this.#reads;
    let timer = null;
    let isOpen = true;
    const finish = (error, answer) => {
      if (!isOpen) return;
      isOpen = false;
      timers.clearTimeout(timer);
      this.#underWay -= 1;
      this.#judge(session, read, error, answer);
      session.isAsked = false;
      if (session.isOutdated && session.watchers.size > 0) this.#readSoon(session);
      session.isOutdated = false;
      this.#read();
    };
    session.isAsked = true;
    this.#underWay += 1;
    getFrom(store, session.id, finish);
    if (isOpen) timer = timers.setTimeout(finish, timeout, NO_ANSWER).unref();
  }

  /** What an answer says about the sockets of a session. One that is an error says nothing. */
  #judge(session, read, error, answer) {
    const [outcome, userKey] = readAnswer(error, answer, this.#options.passport);
    if (outcome === OUTCOME.FOUND) {
      const identity = identityOf(userKey);
      session.expires = expiryOf(answer);
      this.#end(session, read, 'user-changed', (watcher) => !isSameIdentity(watcher.identity, identity));
    } else if (outcome === OUTCOME.SESSION_NOT_FOUND) {
      // The time that was seen last: a session may have been touched after that, and destroyed.
      const isOver = session.expires - TOLERANCE_MS <= Date.now();
      this.#end(session, read, isOver ? 'expired' : 'destroyed');
    } else if (REASONS.has(outcome)) {
      this.#end(session, read, REASONS.get(outcome));
    }
  }

  #end({ watchers }, read, reason, hasEnded = () => true) {
    for (const watcher of watchers) {
      if (watcher.since >= read || !hasEnded(watcher)) continue;
      this.unwatch(watcher.slot);
      this.#onEnd(watcher.slot, watcher.turn, reason);
    }
  }
}

/** A session that is watched, and its sockets: each has the identity that its own look-up found. */
class Session {
  /** @type {Set<Watcher>} */
  watchers = new Set();
  /** When the cookie ends, as seen last: milliseconds since the epoch, or NaN. */
  expires = NaN;
  /** Set by the queue: it is to be read at once. */
  isFresh = false;
  isAsked = false;
  /** Whether to ask again when the question under way is answered. */
  isOutdated = false;

  constructor(id) {
    this.id = id;
  }
}

/** `expires` of the session's cookie is a Date, or a text in JSON; null or false where the cookie ends with the browser. */
function expiryOf(session) {
  try {
    const { expires } = session.cookie;
    return expires ? new Date(expires).getTime() : NaN;
  } catch {
    return NaN;
  }
}

module.exports = { PollWatch };
