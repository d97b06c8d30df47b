'use strict';

const timers = require('node:timers');

/** The socket of an allowed request has arrived by then, if it arrives at all: Socket.IO itself waits for 45 seconds. */
const LATEST_MS = 60_000;
/** How often the connection of an allowed request is looked at. */
const EVERY_MS = 1000;
/**
 * So often it was there, had sent more, and had no socket. An earlier middleware may take a while (its database is
 * connected first), and a false warning is worse than a late one.
 */
const SIGHTS = 5;

/**
 * Whether requests that `allowRequest` has allowed get sockets that the authorizer sees. Nothing tells that there will be
 * none. But a client sends its CONNECT packet as soon as its request is answered, and Socket.IO makes the socket in the
 * call: where a client has sent more, and has no socket seconds later, the authorizer is no middleware. A client that
 * leaves says nothing, and the next one is looked at. Clients that poll over other connections do not show it either: in
 * the end the time decides.
 */
class AwaitedSocket {
  #tell;
  #isLooking = false;
  /** @type {NodeJS.Timeout | null} null before the first allowed request */
  #latest = null;
  #isOver = false;

  /** @param {() => void} tell - there is none; called once, unless `end` was called */
  constructor(tell) {
    this.#tell = tell;
  }

  /** @param {import('node:http').IncomingMessage} request - that was allowed */
  allowed({ socket }) {
    if (this.#isOver) return;
    this.#latest ??= timers.setTimeout(() => this.end(), LATEST_MS).unref();
    if (this.#isLooking || typeof socket?.bytesRead !== 'number') return;
    this.#isLooking = true;
    this.#look(socket, socket.bytesRead, SIGHTS);
  }

  /** The authorizer sees a socket. */
  arrived() {
    if (this.#isOver) return;
    this.#isOver = true;
    timers.clearTimeout(this.#latest);
  }

  #look(socket, before, missing) {
    const again = () => {
      if (this.#isOver) return;
      const left = socket.bytesRead > before ? missing - 1 : missing;
      if (socket.destroyed) this.#isLooking = false;
      else if (left > 0) this.#look(socket, before, left);
      else this.end();
    };
    timers.setTimeout(again, EVERY_MS).unref();
  }

  /** There will be none. */
  end() {
    if (this.#isOver) return;
    this.arrived();
    this.#tell();
  }
}

module.exports = { AwaitedSocket };
