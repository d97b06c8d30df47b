'use strict';

const { randomUUID } = require('node:crypto');
const { EventEmitter } = require('node:events');
const { authorize: ours } = require('../..');
const { SECRET, cookieOf, passportOf } = require('./visit');

const COOKIE = cookieOf('anybody');

/** The parts of a namespace of Socket.IO 3 or 4 that lib uses: it emits `connect`, and keeps its sockets in a Map. */
class FakeNamespace extends EventEmitter {
  sockets = new Map();

  constructor(name = '/') {
    super();
    this.name = name;
  }
}

/** A connecting socket. It costs microseconds; one of Socket.IO costs a connection. */
class FakeSocket extends EventEmitter {
  id = randomUUID();
  handshake = { headers: {} };

  constructor(nsp, request) {
    super();
    this.nsp = nsp;
    this.request = request;
  }
}

/** An authorizer that answers at once: the user is `brought` of the request. */
function authorizerOf(options, authorize = ours) {
  return authorize({
    secret: SECRET,
    store: { get: (sid, done) => done(null, { passport: { user: sid } }) },
    passport: passportOf((req, key, done) => done(null, req.brought)),
    ...options,
  });
}

/** A socket that no authorizer has seen. */
function visitorOf(namespace, user) {
  return new FakeSocket(namespace, { headers: { cookie: COOKIE }, brought: user });
}

/** The answer of the authorizer: undefined, or an error. */
function admit(authorizer, socket) {
  let answer = 'none';
  authorizer(socket, (error) => (answer = error));
  if (answer === 'none') throw new Error('the authorizer did not answer at once');
  return answer;
}

/** Does what Socket.IO does when all middlewares have admitted a socket. */
function enter(socket) {
  const { nsp } = socket;
  nsp.sockets.set(socket.id, socket);
  nsp.emit('connect', socket);
  nsp.emit('connection', socket);
  return socket;
}

/** Authorizes a user's socket and connects it. */
function connect(authorizer, namespace, user) {
  const socket = visitorOf(namespace, user);
  const error = admit(authorizer, socket);
  if (error) throw error;
  return enter(socket);
}

/** An authorizer, and a namespace without sockets. */
function emptyNamespace(options) {
  return { authorizer: authorizerOf(options), namespace: new FakeNamespace() };
}

/** An authorizer, and a namespace with a socket of each of these users. */
function inhabited(options, users) {
  const { authorizer, namespace } = emptyNamespace(options);
  const sockets = users.map((user) => connect(authorizer, namespace, user));
  return { authorizer, namespace, sockets };
}

/** Does what Socket.IO does at the end of a connection. */
function disconnect(socket) {
  socket.emit('disconnecting', 'transport close');
  socket.nsp.sockets.delete(socket.id);
  socket.emit('disconnect', 'transport close');
}

module.exports = {
  FakeNamespace,
  authorizerOf,
  visitorOf,
  admit,
  enter,
  connect,
  emptyNamespace,
  inhabited,
  disconnect,
};
