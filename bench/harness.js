'use strict';

/** What Socket.IO hands to a middleware, as far as an authorizer looks: made fresh for each connection. */
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

/**
 * Runs `count` connections through a middleware, `inFlight` at a time: each that ends starts the next.
 * A middleware that answers in the call is driven by the loop, not by recursion, so that it costs the
 * harness the same.
 *
 * @param {(socket: object, next: (error?: unknown) => void) => void} middleware
 * @param {() => string} nextCookie
 * @returns {Promise<{ accepted: number, refused: number }>}
 */
function drive(middleware, nextCookie, count, inFlight) {
  return new Promise((resolve) => {
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
        middleware(new FakeSocket(nextCookie()), (error) => end(error));
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

/** Goes round and round a list. */
function cycle(list) {
  let index = 0;
  return () => {
    index = index + 1 < list.length ? index + 1 : 0;
    return list[index];
  };
}

/**
 * One round: drives and measures it.
 * @returns {Promise<{ main: number, process: number, rate: number }>} µs of CPU per connection, connections per second
 */
async function round(clock, contender, mode, count) {
  const began = performance.now();
  const before = clock.read();
  const { accepted } = await drive(contender.middleware, mode.nextCookie, count, mode.inFlight);
  const after = clock.read();
  const seconds = (performance.now() - began) / 1000;
  const expected = mode.accepts || contender.acceptsAll ? count : 0;
  if (accepted !== expected) {
    throw new Error(
      `${contender.name} accepted ${accepted} of ${count} connections in the mode "${mode.name}"`,
    );
  }
  return {
    main: (after.main - before.main) / 1000 / count,
    process: (after.process - before.process) / 1000 / count,
    rate: count / seconds,
  };
}

/** How many connections make a round of `roundMs`; also what warms the contender up. */
async function calibrate(clock, contender, mode, roundMs) {
  const least = 2 * mode.inFlight;
  let count = Math.max(least, 100);
  for (const share of [0.25, 0.5, 1]) {
    const { rate } = await round(clock, contender, mode, count);
    count = Math.max(least, Math.round(rate * (roundMs / 1000) * share));
  }
  return count;
}

/**
 * All contenders in all modes, interleaved: in each pass each of them has one round in each mode, in an
 * order drawn anew, so that whatever else the machine does hits all alike.
 *
 * @param {(done: number, of: number) => void} onPass
 * @returns {Promise<Map<object, Map<object, object[]>>>} mode → contender → its rounds, one a pass
 */
async function measure({ clock, contenders, modes, passes, roundMs, onPass }) {
  const counts = new Map();
  const rounds = new Map();
  for (const mode of modes) {
    counts.set(mode, new Map());
    rounds.set(mode, new Map(contenders.map((contender) => [contender, []])));
    for (const contender of contenders) {
      counts.get(mode).set(contender, await calibrate(clock, contender, mode, roundMs));
    }
  }
  for (let pass = 1; pass <= passes; pass++) {
    for (const mode of shuffled(modes)) {
      for (const contender of shuffled(contenders)) {
        const count = counts.get(mode).get(contender);
        rounds
          .get(mode)
          .get(contender)
          .push(await round(clock, contender, mode, count));
      }
    }
    onPass(pass, passes);
  }
  return rounds;
}

function shuffled(list) {
  const rest = [...list];
  return list.map(() => rest.splice(Math.floor(Math.random() * rest.length), 1)[0]);
}

module.exports = { FakeSocket, cycle, measure };
