'use strict';

const timers = require('node:timers');
const { OUTCOME } = require('../../outcomes');
const { CREDENTIAL_KIND } = require('../verifier');
const { identityOf, isSameIdentity } = require('../watch/identity');
const { callOutside } = require('../watch/outside');
const { INCONCLUSIVE } = require('./look-up');

/** How many questions may be under way. FLUSHALL ends every session at once. */
const AT_ONCE = 16;
/** After so many milliseconds a store that could not be asked is asked again. Until then nobody is ended. */
const AGAIN_MS = 1000;
/**
 * After so many questions the addon is believed, as it is where the session is looked up: an app whose client is broken must
 * not keep the sockets of everybody who logs out.
 */
const QUESTIONS = 5;

/**
 * Asks the store about each session that the addon has seen end. It is contradicted only where it has seen that twice: a
 * session may be made again between two reads.
 */
class Confirmations {
  #store;
  #onEnd;
  #onContradiction;
  /** @type {Map<number, End>} by slot: what the addon has seen, and is not decided */
  #ends = new Map();
  /** @type {End[]} those that are to be asked about */
  #waiting = [];
  #underWay = 0;

  /**
   * @param {import('../store').StoreBackend} store
   * @param {(slot: number, turn: number, reason: string) => void} onEnd - where the store agrees
   * @param {() => void} onContradiction - where it does not
   */
  constructor(store, onEnd, onContradiction) {
    this.#store = store;
    this.#onEnd = onEnd;
    this.#onContradiction = onContradiction;
  }

  /** The addon has seen the session of a slot end. Its watch keeps the slot until that is decided. */
  add(watch, slot, turn, reason) {
    const known = this.#ends.get(slot);
    if (known?.isOpen) return;
    const described = watch.idsOf([slot]).get(slot);
    // The socket has left meanwhile.
    if (described?.turn !== turn) return;
    const end = { watch, slot, reason, ...described, asked: 0, isOpen: true, wasSeen: known !== undefined };
    this.#ends.set(slot, end);
    this.#waiting.push(end);
    this.#ask();
  }

  /** The socket has left. */
  forget(slot) {
    this.#ends.delete(slot);
  }

  /** Nothing is to be confirmed any more. */
  clear() {
    this.#ends.clear();
    this.#waiting = [];
  }

  #ask() {
    while (this.#underWay < AT_ONCE && this.#waiting.length > 0) {
      const end = this.#waiting.pop();
      if (this.#ends.get(end.slot) !== end) continue;
      this.#underWay += 1;
      const receiver = {
        deliver: (outcome, userKey) => {
          this.#underWay -= 1;
          if (this.#ends.get(end.slot) === end) this.#decide(end, outcome, userKey);
          this.#ask();
        },
      };
      callOutside(() => this.#store.lookUp(receiver, end.id, CREDENTIAL_KIND.ID));
    }
  }

  #decide(end, outcome, userKey) {
    const { watch, slot, turn, id, identity } = end;
    end.asked += 1;
    if (outcome === OUTCOME.CLOSED) return;
    if (INCONCLUSIVE.has(outcome) && end.asked < QUESTIONS) {
      timers.setTimeout(() => this.#askAgain(end), AGAIN_MS).unref();
      return;
    }
    const isThere = outcome === OUTCOME.FOUND && isSameIdentity(identity, identityOf(userKey));
    if (!isThere) {
      this.#ends.delete(slot);
      watch.unwatch(slot, turn);
      this.#onEnd(slot, turn, INCONCLUSIVE.has(outcome) ? end.reason : reasonOf(end.reason, outcome));
    } else if (end.wasSeen) {
      this.#onContradiction();
    } else {
      // The addon looks once more. Only where it sees the end again, it contradicts the store.
      end.isOpen = false;
      watch.watch(slot, turn, id, identity);
    }
  }

  #askAgain(end) {
    if (this.#ends.get(end.slot) !== end) return;
    this.#waiting.push(end);
    this.#ask();
  }
}

/** What the store says is newer than what the addon saw; but only the addon knows whether the time was over. */
function reasonOf(seen, outcome) {
  if (outcome === OUTCOME.FOUND) return 'user-changed';
  if (outcome === OUTCOME.NOT_LOGGED_IN || outcome === OUTCOME.PASSPORT_NOT_INITIALIZED) return 'logged-out';
  return seen === 'expired' ? 'expired' : 'destroyed';
}

module.exports = { Confirmations };
