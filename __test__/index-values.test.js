'use strict';

// What equals what, and as of when.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { countSocketsByUser, filterSocketsByUser } = require('..');
const { assertFound } = require('./support/index-model');
const {
  connect,
  disconnect,
  enter,
  inhabited,
  visitorOf,
  emptyNamespace,
} = require('./support/index-sockets');

const HUGE = 2n ** 200n;
const VALUES = [
  [42, '42', 42n, '42n', 42.5, -42, true, 'true', false, 'false', null, 'null', undefined, 'undefined'],
  [0, '0', 0n, '', 1, 1n, '1', 1e21, '1e+21', 2 ** 53, 2n ** 53n, 5e-324, Infinity, -Infinity, 'Infinity'],
  [HUGE, -HUGE, HUGE + 1n, String(HUGE), -1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n],
  [
    'é',
    'e\u0301',
    'Ā',
    '\u0000',
    '',
    ' ',
    'a\u0000b',
    'a',
    'A',
    '😀',
    '\ud83d',
    '\ude00',
    '\ufffd',
    '\udc00',
  ],
  [
    'x'.repeat(14),
    'x'.repeat(15),
    'x'.repeat(16),
    'x'.repeat(5000),
    `${'x'.repeat(4999)}y`,
    'é'.repeat(5000),
  ],
].flat();

test('a value equals what === says, and nothing else', () => {
  const odd = [NaN, {}, [], [42], new Date(0), () => 42, Symbol('42'), new String('42'), new Number(42)];
  const users = [...VALUES, ...odd, ...VALUES].map((value) => ({ value, again: value }));
  const { namespace, sockets, authorizer } = inhabited({ index: ['value'] }, users);
  const wanted = VALUES.filter((value) => value !== undefined);
  for (const value of wanted) {
    const expected = sockets.filter(({ request }) => request.user.value === value);
    assert.equal(expected.length, VALUES.filter((other) => other === value).length * 2);
    for (const target of [namespace, sockets]) {
      assertFound(target, { value }, expected, `value ${String(value)}`);
      assertFound(target, { again: value }, expected, `value ${String(value)}, not indexed`);
    }
  }
  const all = sockets.filter(({ request }) => wanted.includes(request.user.value));
  assertFound(namespace, { value: wanted }, all);
  assertFound(sockets, { value: wanted, again: wanted }, all);
  assert.deepEqual(new Set(authorizer.users('value').keys()), new Set(wanted));
});

test('NaN equals nothing, and -0 is 0', () => {
  const users = [NaN, 0, -0, 'NaN', '-0'].map((value) => ({ value, again: value }));
  const { namespace, sockets, authorizer } = inhabited({ index: ['value'] }, users);
  for (const property of ['value', 'again']) {
    for (const target of [namespace, sockets]) {
      assertFound(target, { [property]: NaN }, []);
      assertFound(target, { [property]: [NaN, NaN, 'NaN'] }, [sockets[3]]);
      for (const zero of [0, -0]) assertFound(target, { [property]: zero }, [sockets[1], sockets[2]]);
    }
  }
  assert.deepEqual([...authorizer.users('value')].map(([value]) => value).sort(), ['-0', 0, 'NaN'].sort());
});

test('indexed, its value is as of the connection; else as of now; reindex makes it now', () => {
  const roles = ['admin', 'mod', 'admin', 'user'];
  const { authorizer, namespace, sockets } = inhabited(
    { index: ['id', 'role', 'team.id'] },
    roles.map((role, id) => ({ id, role, active: true, team: { id: id % 3 ? 5 : 7 } })),
  );
  const [ada] = sockets;
  const before = filterSocketsByUser(namespace, { role: 'admin' });
  ada.request.user.role = 'mod';
  ada.request.user.team.id = 8;
  ada.request.user.active = 'new';
  for (const target of [namespace, sockets]) {
    for (const [criteria, isFound] of [
      [{ role: 'admin' }, true],
      [{ role: 'mod' }, false],
      // A second property, of which the index knows nothing, changes nothing about that.
      [{ role: 'admin', active: 'new' }, true],
      [{ role: 'mod', active: 'new' }, false],
      [{ active: 'new' }, true],
      [{ active: true, role: 'admin' }, false],
      [{ 'team.id': 7 }, true],
      [{ 'team.id': 8 }, false],
    ]) {
      const found = filterSocketsByUser(target, criteria);
      assert.equal(found.includes(ada), isFound, JSON.stringify(criteria));
      assert.equal(countSocketsByUser(target, criteria), found.length);
    }
  }
  assert.equal(authorizer.users('role').get('admin'), before.length);

  authorizer.reindex(ada);
  assert.equal(authorizer.users('role').get('admin'), before.length - 1);
  for (const target of [namespace, sockets]) {
    assertFound(target, { role: 'mod' }, [ada, sockets[1]]);
    assertFound(target, { role: 'mod', active: 'new' }, [ada]);
    assertFound(target, { 'team.id': 8 }, [ada]);
    assertFound(target, { 'team.id': 7 }, [sockets[3]]);
  }
});

test('a property that is a getter: read at connection; one that throws has no value', () => {
  let reads = 0;
  const user = {
    get id() {
      reads += 1;
      return 42;
    },
    get role() {
      throw new Error('not loaded');
    },
  };
  const { namespace, sockets, authorizer } = inhabited({ index: ['id', 'role'] }, [user]);
  assert.equal(reads, 1);
  assert.deepEqual(filterSocketsByUser(namespace, { id: 42 }), sockets);
  assert.deepEqual(filterSocketsByUser(namespace, { role: ['admin', null] }), []);
  assert.deepEqual(authorizer.users('role'), new Map());
  assert.equal(reads, 1);
  authorizer.reindex(sockets[0]);
  assert.equal(reads, 2);
});

test('a user that is asked may ask the index in turn', () => {
  const { authorizer, namespace } = emptyNamespace({ index: ['id', 'role'] });
  const sockets = [];
  const users = Array.from({ length: 2000 }, (_, i) => ({
    id: i % 500,
    role: i % 4 ? 'user' : 'admin',
    /** How often the user is there: not indexed, but asked of the index. */
    get presence() {
      return (
        filterSocketsByUser(namespace, { id: this.id }).length + countSocketsByUser(sockets, { id: this.id })
      );
    },
  }));
  for (const user of users) sockets.push(connect(authorizer, namespace, user));
  const admins = sockets.filter(({ request }) => request.user.role === 'admin');
  for (const target of [namespace, sockets]) {
    const found = filterSocketsByUser(target, { role: 'admin', presence: 8 });
    assert.equal(found.length, admins.length);
    assert.ok(found.every((socket, i) => socket === admins[i]));
  }
});

test('a user that is asked may ask about the same list', () => {
  const { authorizer, namespace } = emptyNamespace({ index: ['id'] });
  const sockets = [];
  for (const id of [1, 2, 3, 2]) {
    const user = {
      id,
      get places() {
        return filterSocketsByUser(sockets, { id })
          .map((socket) => sockets.indexOf(socket))
          .join();
      },
    };
    sockets.push(connect(authorizer, namespace, user));
  }
  assert.deepEqual(filterSocketsByUser(sockets, { id: [2, 3], places: '1,3' }), [sockets[1], sockets[3]]);
  assert.deepEqual(filterSocketsByUser(namespace, { id: [2, 3], places: '2' }), [sockets[2]]);
});

test('a user that is asked may disconnect a socket that was found', () => {
  const { authorizer, namespace } = emptyNamespace({ index: ['id'] });
  const sockets = [];
  const jealous = {
    get id() {
      if (sockets.length > 1) disconnect(sockets.pop());
      return 1;
    },
  };
  const [first, second, third] = [jealous, { id: 1 }, { id: 1 }].map((user) => {
    // Let in past the authorizer, so that it is asked.
    const socket = user === jealous ? enter(visitorOf(namespace)) : connect(authorizer, namespace, user);
    if (user === jealous) socket.request.user = user;
    return socket;
  });
  sockets.push(second, third);
  assert.deepEqual(filterSocketsByUser(namespace, { id: 1 }), [first, second]);
  assert.deepEqual(sockets, [second]);
});

test('a user that the app sets to null: no predicate and no criteria find it, and the index forgets it when told', () => {
  const { authorizer, namespace, sockets } = inhabited({ index: ['id', 'left'] }, [{ id: 1 }, { id: 2 }]);
  const [ann, bob] = sockets;
  ann.request.user = null;
  // What is indexed is as of the connection; everything else is asked of users.
  assert.deepEqual(filterSocketsByUser(namespace, { id: 1 }), [ann]);
  assert.deepEqual(filterSocketsByUser(namespace, { id: 1, name: ['ann', null] }), []);
  assert.deepEqual(
    filterSocketsByUser(namespace, () => true),
    [bob],
  );
  assertFound(namespace, {}, [bob]);
  authorizer.reindex(ann);
  for (const target of [namespace, sockets]) {
    for (const criteria of [{ id: 1 }, { left: null }, { id: null }, { id: 1, name: 'ann' }]) {
      assertFound(target, criteria, []);
    }
    assertFound(target, { id: [1, 2] }, [bob]);
  }
  assert.deepEqual(authorizer.users('id'), new Map([[2, 1]]));
  // One that comes in without a user of its own is no different.
  const eve = visitorOf(namespace, { id: 3 });
  authorizer(eve, (error) => assert.equal(error, undefined));
  eve.request.user = null;
  enter(eve);
  assertFound(namespace, { id: 3 }, []);
  assert.deepEqual(authorizer.users('id'), new Map([[2, 1]]));
});
