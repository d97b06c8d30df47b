'use strict';

// What is filtered by criteria: servers, namespaces, parents of namespaces, and lists of any kind.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { countSocketsByUser, filterSocketsByUser } = require('..');
const { assertFound, assertSame } = require('./support/index-model');
const {
  FakeNamespace,
  authorizerOf,
  connect,
  disconnect,
  enter,
  visitorOf,
  emptyNamespace,
} = require('./support/index-sockets');

/** So many that a list of them is remembered. */
const MANY = 100;

test('a namespace has its own sockets only', () => {
  const authorizer = authorizerOf({ index: ['id'] });
  const [home, chat, empty] = ['/', '/chat', '/empty'].map((name) => new FakeNamespace(name));
  const sockets = [home, chat, home, chat, home].map((namespace, i) =>
    connect(authorizer, namespace, { id: i % 2 ? 1 : 2 }),
  );
  assertFound(home, { id: 2 }, [sockets[0], sockets[2], sockets[4]]);
  assertFound(home, { id: 1 }, []);
  assertFound(chat, { id: [1, 2] }, [sockets[1], sockets[3]]);
  assertFound(empty, { id: 1 }, []);
  assertFound({ sockets: chat }, { id: 1 }, [sockets[1], sockets[3]]);
  assertFound(sockets, { id: 1 }, [sockets[1], sockets[3]]);
  // Who is online: in all namespaces together.
  assert.deepEqual(
    authorizer.users('id'),
    new Map([
      [2, 3],
      [1, 2],
    ]),
  );
});

test('a parent of namespaces has the sockets of them all, one after another', () => {
  const authorizer = authorizerOf({ index: ['id'] });
  const [first, second, third] = ['/room-1', '/room-2', '/room-3'].map((name) => new FakeNamespace(name));
  const parent = Object.assign(new FakeNamespace('/_0'), { children: new Set([first, second, third]) });
  assertFound(parent, { id: 1 }, []);
  const sockets = [third, first, second, first].map((namespace) => connect(authorizer, namespace, { id: 1 }));
  assertFound(parent, { id: 1 }, [sockets[1], sockets[3], sockets[2], sockets[0]]);
  parent.children.delete(first);
  assertFound(parent, { id: 1 }, [sockets[2], sockets[0]]);
});

test('what an app keeps under the name children is no parent of namespaces', () => {
  const authorizer = authorizerOf({ index: ['id'] });
  const namespace = Object.assign(new FakeNamespace(), { children: [new FakeNamespace('/other')] });
  const sockets = [1, 2].map((id) => connect(authorizer, namespace, { id }));
  for (const target of [namespace, { sockets: namespace }]) assertFound(target, { id: 1 }, [sockets[0]]);
});

for (const size of [5, MANY]) {
  const { authorizer, namespace } = emptyNamespace({ index: ['id', 'even'] });
  const sockets = Array.from({ length: size }, (_, i) =>
    connect(authorizer, namespace, { id: i % 3, even: i % 2 === 0 }),
  );
  const mixed = [...sockets.slice(2).reverse(), sockets[0], sockets[2], sockets[2], sockets[1]];
  const one = (list) => list.filter(({ request }) => request.user.id === 1 && request.user.even);

  const kinds = {
    'an array': (list) => list,
    'a frozen array': (list) => Object.freeze([...list]),
    'a Set': (list) => new Set(list),
    'a Map': (list) => new Map(list.map((socket, i) => [i, socket])),
    'values of a Map': (list) => new Map(list.map((socket, i) => [i, socket])).values(),
    'a generator': (list) =>
      (function* () {
        yield* list;
      })(),
    'an iterable': (list) => ({ [Symbol.iterator]: () => list.values() }),
    'an array with holes': (list) =>
      list.reduce((sparse, socket, i) => ((sparse[2 * i] = socket), sparse), []),
    'an array of odd things too': (list) => [
      null,
      undefined,
      'text',
      7,
      {},
      { request: null },
      ...list,
      () => {},
    ],
  };
  for (const [kind, make] of Object.entries(kinds)) {
    test(`${kind} of ${size} sockets and some twice: its members, in its order`, () => {
      const expected = one(kind === 'a Set' ? [...new Set(mixed)] : mixed);
      assert.ok(expected.length > 0);
      const criteria = { id: 1, even: true };
      assertSame(filterSocketsByUser(make(mixed), criteria), expected);
      assert.equal(countSocketsByUser(make(mixed), criteria), expected.length);
      // Twice, as it may be remembered.
      const list = make(mixed);
      const isReadOnce = typeof list.next === 'function';
      assertSame(filterSocketsByUser(list, criteria), expected);
      assertSame(filterSocketsByUser(list, criteria), isReadOnce ? [] : expected);
      assertSame(filterSocketsByUser(make(mixed), { ...criteria, logged_in: true }), expected);
    });
  }

  test(`what is found in ${size} sockets is a new array, the app's own`, () => {
    const found = filterSocketsByUser(sockets, { id: [0, 1, 2] });
    assert.notEqual(found, sockets);
    found.length = 0;
    assertFound(sockets, { id: [0, 1, 2] }, [...sockets]);
  });
}

test('an empty list of any kind', () => {
  authorizerOf({ index: ['id'] });
  for (const list of [[], new Set(), new Map(), [].values()]) assertFound(list, { id: 1 }, []);
});

test('sockets of two authorizers that index differently, in one namespace and in one list', () => {
  const [byId, byRole, byNothing] = [['id'], ['role', 'id'], undefined].map((index) =>
    authorizerOf({ index }),
  );
  const namespace = new FakeNamespace();
  const sockets = Array.from({ length: MANY }, (_, i) =>
    connect([byId, byRole, byNothing][i % 3], namespace, {
      id: i % 5,
      role: i % 2 ? 'admin' : 'user',
      active: i % 7 === 0,
    }),
  );
  const reversed = [...sockets].reverse();
  for (const criteria of [
    { id: 3 },
    { role: 'admin' },
    { id: 3, role: 'admin' },
    { id: [1, 2], role: ['user', 'mod'], active: true },
  ]) {
    const isMatch = ({ request: { user } }) =>
      Object.entries(criteria).every(([name, value]) => [value].flat().includes(user[name]));
    assertFound(namespace, criteria, sockets.filter(isMatch));
    assertFound(reversed, criteria, reversed.filter(isMatch));
  }

  // Each property as of the connection where the socket's own authorizer has it indexed, else as of now.
  for (const { request } of sockets) Object.assign(request.user, { id: 'new', role: 'new' });
  const expected = {
    id: sockets.filter((_, i) => i % 3 === 2),
    role: sockets.filter((_, i) => i % 3 !== 1),
  };
  for (const target of [namespace, sockets]) {
    assertSame(filterSocketsByUser(target, { id: 'new' }), expected.id);
    assertSame(filterSocketsByUser(target, { role: 'new' }), expected.role);
    assertSame(filterSocketsByUser(target, { id: 'new', role: 'new' }), expected.id);
    const still = sockets.filter((_, i) => i % 3 === 0 && i % 5 === 3);
    assertSame(filterSocketsByUser(target, { id: 3, role: 'new' }), still);
  }
});

test('a list of sockets of several namespaces, of old ones and of some that were never authorized', () => {
  const authorizer = authorizerOf({ index: ['id'] });
  const [home, chat] = [new FakeNamespace('/'), new FakeNamespace('/chat')];
  const there = connect(authorizer, home, { id: 1 });
  const other = connect(authorizer, chat, { id: 1 });
  const gone = connect(authorizer, home, { id: 1 });
  disconnect(gone);
  const stranger = enter(visitorOf(home, { id: 1 }));
  const list = [other, stranger, gone, there];
  assertFound(list, { id: 1 }, [other, gone, there]);
  assertFound(home, { id: 1 }, [there]);
  // Of one that is gone, nothing is indexed any longer.
  gone.request.user.id = 2;
  assertFound(list, { id: 2 }, [gone]);
});

test('a list that is passed again: elements replaced, added, removed, gone, and back', () => {
  const { authorizer, namespace } = emptyNamespace({ index: ['id'] });
  const list = Array.from({ length: MANY }, (_, i) => connect(authorizer, namespace, { id: i % 4 }));
  const check = () => {
    for (const id of [0, 1, [2, 3], 9]) {
      const isMatch = (socket) => socket && [id].flat().includes(socket.request.user.id);
      assertFound(list, { id }, list.filter(isMatch));
    }
  };
  check();
  list[3] = connect(authorizer, namespace, { id: 9 });
  check();
  [list[10], list[11]] = [list[11], list[10]];
  check();
  list.reverse();
  check();
  for (const socket of list.slice(20, 30)) disconnect(socket);
  check();
  // Their slots are others' now.
  const newcomers = Array.from({ length: 10 }, (_, i) =>
    connect(authorizer, namespace, { id: i % 2 ? 9 : 1 }),
  );
  check();
  list.splice(25, 10, ...newcomers);
  check();
  list[50] = undefined;
  delete list[51];
  check();
  list.push(connect(authorizer, namespace, { id: 9 }));
  list.shift();
  check();
  list[50] = newcomers[0];
  for (const socket of newcomers) {
    socket.request.user.id = 0;
    authorizer.reindex(socket);
  }
  check();
  list.length = 30;
  check();
  for (const socket of namespace.sockets.values()) disconnect(socket);
  check();
});

test('a list that grows beyond all that there were, and many members at once', () => {
  const { authorizer, namespace } = emptyNamespace({ index: ['id'] });
  const sockets = Array.from({ length: 3000 }, (_, i) => connect(authorizer, namespace, { id: i % 2 }));
  const odd = sockets.filter((_, i) => i % 2);
  assertFound(namespace, { id: 1 }, odd);
  assertFound(sockets, { id: 1 }, odd);
  const fourfold = [...sockets, ...sockets, ...sockets, ...sockets];
  assertFound(fourfold, { id: 1 }, [...odd, ...odd, ...odd, ...odd]);
  assertFound(sockets.slice(0, 10), { id: 1 }, odd.slice(0, 5));
  assertFound(namespace, { id: [0, 1] }, sockets);
});
