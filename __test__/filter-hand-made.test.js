'use strict';

// Sockets that nobody connected: made by hand in unit tests of apps, in the shape that the original reads.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const original = require('passport.socketio');
const { countSocketsByUser, filterSocketsByUser } = require('..');

const ADA = { name: 'ada' };
const BOB = { name: 'bob' };

/** An `io` of Socket.IO 1 and 2, as far as the original looks at it. */
function ioOf(...sockets) {
  return { sockets: { connected: Object.fromEntries(sockets.map((socket, at) => [`id-${at}`, socket])) } };
}

/** Everything that can be asked of such an `io`, or of its sockets. */
function targetsOf(io) {
  const { connected } = io.sockets;
  const sockets = Object.values(connected);
  return {
    io,
    'io.sockets': io.sockets,
    // 1.0 to 1.3 have an array beside it, later ones the same object.
    'an empty array beside it': { sockets: { connected, sockets: [] } },
    'the sockets beside it': { sockets: { connected, sockets: connected } },
    'an array': sockets,
    'a Set': new Set(sockets),
    'a Map': new Map(Object.entries(connected)),
    'an iterator': sockets.values(),
  };
}

/** Whom each library asks about and what it finds. Where there is no user only the original calls the predicate. */
function ask(library, target, name) {
  const asked = [];
  const found = library.filterSocketsByUser(target, (user) => {
    if (user == null) return false;
    asked.push(user);
    return user.name === name;
  });
  return { asked, found };
}

/** What both can read. */
const SHAPES = {
  'conn.request and a handshake': (user) => ({ conn: { request: { user } }, handshake: {} }),
  'a handshake with what 1 and 2 put there': (user) => ({
    conn: { request: { user } },
    handshake: { headers: {}, query: {}, issued: 0 },
  }),
  'the same request in three places': (user) => {
    const request = { user };
    return { request, conn: { request }, client: { request, conn: { request } }, handshake: { headers: {} } };
  },
  'conn.request, no handshake': (user) => ({ conn: { request: { user } } }),
  'conn.request, a handshake that is null': (user) => ({ conn: { request: { user } }, handshake: null }),
  'conn.request, a request that is null': (user) => ({
    request: null,
    conn: { request: { user } },
    handshake: {},
  }),
  'a user in the handshake also': (user) => ({ conn: { request: { user } }, handshake: { user: BOB } }),
};

for (const [shape, make] of Object.entries(SHAPES)) {
  test(`${shape}: as the original`, () => {
    const io = ioOf(make(ADA), make(BOB), make(undefined), make(null), make(ADA));
    const theirs = ask(original, io, 'ada');
    for (const [name, target] of Object.entries(targetsOf(io))) {
      assert.deepStrictEqual(ask({ filterSocketsByUser }, target, 'ada'), theirs, name);
    }
    for (const [name, target] of Object.entries(targetsOf(io))) {
      assert.deepStrictEqual(filterSocketsByUser(target, { name: 'ada' }), theirs.found, name);
    }
    assert.equal(countSocketsByUser(io, { name: 'ada' }), theirs.found.length);
  });
}

test('the shape of the issue: both libraries find the sockets', () => {
  const io = ioOf(...[ADA, BOB].map((user) => ({ conn: { request: { user } }, handshake: {} })));
  const [ada] = Object.values(io.sockets.connected);
  for (const library of [original, { filterSocketsByUser }]) {
    assert.deepStrictEqual(
      library.filterSocketsByUser(io, (user) => user.name === 'ada'),
      [ada],
    );
  }
});

/** With these the original throws, or never looks; here the user is where later versions and 0.9 have them, or nobody. */
const OTHERS = {
  'request alone': [(user) => ({ request: { user } }), true],
  'request and a handshake': [(user) => ({ request: { user }, handshake: {} }), true],
  'handshake alone': [(user) => ({ handshake: { user } }), true],
  'handshake beside a conn without request': [(user) => ({ conn: {}, handshake: { user } }), true],
  'client.request': [(user) => ({ client: { request: { user } }, handshake: {} }), false],
  'a conn that is null': [() => ({ conn: null, handshake: {} }), false],
  'a request that is no object': [() => ({ conn: { request: 'GET /' }, handshake: {} }), false],
  'an empty handshake': [() => ({ handshake: {} }), false],
  'nothing in it': [() => ({}), false],
  'nothing at all': [() => null, false],
};

for (const [shape, [make, isFound]] of Object.entries(OTHERS)) {
  test(`${shape}: ${isFound ? 'found' : 'passed over'}`, () => {
    const io = ioOf(make(ADA), make(BOB));
    const found = isFound ? [Object.values(io.sockets.connected)[0]] : [];
    for (const [name, target] of Object.entries(targetsOf(io))) {
      assert.deepStrictEqual(
        filterSocketsByUser(target, (user) => user.name === 'ada'),
        found,
        name,
      );
    }
  });
}

test('nobody is connected: an empty list, as from the original; a `connected` that is null is no namespace', () => {
  for (const library of [original, { filterSocketsByUser }]) {
    assert.deepStrictEqual(
      library.filterSocketsByUser(ioOf(), () => true),
      [],
    );
  }
  assert.throws(() => filterSocketsByUser({ sockets: { connected: null } }, () => true), {
    name: 'TypeError',
    message: /target must be a Socket\.IO server/,
  });
});
