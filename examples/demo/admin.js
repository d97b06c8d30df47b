'use strict';

const { filterSocketsByUser } = require('../..');

const SHOWN = 200;

/** What admins see and may do: a table of all sockets, and the end of any. */
function attachAdmin(io) {
  const since = new WeakMap();

  io.on('connection', (socket) => {
    since.set(socket, Date.now());
    socket.on('end', (choice) => {
      // Asked at each message, and of the user on the request: what a client says of itself does not count.
      if (socket.request.user.isAdmin) endSocket(Object(choice).id, socket.request.user);
    });
  });

  /** Told first, so that the client stays away: after `io server disconnect` it would else come back. */
  function endSocket(id, { name }) {
    const socket = io.sockets.sockets.get(id);
    if (!socket) return;
    socket.emit('ended', { reason: 'by-admin', by: name });
    socket.disconnect(true);
  }

  /** `[{ id, name, transport, rooms, since }]`, the newest first. */
  function table() {
    const all = filterSocketsByUser(io, () => true);
    return all.slice(-SHOWN).reverse().map(row);
  }

  function row(socket) {
    const { id, rooms, conn, request } = socket;
    return {
      id,
      name: request.user.name,
      transport: conn.transport.name,
      rooms: [...rooms].filter((room) => room !== id),
      since: since.get(socket),
    };
  }

  return {
    /** The room `admins` is one of those that the option `rooms` gives. */
    tell() {
      if (io.sockets.adapter.rooms.has('admins')) io.to('admins').emit('admin', table());
    },
  };
}

module.exports = { attachAdmin };
