'use strict';

/** So many events of a client may wait for its authorization. */
const MOST_EVENTS = 1000;

/**
 * A socket that Socket.IO has recovered without asking the middlewares (connection state recovery, 4.6 and later). It is
 * connected, and the app's `connection` handlers run next. It is authorized meanwhile: what the client sends waits until
 * all authorizers have let it in, and it is disconnected where one refuses.
 *
 * It is not held back until then: Socket.IO has read which packets it missed, and those that are sent before it is
 * connected would be lost.
 * @param {object} socket
 * @param {Function[]} authorizers - of the namespace
 */
function authorizeRecovered(socket, authorizers) {
  const release = holdEvents(socket);
  let missing = authorizers.length;
  const done = (error) => {
    if (error) {
      disconnect(socket);
      return;
    }
    missing -= 1;
    if (missing === 0) release();
  };
  let areAsked = false;
  try {
    for (const authorizer of authorizers) authorizer(socket, done);
    areAsked = true;
  } finally {
    // Something unforeseen was thrown, which goes to Socket.IO.
    if (!areAsked) disconnect(socket);
  }
}

/** @returns {() => void} lets the events through */
function holdEvents(socket) {
  let held = [];
  socket.use((event, next) => {
    if (held === undefined) next();
    else if (held.length < MOST_EVENTS) held.push(next);
    else disconnect(socket);
  });
  return () => {
    const nexts = held;
    held = undefined;
    for (const next of nexts) next();
  };
}

/** After the app's `connection` handlers, so that their `disconnect` listeners are there. */
function disconnect(socket) {
  process.nextTick(() => {
    // The adapter in memory would recover the same state again, with all packets.
    const { sessions } = socket.nsp.adapter;
    if (sessions instanceof Map) sessions.delete(socket.pid);
    socket.disconnect(true);
  });
}

module.exports = { authorizeRecovered };
