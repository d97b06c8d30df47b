'use strict';

const { authorize } = require('../..');
const { registry } = require('../../lib/sockets/registry');
const { UserIndex } = require('../../lib/sockets/user-index');
const { userPropertyOf } = require('../../lib/request-user');
const { CpuClock } = require('../support/cpu');
const { Crowd, optionsFor } = require('../support/crowd');
const { usersOf } = require('./users');

const clock = new CpuClock();
/** The number of sockets in one round. */
const VISITORS = 250;
/** How often they come and go in a round. */
const TIMES = 10;

/**
 * The cost of the option `index` for a connection and for its end. It is timed alone, because it is smaller than the noise
 * of a whole connection. Sockets are authorized but not connected, and this benchmark makes them members. The cost is the
 * difference to the sockets of another namespace, which never become members. `cold`: the first time, between connections,
 * with cold caches. `warm`: later, as in a loop.
 *
 * @param {{ count: number, rounds: number }} settings - `count`: how many other members there are
 * @returns {Promise<Record<'cold' | 'warm', { connect: number[], disconnect: number[] }>>} ns of CPU a socket
 */
async function registration({ count, rounds }) {
  const { sids, userOf } = usersOf(count + VISITORS);
  const crowd = new Crowd();
  const userIndex = new UserIndex(['id', 'role'], userPropertyOf('user'), registry());
  const [members, others] = ['/', '/others'].map((name) => new Entrance(crowd, name, optionsFor(userOf)));
  const become = [(socket) => userIndex.announce(socket), (socket) => userIndex.expect(socket), put];

  for (const socket of await members.arrivals(sids.slice(VISITORS))) for (const step of become) step(socket);
  const times = { cold: { connect: [], disconnect: [] }, warm: { connect: [], disconnect: [] } };
  for (let round = 0; round < rounds; round++) {
    const visitors = sids.slice(0, VISITORS);
    const [ours, theirs] = [await members.arrivals(visitors), await others.arrivals(visitors)];
    for (let i = 0; i < TIMES; i++) {
      const { connect, disconnect } = i === 0 ? times.cold : times.warm;
      connect.push(timed(ours, become) - timed(theirs, [pass, pass, put]));
      disconnect.push(timed(ours, [remove]) - timed(theirs, [remove]));
    }
    for (const { conn } of [...ours, ...theirs]) conn.close();
  }
  const { size } = userIndex.users('id');
  if (size !== count) throw new Error(`${size} of ${count} are members`);
  return times;
}

/** A namespace whose authorized sockets are never let in. */
class Entrance {
  #crowd;
  #namespace;
  #waiting = [];

  constructor(crowd, name, options) {
    this.#crowd = crowd;
    this.#namespace = crowd.io.of(name);
    this.#namespace.use(authorize(options));
    this.#namespace.use((socket) => this.#waiting.push(socket));
  }

  async arrivals(sids) {
    await this.#crowd.connect(this.#namespace, sids);
    return this.#waiting.splice(0);
  }
}

/** A step that costs only its call. */
function pass() {}

/** As Socket.IO does when a socket is let in. */
function put(socket) {
  socket.nsp.sockets.set(socket.id, socket);
}

/** As Socket.IO does when its connection is over. */
function remove(socket) {
  socket.nsp.sockets.delete(socket.id);
}

/** ns of CPU for each socket. */
function timed(sockets, steps) {
  const before = clock.read().main;
  for (const socket of sockets) for (const step of steps) step(socket);
  return (clock.read().main - before) / sockets.length;
}

module.exports = { registration };
