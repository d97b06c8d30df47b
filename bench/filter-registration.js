'use strict';

const { authorize } = require('..');
const { Membership } = require('../lib/filter/membership');
const { CpuClock } = require('./cpu');
const { Crowd, optionsFor } = require('./filter-crowd');
const { usersOf } = require('./filter-users');

const clock = new CpuClock();
/** Connections of one round: few enough to be in the caches, as one is when it is made. */
const AT_ONCE = 250;

/**
 * What the option `index` adds to a connection, timed by itself: in the whole of a connection it is less than the noise.
 * So sockets are let in by an authorizer without it, into a namespace where we call the listener of the index. What it
 * adds to a disconnection is the difference to sockets that are no members.
 *
 * @param {{ count: number, rounds: number }} settings - `count`: how many members there are throughout
 * @returns {Promise<{ connect: number[], disconnect: number[] }>} ns of CPU a socket, one figure a round
 */
async function registration({ count, rounds }) {
  const { sids, userOf } = usersOf(count + AT_ONCE);
  const [residents, visitors] = [sids.slice(0, count), sids.slice(count)];
  const crowd = new Crowd();
  const namespace = crowd.io.of('/');
  namespace.use(authorize(optionsFor(userOf)));
  // As an app does.
  namespace.on('connection', (socket) => socket.on('disconnect', () => {}));
  const membership = new Membership(['id', 'role']);
  const enrol = await listenerOf(crowd, namespace, membership, visitors.slice(0, 1));

  async function enter(whose) {
    const sockets = await arrivals(crowd, namespace, whose);
    return { sockets, time: timed(sockets, (socket) => membership.admit(socket), enrol) };
  }

  for (let start = 0; start < count; start += AT_ONCE) await enter(residents.slice(start, start + AT_ONCE));
  const times = { connect: [], disconnect: [] };
  for (let i = 0; i < rounds; i++) {
    const others = await arrivals(crowd, namespace, visitors);
    const { sockets, time } = await enter(visitors);
    times.connect.push(time);
    const [leaving, goingAway] = [sockets, others].map((them) =>
      timed(them, (socket) => socket.disconnect()),
    );
    times.disconnect.push(leaving - goingAway);
    for (const { conn } of [...sockets, ...others]) conn.close();
  }
  const { size } = membership.users('id');
  if (size !== count) throw new Error(`${size} of ${count} are members`);
  return times;
}

/** ns of CPU for each socket. */
function timed(sockets, ...steps) {
  // None within the measured time: whose garbage it is would be chance.
  globalThis.gc({ type: 'minor' });
  const before = clock.read().main;
  for (const step of steps) for (const socket of sockets) step(socket);
  return (clock.read().main - before) / sockets.length;
}

/** What the index has the namespace call for each socket that is connected; it is not called any more. */
async function listenerOf(crowd, namespace, membership, visitor) {
  const [socket] = await arrivals(crowd, namespace, visitor);
  membership.admit(socket);
  const [listener] = namespace.listeners('connect');
  namespace.off('connect', listener);
  return listener;
}

async function arrivals(crowd, namespace, sids) {
  const before = namespace.sockets.size;
  await crowd.connect(namespace, sids);
  return [...namespace.sockets.values()].slice(before);
}

module.exports = { registration };
