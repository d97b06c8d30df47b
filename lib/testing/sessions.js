'use strict';

const { slots } = require('../live/slots');

let count = 0;

/** The session that a request is played to have. */
class PlayedSession {
  /** Why it has no user any more. */
  end = undefined;

  constructor() {
    count += 1;
    this.id = `testing-${count}`;
  }
}

/** The sessions of one authorizer: one for each request, which all namespaces of a client share. */
class PlayedSessions {
  /** @type {WeakMap<object, PlayedSession>} by request */
  #all = new WeakMap();

  /** The session of a socket, or of a request; made where it has none. */
  of(target) {
    let session = this.known(target);
    if (session === undefined) this.#all.set(keeperOf(target), (session = new PlayedSession()));
    return session;
  }

  /** @returns {PlayedSession | undefined} undefined where the authorizer was not asked about it */
  known(target) {
    return this.#all.get(keeperOf(target));
  }
}

/** The request of a socket, or the request itself. A socket over WebTransport has none. */
function keeperOf(target) {
  return target.request ?? target;
}

/** Watches played sessions for LiveSessions, as the files of lib/sessions/watch/ watch others. Here an id is the session itself. */
class PlayedWatch {
  tier = 'tracking';
  /** @type {Map<number, { turn: number, session: PlayedSession, identity: string }>} by slot */
  #watched = new Map();
  #onEnd;

  /** @param {(slot: number, turn: number, reason: string) => void} onEnd */
  constructor(onEnd) {
    this.#onEnd = onEnd;
  }

  get sessions() {
    return new Set([...this.#watched.values()].map(({ session }) => session)).size;
  }

  watch(slot, turn, session, identity) {
    // It may have ended before the socket was connected.
    if (session.end === undefined) this.#watched.set(slot, { turn, session, identity });
    else this.#onEnd(slot, turn, session.end);
  }

  unwatch(slot) {
    this.#watched.delete(slot);
  }

  idsOf(wanted) {
    const known = wanted.filter((slot) => this.#watched.has(slot));
    return new Map(known.map((slot) => [slot, this.#watched.get(slot)]));
  }

  /** The connected sockets of a session. */
  socketsOf(session) {
    const found = [...this.#watched].filter(([, watched]) => watched.session === session);
    return found.map(([slot, { turn }]) => slots.socketAt(slot, turn)).filter(Boolean);
  }

  close() {
    this.#watched.clear();
  }
}

module.exports = { PlayedSessions, PlayedWatch };
