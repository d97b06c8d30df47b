'use strict';

const { authorize } = require('../..');
const { Crowd, optionsFor } = require('../support/crowd');
const { generator, usersOf } = require('./users');

/**
 * Connected sockets of authorized users, in each form that a contender takes.
 *
 * @typedef {object} Scene
 * @property {object} io
 * @property {object} namespace - the default one of `io`
 * @property {object[]} list
 * @property {{ sockets: { connected: object } }} old - the same sockets in the `io` of Socket.IO 1 and 2
 * @property {{ [property: string]: Map<unknown, Set<object>> }} sets
 * @property {object} everybody - criteria
 * @property {unknown[]} ids - of the users
 * @property {() => number} random
 */

/** @returns {Promise<Scene>} */
async function sceneOf(count) {
  const { sids, userOf } = usersOf(count);
  const { io } = await admit(sids, { ...optionsFor(userOf), index: ['id', 'role'] });
  const namespace = io.of('/');
  const list = [...namespace.sockets.values()];
  return {
    io,
    namespace,
    list,
    old: { sockets: { connected: Object.fromEntries(namespace.sockets) } },
    sets: { id: setsOf(list, 'id'), role: setsOf(list, 'role') },
    everybody: { role: ['mod', 'user'] },
    ids: list.map((socket) => socket.request.user.id),
    random: generator(),
  };
}

/**
 * A server with all of them. V8 fixes the size of a socket object while it creates the first few; usually the authorizer
 * has processed one by then.
 * @param {boolean} [isStorm] - a thousand sockets are created before, as after a restart with a slow middleware
 */
async function admit(sids, options, isStorm = false) {
  const crowd = new Crowd();
  crowd.io.use(authorize(options));
  // The same as in an app.
  crowd.io.on('connection', (socket) => socket.on('disconnect', () => {}));
  const first = isStorm ? 0 : 1;
  await crowd.connect(crowd.io.of('/'), sids.slice(0, first));
  await crowd.connect(crowd.io.of('/'), sids.slice(first));
  const { size } = crowd.io.of('/').sockets;
  if (size !== sids.length) throw new Error(`${size} of ${sids.length} were let in`);
  return crowd;
}

function setsOf(sockets, property) {
  const sets = new Map();
  for (const socket of sockets) {
    const value = socket.request.user[property];
    if (!sets.has(value)) sets.set(value, new Set());
    sets.get(value).add(socket);
  }
  return sets;
}

module.exports = { sceneOf, admit };
