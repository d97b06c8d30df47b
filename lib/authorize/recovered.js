'use strict';

const { randomUUID } = require('node:crypto');

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
  const { pid } = socket;
  // A client that leaves before the decision must not recover the same state again, and again.
  forget(socket);
  let missing = authorizers.length;
  const done = (error) => {
    if (error) {
      disconnect(socket);
      return;
    }
    missing -= 1;
    if (missing > 0) return;
    socket.pid = pid;
    release();
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
    for (const next of nexts) runAlone(next);
  };
}

/** An event whose middlewares throw does not keep the others, as it is without recovery. */
function runAlone(next) {
  try {
    next();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}

/**
 * The state of the socket can no longer be recovered: the adapter in memory drops it, and others store it under an id that
 * the client does not know.
 */
function forget(socket) {
  const { sessions } = socket.nsp.adapter;
  if (sessions instanceof Map) sessions.delete(socket.pid);
  socket.pid = randomUUID();
}

/** After the app's `connection` handlers, so that their `disconnect` listeners are there. */
function disconnect(socket) {
  process.nextTick(() => socket.disconnect(true));
}

module.exports = { authorizeRecovered };
