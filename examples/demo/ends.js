'use strict';

const KEPT = 5;
const NOTED_FOR_MS = 10_000;

/**
 * How long it takes from the end of a session to that of its sockets. The HTTP half says when it is about to end a session,
 * the socket half when it has heard of it. Ends that others have caused, such as `DEL` by hand, have no such time.
 */
class Ends {
  #begun = new Map();
  #last = [];

  /** @param {number} [at] - when the session ends, by `performance.now()` */
  begin(sessionID, at = performance.now()) {
    this.#begun.set(sessionID, at);
    setTimeout(() => this.#begun.delete(sessionID), NOTED_FOR_MS).unref();
  }

  /** A socket was told. @returns {number | null} the milliseconds that it took */
  heard({ sessionID, user }, reason) {
    const at = this.#begun.get(sessionID);
    // Of a session that expires Redis tells some milliseconds early, or late.
    const ms = at === undefined ? null : Math.max(0, performance.now() - at);
    this.#last = [{ at: Date.now(), name: user.name, reason, ms }, ...this.#last].slice(0, KEPT);
    return ms;
  }

  /** The last ones, the newest first. */
  get last() {
    return this.#last;
  }
}

module.exports = { Ends };
