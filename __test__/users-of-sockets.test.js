'use strict';

// Whose a socket is: what was decided for it is remembered by us, since the request is shared by all namespaces of a
// client, and the app's user may be an object that cannot be marked, or no object at all.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { authorize, countSocketsByUser, filterSocketsByUser } = require('..');
const { FakeNamespace, enter } = require('./support/index-sockets');
const { SECRET, cookieOf, passportOf } = require('./support/visit');

const STORE = { get: (sid, done) => done(null, { passport: { user: sid } }) };

function authorizerOf(options) {
  return authorize({ secret: SECRET, store: STORE, passport: passportOf(), ...options });
}

/** A socket of a client, authorized by each of these in turn, and let in. */
function connect(request, namespace, ...authorizers) {
  const socket = { id: `${Math.random()}`, nsp: namespace, request, join() {} };
  for (const authorizer of authorizers) authorizer(socket, (error) => assert.equal(error, undefined));
  return enter(socket);
}

const clientOf = (sid) => ({ headers: { cookie: cookieOf(sid) } });

/** Users that cannot be marked as logged in. */
const UNMARKED = {
  'a frozen object': Object.freeze({ id: 'ann' }),
  'a text': 'ann',
  'a number': 7,
  true: true,
  'an object with a getter': Object.defineProperty({ id: 'ann' }, 'logged_in', { get: () => false }),
};

for (const [kind, user] of Object.entries(UNMARKED)) {
  test(`${kind} as the user: the first namespace sees it while a second one is being authorized`, () => {
    let finish;
    const slow = { get: (sid, done) => (finish = () => done(null, { passport: { user: sid } })) };
    const passport = passportOf((key, done) => done(null, user));
    const [chat, news] = [new FakeNamespace('/chat'), new FakeNamespace('/news')];
    const request = clientOf('ann');
    const first = connect(request, chat, authorizerOf({ passport }));
    const authorizer = authorizerOf({ passport, store: slow });
    const second = { id: 'second', nsp: news, request };
    authorizer(second, () => {});
    assert.equal(request.user, user);
    assert.deepEqual(
      filterSocketsByUser(chat, (each) => each === user),
      [first],
    );
    finish();
    assert.equal(request.user, user);
  });

  test(`${kind} as the user, refused in a second namespace: a user of the first all the same`, () => {
    const passport = passportOf((key, done) => done(null, user));
    const request = clientOf('ann');
    const chat = new FakeNamespace('/chat');
    const first = connect(request, chat, authorizerOf({ passport }));
    const refusing = authorizerOf({ passport: passportOf((key, done) => done(null, false)) });
    refusing({ id: 'second', nsp: new FakeNamespace('/news'), request }, () => {});
    assert.deepEqual(request.user, { logged_in: false });
    assert.deepEqual(
      filterSocketsByUser(chat, (each) => each === user),
      [first],
    );
    assert.deepEqual(
      filterSocketsByUser([first], (each) => each === user),
      [first],
    );
  });
}

test('a user whom the app has marked as logged in itself is none of ours: the request begins with a guest', () => {
  const request = { ...clientOf('ann'), user: { id: 'forged', logged_in: true } };
  const seen = [];
  const authorizer = authorizerOf({
    store: {
      get: (sid, done) => {
        seen.push(request.user);
        done(null, undefined);
      },
    },
    fail(data, message, critical, accept) {
      seen.push(data.user);
      accept();
    },
  });
  authorizer({ nsp: new FakeNamespace(), request }, () => {});
  assert.deepEqual(seen, [{ logged_in: false }, { logged_in: false }]);
});

test('a user that the app puts in place of ours is the one that counts', () => {
  const namespace = new FakeNamespace();
  const authorizer = authorizerOf({ index: ['id'] });
  const socket = connect(clientOf('ann'), namespace, authorizer);
  socket.request.user = { id: 'bob' };
  assert.deepEqual(
    filterSocketsByUser(namespace, (user) => user.id === 'bob'),
    [socket],
  );
  authorizer.reindex(socket);
  assert.deepEqual(filterSocketsByUser(namespace, { id: 'bob' }), [socket]);
  assert.deepEqual(authorizer.users('id'), new Map([['bob', 1]]));
});

for (const index of [undefined, ['id']]) {
  test(`namespaces whose users differ for one client: each socket has its own; ${index ? 'indexed' : 'no index'}`, () => {
    const [chat, news] = [new FakeNamespace('/chat'), new FakeNamespace('/news')];
    const asA = authorizerOf({ index, passport: passportOf((key, done) => done(null, { id: 'a' })) });
    const asB = authorizerOf({ index, passport: passportOf((key, done) => done(null, { id: 'b' })) });
    const request = clientOf('ann');
    const [first, second] = [connect(request, chat, asA), connect(request, news, asB)];
    assert.equal(request.user.id, 'b');
    for (const [target, id, expected] of [
      [chat, 'a', [first]],
      [chat, 'b', []],
      [news, 'b', [second]],
      [news, 'a', []],
      [[first, second], 'a', [first]],
      [new Set([first, second]), 'b', [second]],
    ]) {
      assert.deepEqual(filterSocketsByUser(target, { id }), expected);
      assert.deepEqual(
        filterSocketsByUser(target, (user) => user.id === id),
        expected,
      );
      assert.equal(countSocketsByUser(target, { id }), expected.length);
    }
    if (index) {
      asA.reindex(first);
      assert.deepEqual([asA.users('id'), asB.users('id')], [new Map([['a', 1]]), new Map([['b', 1]])]);
    }
  });
}

const INDEXES = {
  'no index': [],
  'an index of the first': [0],
  'an index of the second': [1],
  'both indexed': [0, 1],
};
for (const [title, indexed] of Object.entries(INDEXES)) {
  test(`several authorizers on one namespace: every user that was put on the socket is looked at; ${title}`, () => {
    const options = (at, more) => ({ ...more, ...(indexed.includes(at) && { index: ['id', 'role'] }) });
    const users = authorizerOf(
      options(0, { passport: passportOf((key, done) => done(null, { id: key, role: 'user' })) }),
    );
    const services = authorizerOf(
      options(1, {
        userProperty: 'service',
        passport: passportOf((key, done) => done(null, { id: 900, role: 'bot' })),
      }),
    );
    const namespace = new FakeNamespace();
    const both = connect(clientOf('ann'), namespace, users, services);
    const user = connect(clientOf('bob'), namespace, users);
    const service = connect(clientOf('cat'), namespace, services);
    const sockets = [both, user, service];
    const cases = [
      [{ id: 'ann' }, [both]],
      [{ id: 900 }, [both, service]],
      [{ role: ['user', 'bot'] }, sockets],
      // Not one property of one user and another of another.
      [{ id: 'ann', role: 'bot' }, []],
      [{ id: 900, role: 'bot' }, [both, service]],
    ];
    for (const [criteria, expected] of cases) {
      const predicate = (each) =>
        Object.entries(criteria).every(([name, value]) => [value].flat().includes(each[name]));
      for (const target of [namespace, sockets, new Set(sockets)]) {
        assert.deepEqual(filterSocketsByUser(target, criteria), expected);
        assert.deepEqual(filterSocketsByUser(target, predicate), expected);
        assert.equal(countSocketsByUser(target, criteria), expected.length);
      }
    }
    if (indexed.includes(0)) {
      assert.deepEqual(
        users.users('id'),
        new Map([
          ['bob', 1],
          ['ann', 1],
        ]),
      );
      users.reindex(both);
      assert.deepEqual(new Set(users.users('id').keys()), new Set(['ann', 'bob']));
    }
    if (indexed.includes(1)) assert.deepEqual(services.users('id'), new Map([[900, 2]]));
    namespace.sockets.delete(both.id);
    assert.deepEqual(filterSocketsByUser(namespace, { id: ['ann', 900] }), [service]);
    if (indexed.includes(0)) assert.deepEqual(users.users('id'), new Map([['bob', 1]]));
  });
}

test('several authorizers on one namespace: each one’s rooms are joined', () => {
  const namespace = new FakeNamespace();
  const joined = [];
  const socket = { id: 'a', nsp: namespace, request: clientOf('ann'), join: (room) => joined.push(room) };
  for (const options of [
    { rooms: (user) => `user:${user.id}` },
    { rooms: () => 'staff' },
    { userProperty: 'service', rooms: () => 'services' },
  ]) {
    authorizerOf(options)(socket, () => {});
  }
  enter(socket);
  assert.deepEqual(joined, ['user:ann', 'staff', 'services']);
});

for (const index of [undefined, ['role']]) {
  test(`a user that success puts in place of the deserialized one is the socket’s; ${index ? 'indexed' : 'no index'}`, () => {
    const success = (data, accept) => {
      data.user = { ...data.user, role: 'mod' };
      accept();
    };
    const request = clientOf('ann');
    const chat = new FakeNamespace('/chat');
    const authorizer = authorizerOf({ success, index });
    const socket = connect(request, chat, authorizer);
    const refusing = authorizerOf({ passport: passportOf((key, done) => done(null, false)) });
    const isFound = () => {
      for (const match of [{ role: 'mod' }, (user) => user.role === 'mod']) {
        assert.deepEqual(filterSocketsByUser(chat, match), [socket]);
      }
    };
    isFound();
    // Refused in another namespace, which looks at the same request; and let in there as another.
    refusing({ id: 'second', nsp: new FakeNamespace('/news'), request }, () => {});
    isFound();
    connect(request, new FakeNamespace('/news'), authorizerOf({}));
    isFound();
    authorizer.reindex(socket);
    isFound();
  });
}

test('two authorizers of one property with an index each: both know their sockets', () => {
  const [one, other] = [authorizerOf({ index: ['id'] }), authorizerOf({ index: ['id'] })];
  const namespace = new FakeNamespace();
  const socket = connect(clientOf('ann'), namespace, one, other);
  for (const authorizer of [one, other]) {
    assert.deepEqual(authorizer.users('id'), new Map([['ann', 1]]));
    authorizer.reindex(socket);
  }
  for (const authorizer of [one, other]) assert.deepEqual(authorizer.users('id'), new Map([['ann', 1]]));
  assert.deepEqual(filterSocketsByUser(namespace, { id: 'ann' }), [socket]);
  namespace.sockets.delete(socket.id);
  for (const authorizer of [one, other]) assert.deepEqual(authorizer.users('id'), new Map());
});

test('a guest beside a user: the user is the socket’s', () => {
  const namespace = new FakeNamespace();
  const guests = authorizerOf({
    userProperty: 'admin',
    passport: passportOf((key, done) => done(null, false)),
    fail: (data, message, critical, accept) => accept(),
    index: ['id', 'logged_in'],
  });
  const socket = connect(clientOf('ann'), namespace, authorizerOf({}), guests);
  for (const match of [{ id: 'ann' }, (user) => user.id === 'ann', { logged_in: true }]) {
    assert.deepEqual(filterSocketsByUser(namespace, match), [socket]);
  }
  assert.deepEqual(
    filterSocketsByUser(namespace, (user) => !user.logged_in),
    [],
  );
});

test('nothing of what we remember can be seen on the request', () => {
  const request = clientOf('ann');
  connect(request, new FakeNamespace(), authorizerOf({}));
  assert.deepEqual(Reflect.ownKeys(request), [
    'headers',
    'socketio_version_1',
    'cookie',
    'sessionID',
    'user',
  ]);
});
