'use strict';

const { Server } = require('socket.io');
const { authorize, filterSocketsByUser } = require('../..');
const log = require('./log');

/** Redis tells of sessions that end. Sessions in the memory of this process are looked at so often, in milliseconds. */
const RECHECK_EVERY = 200;

/** The Socket.IO half of the app: only who is logged in gets in, and everybody sees who else is there. */
function attachChat(server, { cookie, secret, store, passport }) {
  const io = new Server(server);
  const authorizer = authorize({
    key: cookie,
    secret,
    store,
    passport,
    origin: 'same-host',
    // After a log-out the sockets of the session end, in all tabs.
    onSessionEnd: 'disconnect',
    recheckEvery: RECHECK_EVERY,
    fail: refuse,
  });
  authorizer.protect(io);

  io.on('connection', (socket) => {
    const { user } = socket.request;
    log.connected(user.name, `${socket.conn.transport.name}, look-ups: ${authorizer.backend.kind}`);
    socket.emit('welcome', { name: user.name });
    io.emit('present', whoIsPresent(io));

    socket.on('say', (message) => {
      const { to, text } = Object(message);
      if (typeof text !== 'string' || text.trim() === '') return;
      const said = { from: user.name, to: to || undefined, text: text.slice(0, 500) };
      const hears = (other) => !to || other.name === to || other.id === user.id;
      for (const listener of filterSocketsByUser(io, hears)) listener.emit('said', said);
    });

    socket.on('disconnect', (reason) => {
      log.disconnected(user.name, reason);
      io.emit('present', whoIsPresent(io));
    });
  });

  return {
    /** What answers look-ups now: the authorizer falls back to the store where its own look-ups would not do. */
    backend: () => authorizer.backend,
    /** How ends of sessions are noticed, and how many sockets were ended. */
    watch: () => authorizer.stats().watch,
    async close() {
      await io.close();
      authorizer.close();
    },
  };
}

/** The client gets the code to branch on, but no inner details: those of a critical failure are for the log only. */
function refuse(_request, message, critical, accept, { code }) {
  log.refused(code, String(message));
  const refusal = new Error(critical ? 'Something is wrong here. Please try again later.' : message);
  refusal.data = { code };
  accept(refusal);
}

/** `[{ name, sockets }]`, by name. */
function whoIsPresent(io) {
  const sockets = new Map();
  for (const { request } of filterSocketsByUser(io, () => true)) {
    sockets.set(request.user.name, (sockets.get(request.user.name) ?? 0) + 1);
  }
  return [...sockets].sort().map(([name, count]) => ({ name, sockets: count }));
}

module.exports = { attachChat };
