'use strict';

const { FakeSocket } = require('./sockets');

/**
 * @typedef {object} Work
 * @property {import('../support/cpu').CpuClock} clock
 * @property {(socket: object, next: (error?: unknown) => void) => void} middleware
 * @property {() => import('./visitors').Visitor} nextVisitor
 * @property {number} inFlight
 * @property {boolean} accepts - whether the visitors must be let in
 * @property {import('./sockets').FakeNamespace} namespace
 * @property {boolean} connects - what is let in connects to the namespace
 */

/**
 * Runs `count` connections through a middleware, `inFlight` at a time: each one that ends starts the next. For a
 * middleware that answers synchronously, a loop and not a recursion starts the next, so that the harness costs the same.
 *
 * @param {Work} work
 * @returns {Promise<{ accepted: number, refused: number }>}
 */
function drive({ middleware, nextVisitor, inFlight, namespace, connects }, count) {
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
        const socket = new FakeSocket(nextVisitor(), namespace);
        // In a server a socket escapes to other code. Without this, the compiler removes the allocation for a middleware
        // that ignores its socket.
        sockets[started % inFlight] = socket;
        middleware(socket, (error) => {
          if (connects && !error) namespace.enter(socket);
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
 * @param {Work} work
 * @returns {Promise<{ main: number, process: number, rate: number, leaving: number }>} µs of CPU per connection, connections
 *   per second, and µs of the main thread for a socket that leaves, where it has connected
 */
async function round(work, count) {
  const { clock, namespace, accepts } = work;
  const began = performance.now();
  const before = clock.read();
  const { accepted } = await drive(work, count);
  const after = clock.read();
  const seconds = (performance.now() - began) / 1000;
  namespace.leaveAll();
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

module.exports = { calibrate, cycle, round };
