'use strict';

/** Which session is read next: those that are to be read at once, then those of the round. */
class ReadQueue {
  #fresh = [];
  /** Taken from the end, which costs the same however many there are. */
  #first = [];
  #round = [];

  get isEmpty() {
    return this.#first.length + this.#fresh.length + this.#round.length === 0;
  }

  /** Whether something is left of the round. */
  get isInRound() {
    return this.#round.length > 0;
  }

  /** To be read at once. @param {{ isFresh: boolean }} session */
  add(session) {
    if (session.isFresh) return;
    session.isFresh = true;
    this.#fresh.push(session);
  }

  /** These are read one after the other; what is left of a former round is not read any more. */
  startRound(sessions) {
    this.#round = [...sessions].reverse();
  }

  next() {
    if (this.#first.length === 0 && this.#fresh.length > 0) {
      this.#first = this.#fresh.reverse();
      this.#fresh = [];
    }
    if (this.#first.length === 0) return this.#round.pop();
    const session = this.#first.pop();
    session.isFresh = false;
    return session;
  }

  clear() {
    this.#fresh = [];
    this.#first = [];
    this.#round = [];
  }
}

module.exports = { ReadQueue };
