'use strict';

/** On a socket, until it is connected: the rooms that it will join, by the Admission that gave them. */
const ROOMS = Symbol('passport-socketio-native: rooms');

/**
 * Has a socket join rooms as soon as it is connected, before the app hears of it. Not at once: a room that was
 * joined in a middleware keeps the socket for ever if a later one refuses it (Socket.IO up to 2.4.1, and 3.0 to 4.5.1);
 * and until then it may turn out that the user is not let in.
 * @param {{ place: object }} owner - the Admission of the authorizer; a namespace may have several
 * @param {string[]} names
 */
function joinWhenConnected(socket, owner, names) {
  if (names.length === 0) {
    socket[ROOMS]?.delete(owner);
    return;
  }
  socket[ROOMS] ??= new Map();
  socket[ROOMS].set(owner, names);
  // An app may have taken all listeners away.
  if (!socket.nsp.listeners('connect').includes(join)) socket.nsp.prependListener('connect', join);
}

/** There is no user at this place after all. */
function dropRooms(socket, place) {
  for (const owner of socket[ROOMS]?.keys() ?? []) {
    if (owner.place === place) socket[ROOMS].delete(owner);
  }
}

function join(socket) {
  const rooms = socket[ROOMS];
  if (!rooms) return;
  socket[ROOMS] = undefined;
  // One by one: Socket.IO 1 takes no list.
  for (const names of rooms.values()) for (const name of names) socket.join(name);
}

/**
 * The names of rooms.
 * @param {unknown} rooms - what the option `rooms` gave for the user: a room, several, or none
 * @throws {TypeError} for anything else
 */
function namesOf(rooms) {
  if (rooms == null) return [];
  const names = typeof rooms === 'string' || !rooms[Symbol.iterator] ? [rooms] : [...rooms];
  if (names.every((name) => typeof name === 'string' && name !== '')) return names;
  // A promise: what becomes of it is not to end the process.
  if (typeof rooms.then === 'function') rooms.then(undefined, () => {});
  throw new TypeError(
    'authorize(): option rooms must give names of rooms, at once: a string, or an array of them.',
  );
}

module.exports = { dropRooms, joinWhenConnected, namesOf };
