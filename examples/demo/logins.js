'use strict';

/**
 * Whose each session is: a store finds sessions by their id only, and a ban needs all of a person. Here in memory, because
 * the demo is one process; docs/live-sessions.md keeps the list in Redis.
 */
class Logins {
  /** @type {Map<string, number>} user ids by session id */
  #owners = new Map();

  note(sessionID, userId) {
    this.#owners.set(sessionID, userId);
  }

  /** The session is over. */
  forget(sessionID) {
    this.#owners.delete(sessionID);
  }

  /** The ids of the sessions of a user. */
  of(userId) {
    return [...this.#owners].filter(([, owner]) => owner === userId).map(([sessionID]) => sessionID);
  }
}

module.exports = { Logins };
