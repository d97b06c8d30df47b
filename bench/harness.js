'use strict';

const { EventEmitter } = require('node:events');

/** The parts of a Socket.IO socket that an authorizer reads, created for each connection. */
class FakeSocket {
  constructor(cookie) {
    this.request = new FakeRequest(cookie);
  }
}

class FakeRequest {
  constructor(cookie) {
    this.headers = { cookie };
    this._query = {};
  }
}

/** A namespace whose sockets connect when they are let in, and leave after the round. */
class FakeNamespace extends EventEmitter {
  name = '/';
  sockets = new Map();
  #count = 0;

  enter(socket) {
    socket.id = this.#count++;
    socket.connected = true;
    this.sockets.set(socket.id, socket);
  }

  leaveAll() {
    for (const [id, socket] of this.sockets) {
      socket.connected = false;
      this.sockets.delete(id);
    }
  }
}

class ConnectingSocket extends FakeSocket {
  id = 0;
  connected = false;

  constructor(cookie, namespace) {
    super(cookie);
    this.nsp = namespace;
  }
}

/** @param {FakeNamespace} [namespace] */
function socketOf(cookie, namespace) {
  return namespace === undefined ? new FakeSocket(cookie) : new ConnectingSocket(cookie, namespace);
}

/**
 * Runs `count` connections through a middleware, `inFlight` at a time: each one that ends starts the next. For a
 * middleware that answers synchronously, a loop and not a recursion starts the next, so that the harness costs the same.
 *
 * @param {(socket: object, next: (error?: unknown) => void) => void} middleware
 * @param {() => string} nextCookie
 * @param {FakeNamespace} [namespace] - what is let in connects to it
 * @returns {Promise<{ accepted: number, refused: number }>}
 */
function drive(middleware, nextCookie, count, inFlight, namespace) {
  return new Promise((resolve) => {
    const sockets = new Array(inFlight);
    let room = inFlight;
    let started = 0;
    let accepted = 0;
    let refused = 0;
    let starting = false;

    function start() {
      starting = true;
      while (room > 0 && started < count) {
        room -= 1;
        started += 1;
        const cookie = nextCookie();
        const socket = socketOf(cookie, namespace);
        // In a server a socket escapes to other code. Without this, the compiler removes the allocation for a middleware
        // that ignores its socket.
        sockets[started % inFlight] = socket;
        middleware(socket, (error) => {
          if (namespace !== undefined && !error) namespace.enter(socket);
          end(error);
        });
      }
      starting = false;
    }

    function end(error) {
      room += 1;
      if (error) refused += 1;
      else accepted += 1;
      if (accepted + refused === count) resolve({ accepted, refused });
      else if (!starting) start();
    }

    start();
  });
}

/** Cycles through a list. */
function cycle(list) {
  let index = 0;
  return () => {
    index = index + 1 < list.length ? index + 1 : 0;
    return list[index];
  };
}

/**
 * Runs and measures one round.
 *
 * @param {object} work
 * @param {object} work.clock
 * @param {Function} work.middleware
 * @param {() => string} work.nextCookie
 * @param {number} work.inFlight
 * @param {boolean} work.accepts
 * @param {FakeNamespace} [work.namespace]
 * @returns {Promise<{ main: number, process: number, rate: number, leaving: number }>} µs of CPU per connection, connections
 *   per second, and µs of the main thread for a socket that leaves, where it has connected
 */
async function round({ clock, middleware, nextCookie, inFlight, accepts, namespace }, count) {
  const began = performance.now();
  const before = clock.read();
  const { accepted } = await drive(middleware, nextCookie, count, inFlight, namespace);
  const after = clock.read();
  const seconds = (performance.now() - began) / 1000;
  namespace?.leaveAll();
  const left = clock.read();
  if (accepted !== (accepts ? count : 0))
    throw new Error(`${accepted} of ${count} connections were accepted`);
  return {
    main: (after.main - before.main) / 1000 / count,
    process: (after.process - before.process) / 1000 / count,
    rate: count / seconds,
    leaving: (left.main - after.main) / 1000 / count,
  };
}

/** Determines how many connections make a round of `roundMs`. This also warms up the contender. */
async function calibrate(work, roundMs) {
  const least = 2 * work.inFlight;
  let count = Math.max(least, 100);
  for (const share of [0.25, 0.5, 1, 1]) {
    const { rate } = await round(work, count);
    count = Math.max(least, Math.round(rate * (roundMs / 1000) * share));
  }
  return count;
}

module.exports = { FakeNamespace, cycle, round, calibrate, socketOf };
