'use strict';

const { Server } = require('socket.io');
const { authorize, filterSocketsByUser } = require('../..');
const { attachAdmin } = require('./admin');
const { Gathered } = require('./gathered');

/** Redis tells of sessions that end. Sessions in the memory of this process are looked at so often, in milliseconds. */
const RECHECK_EVERY = 200;

/** The Socket.IO half of the app: only who is logged in gets in, and everybody sees who else is there. */
function attachChat(server, { cookie, secret, store, passport }, { ends, refusals, logins, log }) {
  const io = new Server(server);
  const authorizer = authorize({
    key: cookie,
    secret,
    store,
    passport,
    origin: 'same-host',
    index: ['name'],
    // One room a user: it reaches all their tabs, and with an adapter those of other processes too.
    rooms: ({ name, isAdmin }) => (isAdmin ? [roomOf(name), 'admins'] : [roomOf(name)]),
    // After a log-out the sockets of the session end, in all tabs. `'disconnect'` would do; this tells them why.
    onSessionEnd: end,
    recheckEvery: RECHECK_EVERY,
    fail: refuse,
  });
  authorizer.protect(io);

  const admin = attachAdmin(io);
  // A thousand connections at once would else be a million messages.
  const changes = new Gathered(() => {
    io.emit('present', present());
    admin.tell();
  });

  io.on('connection', (socket) => {
    const { user, sessionID } = socket.request;
    logins.note(sessionID, user.id);
    if (!refusals.isPlayed(socket.request)) {
      log.connected(user.name, `${socket.conn.transport.name}, look-ups: ${authorizer.backend.kind}`);
      socket.on('disconnect', (reason) => log.disconnected(user.name, reason));
    }
    const rooms = [...socket.rooms].filter((room) => room !== socket.id);
    socket.emit('welcome', { name: user.name, isAdmin: user.isAdmin, rooms });
    socket.on('say', (message) => say(user, message));
    socket.on('disconnect', () => changes.add());
    changes.add();
  });

  function say({ name }, message) {
    const { to = '', text } = Object(message);
    // A client may send anything, also objects that cannot be made a string.
    if (typeof to !== 'string' || typeof text !== 'string' || text.trim() === '') return;
    const said = { from: name, to: to || undefined, text: text.slice(0, 500) };
    if (to) io.to([roomOf(to), roomOf(name)]).emit('said', said);
    else io.emit('said', said);
  }

  function end(socket, reason) {
    const ms = ends.heard(socket.request, reason);
    if (reason !== 'user-changed') logins.forget(socket.request.sessionID);
    log.ended(socket.request.user.name, ms === null ? reason : `${reason}, after ${ms.toFixed(1)} ms`);
    socket.emit('ended', { reason });
    socket.disconnect(true);
  }

  /** The client gets the code to branch on, but no inner details: the hint and those of a critical failure are for us. */
  function refuse(request, message, critical, accept, { code, hint }) {
    refusals.add(request, { code, message: String(message), hint });
    log.refused(code, String(message));
    const refusal = new Error(critical ? 'Something is wrong here. Please try again later.' : message);
    refusal.data = { code };
    accept(refusal);
  }

  /** `[{ name, sockets }]`, by name, out of the native index. */
  function present() {
    return [...authorizer.users('name')].sort().map(([name, sockets]) => ({ name, sockets }));
  }

  return {
    authorizer,
    present,
    /** The connected sockets of these sessions. */
    socketsOf: (sessionIDs) =>
      filterSocketsByUser(io, () => true).filter(({ request }) => sessionIDs.includes(request.sessionID)),
    async close() {
      changes.close();
      await io.close();
      authorizer.close();
    },
  };
}

function roomOf(name) {
  return `user:${name}`;
}

module.exports = { attachChat };
