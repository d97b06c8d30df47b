'use strict';

const { nameOf, timeOf } = require('./sessions');

const STORE_FAILS = ['STORE_ERROR', 'STORE_TIMEOUT'];
/** What a client hears of a session without a user. */
const NOBODY = ['SESSION_NOT_FOUND', 'BAD_SESSION', 'PASSPORT_NOT_INITIALIZED', 'NOT_LOGGED_IN'];

const NONE = { letIn: 0, refused: 0, storeFailed: 0, ended: 0 };

/** What all visits have in common: whether Redis is in trouble, what was counted, and what was wrong. */
class Book {
  /** Grows when a fault begins, and when it is over: even while there is none. */
  trouble = 0;
  counts = { ...NONE };
  total = { ...NONE };
  differences = [];

  differ(text) {
    this.differences.push(text);
  }

  /** @returns {object} the counts since the last call */
  takeCounts() {
    const taken = this.counts;
    this.counts = { ...NONE };
    for (const name of Object.keys(NONE)) this.total[name] += taken[name];
    return taken;
  }
}

/** A client with a session: under way, then connected, then gone. It knows which users its session may have had. */
class Visit {
  state = 'under way';
  /** The user as whom it was let in. */
  key;
  told;
  /** Whether its session had another user, or none, at some time since it was asked for. */
  mayEnd = false;
  #book;
  #sessions;
  #seen;
  #trouble;
  #steps = [];

  constructor(sid, book, sessions) {
    this.#step('asked');
    this.sid = sid;
    this.#book = book;
    this.#sessions = sessions;
    this.#seen = sessions.possible(sid);
    this.#trouble = book.trouble;
    sessions.visitsOf(sid).add(this);
  }

  /** This user may be in the session from now on. */
  saw(user) {
    if (this.state === 'under way') this.#seen.add(user);
    else if (user !== this.key) this.mayEnd = true;
  }

  letIn(key) {
    this.#lookAgain();
    this.#book.counts.letIn += 1;
    if (!this.#seen.has(key)) this.#differ(`was let in as ${key}: ${this.#users()}`);
    this.key = key;
    this.mayEnd = [...this.#seen].some((user) => user !== key);
    this.state = 'let in';
    this.#step(`let in as ${key}`);
  }

  refuse(code) {
    this.#lookAgain();
    this.leave();
    const wasQuiet = this.#trouble === this.#book.trouble && this.#trouble % 2 === 0;
    if (STORE_FAILS.includes(code)) {
      this.#book.counts.storeFailed += 1;
      if (wasQuiet) this.#differ(`was refused with ${code} while Redis was well`);
    } else {
      this.#book.counts.refused += 1;
      if (!NOBODY.includes(code)) this.#differ(`was refused with ${code}`);
      else if (!this.#seen.has(undefined)) {
        this.#differ(`was refused with ${code}: ${this.#users()}`);
      }
    }
  }

  connect() {
    this.state = 'connected';
    this.#step('connected');
  }

  /** Its session has ended, says the authorizer. */
  end(reason) {
    this.#book.counts.ended += 1;
    if (this.state !== 'connected') this.#differ(`was told ${reason}, and was ${this.state}`);
    if (this.told !== undefined) this.#differ(`was told ${reason} after ${this.told}`);
    if (!this.mayEnd && !this.#sessions.mayBeOver(this.sid)) {
      this.#differ(`was told ${reason}, and ${this.key} was in its session all the time`);
    }
    this.told = reason;
  }

  leave() {
    this.state = 'left';
    this.#sessions.visitsOf(this.sid).delete(this);
  }

  get isWatched() {
    return this.state === 'connected' && this.told === undefined;
  }

  /** Whether the session has exactly the user as whom the visit was let in. */
  get isRight() {
    const users = this.#sessions.possible(this.sid);
    return users.size === 1 && users.has(this.key);
  }

  toString() {
    return `A visit to ${this.sid}`;
  }

  #differ(text) {
    const when = `(${timeOf(Date.now())}; ${this.#steps.join(', ')}; writes: ${this.#sessions.historyOf(this.sid)})`;
    this.#book.differ(`${this} ${text} ${when}`);
  }

  #step(what) {
    this.#steps.push(`${timeOf(Date.now())} ${what}`);
  }

  #lookAgain() {
    for (const user of this.#sessions.possible(this.sid)) this.#seen.add(user);
  }

  #users() {
    return `in it were ${[...this.#seen].map(nameOf).join(', ')}`;
  }
}

module.exports = { Book, Visit };
