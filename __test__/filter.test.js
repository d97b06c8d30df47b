'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { countSocketsByUser, filterSocketsByUser } = require('..');
const { SOCKET_IO } = require('./support/versions');

const ADA = { name: 'ada', logged_in: true };
const BOB = { name: 'bob', logged_in: true };
const GUEST = { logged_in: false };
const everyone = () => true;

/** A socket of Socket.IO ≥ 1.0, as far as one looks at it. */
function socketOf(user, id = user?.name) {
  const request = user === undefined ? {} : { user };
  return { id, request, handshake: { headers: {}, query: {} }, conn: { request } };
}

/** Ada, a socket that no authorizer has seen, a guest and Bob, in this order. */
const SOCKETS = [socketOf(ADA, 'a'), socketOf(undefined, 'b'), socketOf(GUEST, 'c'), socketOf(BOB, 'd')];
const SEEN = [SOCKETS[0], SOCKETS[2], SOCKETS[3]];

const lists = {
  'an array': () => SOCKETS,
  'a Set': () => new Set(SOCKETS),
  'a Map': () => new Map(SOCKETS.map((socket) => [socket.id, socket])),
  'the values of a Map': () => new Map(SOCKETS.map((socket) => [socket.id, socket])).values(),
  'a generator': () =>
    (function* () {
      yield* SOCKETS;
    })(),
};

for (const [name, list] of Object.entries(lists)) {
  test(`${name} is filtered in its order; no user is passed over, a guest is not`, () => {
    const asked = [];
    const found = filterSocketsByUser(list(), (user) => asked.push(user) > 0);
    assert.deepStrictEqual(found, SEEN);
    assert.deepStrictEqual(asked, [ADA, GUEST, BOB]);
    assert.deepStrictEqual(
      filterSocketsByUser(list(), (user) => user.logged_in && user.name === 'bob'),
      [SOCKETS[3]],
    );
    assert.deepStrictEqual(
      filterSocketsByUser(list(), () => ''),
      [],
    );
  });
}

test('an empty list, and sockets without request or that are nothing at all', () => {
  assert.deepStrictEqual(filterSocketsByUser([], everyone), []);
  // A RemoteSocket has no request, a socket over WebTransport has null.
  const odd = [{ id: 'remote', handshake: { headers: {} } }, { request: null }, null, undefined, 'text'];
  assert.deepStrictEqual(filterSocketsByUser(odd, everyone), []);
});

test('between sockets with a user the others are passed over, in a list and in a namespace', () => {
  // Over WebTransport there is no request; an app may put a user where 0.9 has it.
  const told = { id: 't', request: null, handshake: { headers: {}, user: BOB } };
  const odd = [null, undefined, { request: null }, { id: 'remote', handshake: { headers: {} } }];
  const sockets = odd.flatMap((one) => [SOCKETS[0], one, told, one]);
  for (const target of [sockets, { name: '/', sockets: new Map(sockets.entries()) }]) {
    const found = filterSocketsByUser(target, everyone);
    assert.deepStrictEqual(
      found,
      odd.flatMap(() => [SOCKETS[0], told]),
    );
  }
});

test('a user may be falsy: only undefined, and null that the app put there, are passed over', () => {
  const sockets = [socketOf(0, 'z'), socketOf('', 'e'), socketOf(null, 'n'), socketOf(undefined, 'u')];
  for (const target of [
    sockets,
    new Set(sockets),
    sockets.values(),
    { sockets: new Map(sockets.entries()) },
  ]) {
    assert.deepStrictEqual(filterSocketsByUser(target, everyone), sockets.slice(0, 2));
  }
  // Criteria too: null has no properties, and {} is no way to find it.
  assert.deepStrictEqual(filterSocketsByUser(sockets, {}), sockets.slice(0, 2));
  assert.deepStrictEqual(filterSocketsByUser([socketOf(null, 'n')], { name: null }), []);
  assert.equal(countSocketsByUser(sockets, {}), 2);
});

test('what the predicate throws leaves the call', () => {
  const error = new Error('not that user');
  const predicate = () => {
    throw error;
  };
  assert.throws(() => filterSocketsByUser(SOCKETS, predicate), error);
});

test('targets that are none, and predicates that are none, are told so', () => {
  for (const target of [
    undefined,
    null,
    1,
    'sockets',
    true,
    {},
    () => {},
    { sockets: {} },
    { sockets: null },
    // The adapter of Socket.IO 2 has such a method.
    { clients: () => [] },
    new Date(),
  ]) {
    assert.throws(() => filterSocketsByUser(target, everyone), {
      name: 'TypeError',
      message: /target must be .*server/,
    });
  }
  for (const match of [undefined, null, 'name', 7, ['name'], new Map()]) {
    assert.throws(() => filterSocketsByUser([], match), {
      name: 'TypeError',
      message: /match must be a function .* or an object/,
    });
  }
});

test('Socket.IO 0.9: the manager, io.sockets and a namespace', () => {
  const handshaken = { a: { user: ADA }, b: {}, c: { user: GUEST }, d: { user: BOB } };
  const io = managerOf09(handshaken, { '': ['a', 'b', 'c', 'd'], '/chat': ['d'] });
  const ids = (target, predicate = everyone) =>
    filterSocketsByUser(target, predicate).map((socket) => socket.id);
  assert.deepStrictEqual(ids(io), ['a', 'c', 'd']);
  assert.deepStrictEqual(ids(io.sockets), ['a', 'c', 'd']);
  assert.deepStrictEqual(ids(io.of('/chat')), ['d']);
  assert.deepStrictEqual(ids(io.of('/empty')), []);
  assert.deepStrictEqual(ids(io.sockets.clients()), ['a', 'c', 'd']);
  assert.deepStrictEqual(
    ids(io, (user) => user.name === 'ada'),
    ['a'],
  );
});

/** The shape of socket.io 0.9.19: lib/manager.js, lib/namespace.js, lib/socket.js. */
function managerOf09(handshaken, rooms) {
  class Socket {
    constructor(manager, id, namespace) {
      Object.assign(this, { id, namespace, manager, disconnected: false, ackPackets: 0 });
    }

    get handshake() {
      return this.manager.handshaken[this.id];
    }
  }

  class SocketNamespace {
    constructor(manager, name) {
      Object.assign(this, {
        manager,
        name,
        sockets: {},
        auth: false,
        flags: { endpoint: name, exceptions: [] },
      });
    }

    clients() {
      return (this.manager.rooms[this.name] ?? []).map((id) => this.socket(id));
    }

    socket(id) {
      return (this.sockets[id] ??= new Socket(this.manager, id, this));
    }
  }

  const ids = Object.keys(handshaken);
  const manager = {
    server: {},
    namespaces: {},
    settings: {},
    handshaken,
    connected: Object.fromEntries(ids.map((id) => [id, true])),
    open: Object.fromEntries(ids.map((id) => [id, true])),
    closed: {},
    rooms,
    roomClients: {},
    of: (name) => (manager.namespaces[name] ??= new SocketNamespace(manager, name)),
  };
  manager.sockets = manager.of('');
  return manager;
}

test('Socket.IO 1.0 to 1.3, where a namespace has its sockets in an array', () => {
  const namespace = { name: '/', server: {}, sockets: SOCKETS, connected: byId(SOCKETS), fns: [], acks: {} };
  assert.deepStrictEqual(filterSocketsByUser(namespace, everyone), SEEN);
  assert.deepStrictEqual(
    filterSocketsByUser({ nsps: { '/': namespace }, sockets: namespace }, everyone),
    SEEN,
  );
});

function byId(sockets) {
  return Object.fromEntries(sockets.map((socket) => [socket.id, socket]));
}

/** Puts a socket into a namespace, as that version of Socket.IO does. */
function put(version, namespace, socket) {
  if (version >= 3) namespace.sockets.set(socket.id, socket);
  else namespace.connected[socket.id] = namespace.sockets[socket.id] = socket;
}

for (const [version, { server: name }] of Object.entries(SOCKET_IO)) {
  const join = (namespace, socket) => put(Number(version), namespace, socket);
  test(`a real server of ${name}: io, io.sockets, io.of('/') and a namespace of its own`, () => {
    const { Server = require(name) } = require(name);
    const io = new Server();
    try {
      const chat = io.of('/chat');
      assert.deepStrictEqual(filterSocketsByUser(io, everyone), []);
      assert.deepStrictEqual(filterSocketsByUser(chat, everyone), []);
      for (const socket of SOCKETS) join(io.of('/'), socket);
      join(chat, SOCKETS[3]);
      for (const target of [io, io.sockets, io.of('/')])
        assert.deepStrictEqual(filterSocketsByUser(target, everyone), SEEN);
      assert.deepStrictEqual(filterSocketsByUser(chat, everyone), [SOCKETS[3]]);
      assert.deepStrictEqual(
        filterSocketsByUser(io, (user) => user.name === 'ada'),
        [SOCKETS[0]],
      );
    } finally {
      // Nothing listens, and the sockets are none: there is nothing that close() could close.
      io.engine?.close?.();
    }
  });
}

test('a predicate that takes a socket out of the list that is walked', () => {
  const makers = [
    () => new Map(SOCKETS.map((socket, at) => [at, socket])),
    () => new Set(SOCKETS),
    () => ({ sockets: new Map(SOCKETS.map((socket, at) => [at, socket])), name: '/' }),
  ];
  for (const make of makers) {
    const target = make();
    const walked = target.sockets ?? target;
    const asked = [];
    filterSocketsByUser(target, (user) => {
      for (const key of [2, SOCKETS[2]]) walked.delete(key);
      asked.push(user);
    });
    assert.deepStrictEqual(asked, [ADA, BOB]);
  }
});

test('more namespaces than a call has room for arguments', () => {
  const namespaceOf = (socket) => ({ name: '/', sockets: new Map([[socket.id, socket]]) });
  const children = new Set(Array.from({ length: 200_000 }, () => namespaceOf(SOCKETS[0])));
  assert.equal(filterSocketsByUser({ children }, () => true).length, 200_000);
  assert.equal(
    countSocketsByUser({ children }, () => false),
    0,
  );
});
