'use strict';

// Lists of what is no socket: an empty answer would look like nobody being there.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Server } = require('socket.io');
const { countSocketsByUser, filterSocketsByUser } = require('..');

const ADA = { id: 'a', request: { user: { name: 'ada' } } };
const BOB = { id: 'b', request: { user: { name: 'bob' } } };

/** The same elements in every kind of list. */
const lists = {
  array: (elements) => elements,
  Set: (elements) => new Set(elements),
  Map: (elements) => new Map(elements.entries()),
  'values of a Map': (elements) => new Map(elements.entries()).values(),
  'iterator of an array': (elements) => elements[Symbol.iterator](),
  generator: (elements) =>
    (function* () {
      yield* elements;
    })(),
  'iterable of an app': (elements) => ({ [Symbol.iterator]: () => elements.values() }),
};

function assertRefused(target, message) {
  const asked = [];
  for (const match of [(user) => asked.push(user), { name: 'ada' }]) {
    // An iterator can be read once only.
    const make = typeof target === 'function' ? target : () => target;
    for (const query of [filterSocketsByUser, countSocketsByUser]) {
      assert.throws(
        () => query(make(), match),
        (error) => {
          assert.equal(error.name, 'TypeError');
          assert.ok(error.message.startsWith(`${query.name}(target, match): target is `), error.message);
          assert.match(error.message, message);
          return true;
        },
      );
    }
  }
  assert.deepStrictEqual(asked, []);
}

const WRONG = {
  'socket ids': [['id-1', 'id-2'], /list of strings.*socket ids.*sockets\.get\(id\).*io\.in\(room\)\.emit/],
  'ids among what is nothing': [[undefined, null, 'id-1'], /list of strings/],
  'ids, then other things': [['id-1', 7, ['id-2']], /list of strings/],
  'an empty id': [[''], /list of strings/],
  numbers: [[1, 2], /list of numbers, not of sockets/],
  booleans: [[false], /list of booleans/],
  symbols: [[Symbol('a')], /list of symbols/],
  promises: [[Promise.resolve(ADA)], /list of promises: give await Promise\.all/],
  arrays: [[['a', ADA]], /list of lists/],
  Sets: [[new Set(['id-1'])], /list of lists.*rooms/],
  Maps: [[new Map([['a', ADA]])], /list of lists/],
};

for (const [elements, [list, message]] of Object.entries(WRONG)) {
  test(`a list of ${elements} is refused before anybody is asked`, () => {
    for (const make of Object.values(lists)) assertRefused(() => make(list), message);
  });
}

test("the rooms of Socket.IO's adapter, and one room", () => {
  const io = new Server();
  const { adapter } = io.of('/');
  adapter.addAll('id-1', new Set(['room']));
  assertRefused(adapter.rooms.get('room'), /socket ids/);
  assertRefused(adapter.rooms, /list of lists/);
  assertRefused(adapter.sids, /list of lists/);
  assertRefused(() => adapter.rooms.get('room').values(), /socket ids/);
  // Nobody is there yet, or any more.
  assert.deepStrictEqual(
    filterSocketsByUser(new Server().of('/').adapter.rooms, () => true),
    [],
  );
});

test('what has to be awaited first', async () => {
  const io = new Server();
  const promise = io.in('room').fetchSockets();
  assertRefused(promise, /is a promise: await it/);
  // Sockets of any node, perhaps: they have no request, and nobody knows their users.
  assert.deepStrictEqual(
    filterSocketsByUser(await promise, () => true),
    [],
  );
  assertRefused(
    (async function* () {
      yield ADA;
    })(),
    /is an async iterator/,
  );
});

test('empty lists, and lists of nothing, stay empty; beside sockets, what is none is passed over', () => {
  for (const [name, make] of Object.entries(lists)) {
    for (const [elements, found] of [
      [[], []],
      [[null, undefined], []],
      [
        [null, ADA, 'id-2', BOB],
        [ADA, BOB],
      ],
      [['id-1', new Set(['id-2']), BOB], [BOB]],
    ]) {
      assert.deepStrictEqual(
        filterSocketsByUser(make(elements), () => true),
        found,
        name,
      );
    }
  }
});

test('RemoteSockets, which have no request, are passed over', () => {
  const remote = { id: 'r', handshake: { headers: {} }, rooms: new Set(), data: {} };
  assert.deepStrictEqual(
    filterSocketsByUser([remote, ADA], () => true),
    [ADA],
  );
});
