'use strict';

const { once } = require('node:events');
const http = require('node:http');
const { authorize } = require('../..');
const { connect } = require('./socket-client');
const { serve } = require('./socket-server');
const { SECRET, cookieOf, passportOf } = require('./visit');

/**
 * A Socket.IO server with sessions in memory: the user of the session `ann` is `{ name: 'ann', ...users.ann }`. Closed with
 * the test.
 * @param {{ version?: number, users?: object, options?: object, settings?: (authorizer: Function) => object,
 *   prepare?: (io: object, authorizer: Function) => void }} [setup] - `prepare` is called before the server
 *   listens, in place of `io.use(authorizer)`
 */
async function startIndexed(t, setup = {}) {
  const { version = 4, users = {}, options, settings, prepare = guard } = setup;
  const store = {
    get: (name, done) => done(null, users[name] && { passport: { user: name } }),
  };
  const passport = passportOf((name, done) => done(null, { name, ...users[name] }));
  const authorizer = authorize({ secret: SECRET, store, passport, ...options });

  const server = http.createServer();
  const io = serve(version, server, settings?.(authorizer));
  prepare(io, authorizer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    await io.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${server.address().port}`;

  /** A client, with the first message of the server, as from `connect` of socket-client.js. */
  const visit = (name, { namespace = '/', ...more } = {}) =>
    connect(t, url + namespace, { version, cookie: name && cookieOf(name), ...more });
  return { io, authorizer, url, visit };
}

function guard(io, authorizer) {
  io.use(authorizer);
  greet(io);
}

/** Adds the authorizer to the default namespace and to /chat. */
function guardBoth(io, authorizer) {
  for (const namespace of [io, io.of('/chat')]) guard(namespace, authorizer);
}

/** Sends each client a welcome. */
function greet(namespace) {
  namespace.on('connection', (socket) => socket.emit('welcome', socket.request.user?.name ?? 'a stranger'));
}

/** The ids of the sockets in a room, in any version. */
function membersOf(io, room, namespace = '/') {
  const { rooms } = io.of(namespace).adapter;
  return rooms instanceof Map ? [...(rooms.get(room) ?? [])] : Object.keys(rooms[room]?.sockets ?? {});
}

/** Disconnects a client, and resolves when the server knows it. */
async function leave(io, client) {
  const there = io.of(client.nsp).sockets.get(client.id);
  const gone = once(there, 'disconnect');
  client.disconnect();
  await gone;
}

module.exports = { startIndexed, guardBoth, greet, leave, membersOf };
