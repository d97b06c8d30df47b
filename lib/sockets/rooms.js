'use strict';

/** On a socket, until it is connected: a Map of the rooms to join, by the Joiner that chose them. */
const ROOMS = Symbol('passport-socketio-native: rooms');

/**
 * A socket joins its rooms when it is connected, before the app's `connection` handlers run. It does not join at once: a
 * later middleware may refuse the socket, and a room joined before that keeps it for ever (Socket.IO up to 2.4.1, and
 * 3.0 to 4.5.1). Until then `success` may also refuse the user.
 * @param {import('./join').Joiner} owner - of the authorizer; a namespace may have several
 * @param {string[]} names
 */
function joinWhenConnected(socket, owner, names) {
  if (names.length === 0) {
    socket[ROOMS]?.delete(owner);
    return;
  }
  socket[ROOMS] ??= new Map();
  socket[ROOMS].set(owner, names);
  // The app may have removed all listeners.
  if (!socket.nsp.listeners('connect').includes(join)) socket.nsp.prependListener('connect', join);
}

/** There is no user in this property after all. */
function dropRooms(socket, userProperty) {
  for (const owner of socket[ROOMS]?.keys() ?? []) {
    if (owner.userProperty === userProperty) socket[ROOMS].delete(owner);
  }
}

/** The socket is connected already. */
function joinNow(socket, owner) {
  const names = socket[ROOMS]?.get(owner) ?? [];
  socket[ROOMS]?.delete(owner);
  for (const name of names) socket.join(name);
}

function join(socket) {
  const rooms = socket[ROOMS];
  if (!rooms) return;
  socket[ROOMS] = undefined;
  // One by one: Socket.IO 1 takes no list.
  for (const names of rooms.values()) for (const name of names) socket.join(name);
}

/**
 * The names in what the option `rooms` returned.
 * @param {unknown} rooms - a room, several, or none
 * @throws {TypeError} for anything else
 */
function namesOf(rooms) {
  if (rooms == null) return [];
  const names = typeof rooms === 'string' || !rooms[Symbol.iterator] ? [rooms] : [...rooms];
  if (names.every((name) => typeof name === 'string' && name !== '')) return names;
  // The rejection of a promise must not end the process.
  if (typeof rooms.then === 'function') rooms.then(undefined, () => {});
  throw new TypeError(
    'authorize(): option rooms must give names of rooms, at once: a string, or an array of them.',
  );
}

module.exports = { dropRooms, joinNow, joinWhenConnected, namesOf };
