'use strict';

// Wrong options and wrong criteria: told at once, with the name of the thing and what it should be.

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { runInNewContext } = require('node:vm');
const { countSocketsByUser, filterSocketsByUser } = require('..');
const { FakeNamespace, authorizerOf, connect, emptyNamespace } = require('./support/index-sockets');

class Account {
  id = 1;
}

test('a wrong option index is a TypeError at authorize() that says what is right', () => {
  const indexes = [
    'id',
    {},
    7,
    true,
    new Set(['id']),
    [''],
    [7],
    [null],
    ['id', undefined],
    ['team.'],
    ['.id'],
    ['a..b'],
    [['id']],
    // A hole.
    Array(1),
  ];
  for (const index of indexes) {
    assert.throws(() => authorizerOf({ index }), {
      name: 'TypeError',
      message:
        "authorize(): option index must be an array of names of the user's properties, or paths such as 'team.id'.",
    });
  }
  for (const index of [
    undefined,
    null,
    [],
    ['id'],
    ['id', 'team.id', 'a.b.c.d', 'with space', '0', '__proto__', 'id'],
  ]) {
    const authorizer = authorizerOf({ index });
    for (const property of index ?? []) assert.deepEqual(authorizer.users(property), new Map());
  }
});

test('the array that was given may be changed later: it was read', () => {
  const index = ['id'];
  const authorizer = authorizerOf({ index });
  index[0] = 'role';
  const namespace = new FakeNamespace();
  connect(authorizer, namespace, { id: 1, role: 2 });
  assert.deepEqual(authorizer.users('id'), new Map([[1, 1]]));
  assert.throws(() => authorizer.users('role'), TypeError);
});

test('a wrong option rooms is a TypeError at authorize() that says what is right', () => {
  for (const rooms of ['news', ['news'], {}, 7, true, new Set()]) {
    assert.throws(() => authorizerOf({ rooms }), {
      name: 'TypeError',
      message: 'authorize(): option rooms must be a function (user) => rooms.',
    });
  }
  for (const rooms of [undefined, null, () => 'news', async () => 'news']) authorizerOf({ rooms });
});

for (const query of [filterSocketsByUser, countSocketsByUser]) {
  describe(query.name, () => {
    const { authorizer, namespace } = emptyNamespace({ index: ['id'] });
    const sockets = [1, 2].map((id) => connect(authorizer, namespace, { id }));
    const targets = [namespace, { sockets: namespace }, sockets, new Set(sockets), []];

    test('a value that cannot be asked for: its property is named, and what to do', () => {
      const wrong = [
        undefined,
        new Date(),
        {},
        Symbol('id'),
        () => 1,
        new String('a'),
        new Set([1]),
        /1/,
        Promise.resolve(1),
      ];
      for (const value of wrong) {
        for (const target of targets) {
          for (const property of ['id', 'team.id', 'note']) {
            for (const criteria of [
              { [property]: value },
              { id: 1, [property]: [1, value] },
              { [property]: [value] },
            ]) {
              assert.throws(() => query(target, criteria), {
                name: 'TypeError',
                message:
                  `${query.name}(target, criteria): ${property} must be a string, a number, a boolean, a bigint, null, or an ` +
                  'array of these; for anything else give a function (user) => boolean.',
              });
            }
          }
        }
      }
      assert.throws(() => query(namespace, { id: [[1]] }), TypeError);
    });

    test('a name that is none', () => {
      for (const property of ['', '.', 'team.', '.id', 'team..id']) {
        for (const target of targets) {
          assert.throws(() => query(target, { [property]: 1 }), {
            name: 'TypeError',
            message: `${query.name}(target, criteria): "${property}" is no name of a property, nor a path of them.`,
          });
        }
      }
    });

    test('an object that is no criteria: one without properties would match everybody', () => {
      const none = {
        Date: new Date(),
        RegExp: /a/,
        Promise: Promise.resolve({ id: 1 }),
        Account: new Account(),
        Error: new Error(),
      };
      for (const [name, object] of Object.entries(none)) {
        for (const target of targets) {
          assert.throws(() => query(target, object), {
            name: 'TypeError',
            message: `${query.name}(target, criteria): criteria must be a plain object { property: value }, not a ${name}.`,
          });
        }
      }
      for (const match of [undefined, null, 'id', 7, Symbol('id'), ['id'], new Set(), new Map([['id', 1]])]) {
        for (const target of targets) {
          assert.throws(() => query(target, match), {
            name: 'TypeError',
            message: `${query.name}(target, match): match must be a function (user) => boolean, or an object { property: value }.`,
          });
        }
      }
    });

    test('a plain object, wherever it is from', () => {
      const fromElsewhere = runInNewContext('({ id: 1 })');
      const withoutPrototype = Object.assign(Object.create(null), { id: 1 });
      for (const criteria of [fromElsewhere, withoutPrototype, Object.freeze({ id: Object.freeze([1]) })]) {
        for (const target of targets.slice(0, 4)) {
          assert.deepEqual(
            [query(target, criteria)].flat(),
            query === countSocketsByUser ? [1] : [sockets[0]],
          );
        }
      }
    });

    test('a target that is none is told so, whatever is asked', () => {
      for (const target of [undefined, null, {}, 'sockets', 7, { sockets: {} }]) {
        assert.throws(() => query(target, { id: 1 }), {
          name: 'TypeError',
          message: `${query.name}(target, match): target must be a Socket.IO server, a namespace, or a list of sockets.`,
        });
      }
    });
  });
}

test('criteria under a symbol are a TypeError: passed over, they would match everybody', () => {
  for (const find of [filterSocketsByUser, countSocketsByUser]) {
    assert.throws(() => find([], { [Symbol('id')]: 1 }), {
      name: 'TypeError',
      message: `${find.name}(target, criteria): properties are named by strings, not by symbols.`,
    });
  }
});

test('an async function is no predicate: its promises would match everybody', () => {
  for (const find of [filterSocketsByUser, countSocketsByUser]) {
    assert.throws(() => find([], async () => false), {
      name: 'TypeError',
      message: `${find.name}(target, match): match must answer synchronously, and is an async function.`,
    });
  }
});

test('reindex of what is no socket is a TypeError', () => {
  const authorizer = authorizerOf({ index: ['id'] });
  for (const [wrong, text] of [
    [undefined, 'undefined'],
    [null, 'null'],
    ['id', "'id'"],
  ]) {
    assert.throws(() => authorizer.reindex(wrong), {
      name: 'TypeError',
      message: `authorizer.reindex(socket): socket must be a socket of the server, not ${text}.`,
    });
  }
});
