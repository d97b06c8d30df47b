'use strict';

const { io } = require('socket.io-client');

/** A connection to the demo, as the page makes one; without a cookie unless one is given. */
function connect(port, { cookie, headers } = {}) {
  return io(`http://127.0.0.1:${port}`, {
    transports: ['websocket'],
    extraHeaders: { ...headers, ...(cookie && { cookie }) },
    reconnection: false,
    forceNew: true,
  });
}

/** What the server says to a new connection: `{ greeted: name }`, or `{ message, code }` where it refuses. */
function answer(socket) {
  return new Promise((resolve) => {
    socket.once('welcome', ({ name }) => resolve({ greeted: name }));
    socket.once('connect_error', ({ message, data }) => resolve({ message, code: data?.code }));
  });
}

module.exports = { connect, answer };
