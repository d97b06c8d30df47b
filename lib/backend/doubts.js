'use strict';

const { performance } = require('node:perf_hooks');
const { number } = require('../outcomes');
const { Budget } = require('./budget');

/**
 * How often the store is asked about native bad news: enough for the first ones after anything has
 * changed, too few to be worth an attack with outdated cookies.
 */
const PER_SECOND = 20;
const AT_ONCE = 4;
/** Who may wait for their result. A flood of outdated cookies must not fill `maxPending` where the store is slow. */
const WAITING = 1000;

/**
 * Native bad news on which the store has its say, as long as the budget lasts, and then its word
 * counts. Whoever comes while others are being confirmed waits for their result: a rush of visitors
 * right after something changed must not be refused for what the first ones are about to show.
 */
class Doubts {
  #backend;
  #budget = new Budget(PER_SECOND, AT_ONCE);
  /** @type {Doubted[]} */
  #waiting = [];

  /**
   * @param {object} backend
   * @param {(native: object) => boolean} backend.trusts - whether that one still answers look-ups
   * @param {(doubted: Doubted, deliver: Function) => void} backend.confirm - asks the store
   * @param {(doubted: Doubted) => void} backend.overrule - the store knew better
   * @param {(doubted: Doubted) => void} backend.retry - looks up anew
   */
  constructor(backend) {
    this.#backend = backend;
  }

  add(doubted) {
    if (this.#waiting.length >= WAITING) {
      doubted.deliverOwn();
      return;
    }
    this.#waiting.push(doubted);
    this.#next();
  }

  /** No more confirmations: the addon's own answers count. */
  deliverAll() {
    for (const doubted of this.#waiting.splice(0)) doubted.deliverOwn();
  }

  #next() {
    while (this.#waiting.length > 0 && this.#budget.take()) this.#confirm(this.#waiting.shift());
    if (this.#budget.isIdle) this.deliverAll();
  }

  #confirm(doubted) {
    this.#backend.confirm(doubted, (said, value) => {
      this.#budget.release();
      const silent = isFault(said);
      if (silent || said === doubted.outcome) {
        doubted.deliverOwn();
      } else {
        this.#backend.overrule(doubted);
        doubted.connection.deliver(said, value);
      }
      // A store that does not answer confirms nobody else either, and each one would wait for it in vain.
      if (silent) this.deliverAll();
      else this.#dismissUntrusted();
      this.#next();
    });
  }

  /** What they were told has lost its ground. */
  #dismissUntrusted() {
    const untrusted = this.#waiting.filter((doubted) => !this.#backend.trusts(doubted.native));
    if (untrusted.length === 0) return;
    this.#waiting = this.#waiting.filter((doubted) => this.#backend.trusts(doubted.native));
    for (const doubted of untrusted) this.#backend.retry(doubted);
  }
}

/** A native look-up for a connection, whose bad news is doubted. */
class Doubted {
  since = performance.now();
  outcome;
  value;

  /**
   * @param {{ answered(doubted: Doubted): void }} backend
   * @param {object} native - who is asked
   */
  constructor(backend, native, connection, sent, credential) {
    this.backend = backend;
    this.native = native;
    this.connection = connection;
    this.sent = sent;
    this.credential = credential;
  }

  deliver(outcome, value) {
    this.outcome = outcome;
    this.value = value;
    this.backend.answered(this);
  }

  deliverOwn() {
    this.connection.deliver(this.outcome, this.value);
  }
}

/** What Redis said of a session, or why it said nothing; who has logged in meanwhile may have done so elsewhere. */
const DOUBTFUL = new Set([
  number.SESSION_NOT_FOUND,
  number.BAD_SESSION,
  number.PASSPORT_NOT_INITIALIZED,
  number.NOT_LOGGED_IN,
  number.STORE_ERROR,
]);

/** Whether this may be the addon's mistake rather than the visitor's. Too late is too late, whoever knows better. */
function isDoubtful(outcome) {
  return DOUBTFUL.has(outcome);
}

function isFault(outcome) {
  return outcome === number.STORE_ERROR || outcome === number.STORE_TIMEOUT;
}

module.exports = { Doubts, Doubted, isDoubtful };
