'use strict';

// Who is nobody, and what a guest has not: user keys that are falsy, and clients that `fail` lets in.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { authorize, countSocketsByUser, filterSocketsByUser } = require('..');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');
const { greet, membersOf, startIndexed } = require('./support/index-app');

const users = { ann: { id: 1, role: 'admin' }, bob: { id: 2, role: 'user' } };
const rooms = (user) => [`user:${user.id}`, user.role];
const letIn = (data, message, critical, accept) => accept();

/** A server with these options; `enter` is a client of it. */
async function startWith(t, options) {
  const { io, authorizer, visit: enter } = await startIndexed(t, { users, options });
  return { io, authorizer, enter };
}

for (const key of [null, '', false, undefined]) {
  test(`a user key that is ${JSON.stringify(key)} is nobody: the deserializer is not asked`, async () => {
    const asked = [];
    const authorizer = authorize({
      secret: SECRET,
      store: { get: (sid, done) => done(null, { passport: { user: key } }) },
      // An ORM that drops empty conditions gives the first user.
      passport: passportOf((given, done) => done(null, asked.push(given) && { id: 1, role: 'admin' })),
    });
    const { error, data } = await visit(authorizer, cookieOf('ann'));
    assert.deepEqual([error?.code, asked, data.user], ['NOT_LOGGED_IN', [], { logged_in: false }]);
    assert.equal(error.message, 'User not authorized through passport. (User Property not found)');
  });
}

for (const key of [0, -0, '0', 'null', [], {}]) {
  test(`a user key that is ${JSON.stringify(key)} is somebody`, async () => {
    const authorizer = authorize({
      secret: SECRET,
      store: { get: (sid, done) => done(null, { passport: { user: key } }) },
      passport: passportOf(),
    });
    const { error, data } = await visit(authorizer, cookieOf('ann'));
    assert.deepEqual([error, data.user], [undefined, { id: key, logged_in: true }]);
  });
}

/** How somebody who has a session comes to be let in by `fail`. */
const WAYS = {
  'success throws': {
    success() {
      throw new Error('banned');
    },
  },
  'success rejects later': {
    async success() {
      await sleep(5);
      throw new Error('banned');
    },
  },
  'rooms throws': {
    rooms() {
      throw new Error('no tenant');
    },
  },
  'rooms gives no names': { rooms: () => 7 },
  'the deserializer fails': { passport: passportOf((key, done) => done(new Error('db down'))) },
  'the user is unknown': { passport: passportOf((key, done) => done(null, false)) },
};

for (const [way, options] of Object.entries(WAYS)) {
  test(`a guest is a guest: ${way}, and fail calls accept()`, async (t) => {
    const told = [];
    const fail = (data, message, critical, accept, { code }) => {
      told.push(code);
      accept();
    };
    const { io, authorizer, enter } = await startWith(t, { index: ['id'], rooms, fail, ...options });
    assert.equal((await enter('ann')).welcome, 'a stranger');
    const [socket] = io.of('/').sockets.values();
    assert.deepEqual(socket.request.user, { logged_in: false });
    assert.deepEqual([membersOf(io, 'user:1'), membersOf(io, 'admin')], [[], []]);
    assert.deepEqual(filterSocketsByUser(io, { id: 1 }), []);
    assert.deepEqual(
      filterSocketsByUser(io, (user) => user.id === 1),
      [],
    );
    assert.equal(countSocketsByUser(io, { id: 1 }), 0);
    assert.deepEqual(authorizer.users('id'), new Map());
    assert.equal(told.length, 1);
  });
}

for (const indexed of ['the first', 'the second', 'both', 'none']) {
  test(`a guest is a guest: a second authorizer refuses, and its fail calls accept(); index of ${indexed}`, async (t) => {
    const indexOf = (which) => (indexed === which || indexed === 'both' ? { index: ['id'] } : {});
    const store = { get: (name, done) => done(null, { passport: { user: name } }) };
    const banned = authorize({
      secret: SECRET,
      store,
      passport: passportOf((name, done) => done(null, name === 'bob' && { name, ...users[name] })),
      fail: letIn,
      ...indexOf('the second'),
    });
    const { io, visit: enter } = await startIndexed(t, {
      users,
      options: { rooms, ...indexOf('the first') },
      prepare(server, first) {
        server.use(first);
        server.use(banned);
        greet(server);
      },
    });
    assert.equal((await enter('ann')).welcome, 'a stranger');
    assert.equal((await enter('bob')).welcome, 'bob');
    assert.deepEqual([membersOf(io, 'user:1'), membersOf(io, 'admin')], [[], []]);
    assert.equal(membersOf(io, 'user:2').length, 1);
    for (const match of [{ id: 1 }, (user) => user.id === 1]) {
      assert.deepEqual(filterSocketsByUser(io, match), []);
    }
    assert.equal(filterSocketsByUser(io, { id: 2 }).length, 1);
  });
}

for (const [whom, options] of Object.entries({
  'a visitor': {},
  'somebody whose success failed': { success: () => Promise.reject(new Error('banned')) },
})) {
  test(`what fail itself puts on the request stays, a guest with a name: ${whom}`, async (t) => {
    const fail = (data, message, critical, accept) => {
      data.user = { name: 'guest 7', guest: 7 };
      accept();
    };
    const { io, enter } = await startWith(t, { fail, index: ['guest'], ...options });
    assert.equal((await enter(options.success && 'ann')).welcome, 'guest 7');
    for (const match of [{ guest: 7 }, (user) => user.guest === 7]) {
      assert.equal(filterSocketsByUser(io, match).length, 1);
    }
  });
}

test('a guest has no user, also where the app has put another object in its place before it failed', async (t) => {
  const profile = (data) => (data.user = { ...data.user, profile: true });
  const ways = {
    'success replaces it and throws': {
      success(data) {
        profile(data);
        throw new Error('banned');
      },
    },
    'success replaces it and rejects': {
      async success(data) {
        profile(data);
        await sleep(2);
        throw new Error('banned');
      },
    },
    'the deserializer puts one there and knows nobody': {
      passport: passportOf((request, key, done) => {
        request.user = { id: 1, role: 'admin' };
        done(null, false);
      }),
    },
  };
  for (const [way, options] of Object.entries(ways)) {
    const { io, authorizer, enter } = await startWith(t, { index: ['id', 'role'], fail: letIn, ...options });
    assert.equal((await enter('ann')).welcome, 'a stranger', way);
    const [socket] = io.of('/').sockets.values();
    assert.deepEqual(socket.request.user, { logged_in: false }, way);
    for (const match of [{ role: 'admin' }, (user) => user.role === 'admin']) {
      assert.deepEqual(filterSocketsByUser(io, match), [], way);
    }
    assert.deepEqual(authorizer.users('role'), new Map(), way);
  }
});

test('a success that fails after it has let the client in takes nothing back', async (t) => {
  const success = (data, accept) => {
    accept();
    return Promise.reject(new Error('too late'));
  };
  const { io, enter } = await startWith(t, { success, fail: letIn, rooms, index: ['id'] });
  assert.equal((await enter('ann')).welcome, 'ann');
  await new Promise(setImmediate);
  assert.deepEqual([membersOf(io, 'user:1').length, filterSocketsByUser(io, { id: 1 }).length], [1, 1]);
});

test('a guest of one namespace is no user there, whatever another namespace says of the same client', async (t) => {
  const store = { get: (name, done) => done(null, { passport: { user: name } }) };
  const nobody = authorize({
    secret: SECRET,
    store,
    passport: passportOf((name, done) => done(null, false)),
    fail: letIn,
    index: ['id'],
  });
  const { io, visit: enter } = await startIndexed(t, {
    users,
    options: { index: ['id'] },
    prepare(server, authorizer) {
      server.use(authorizer);
      server.of('/open').use(nobody);
      for (const namespace of [server, server.of('/open')]) greet(namespace);
    },
  });
  for (const order of [
    ['/', '/open'],
    ['/open', '/'],
  ]) {
    const { socket } = await enter('ann', { namespace: order[0] });
    // The same connection: the request is the same.
    const second = socket.io.socket(order[1]);
    await new Promise((resolve) => second.once('welcome', resolve));
    for (const match of [{ id: 1 }, (user) => user.id === 1]) {
      assert.deepEqual(filterSocketsByUser(io.of('/open'), match), []);
      assert.equal(filterSocketsByUser(io.of('/'), match).length, 1);
    }
    assert.deepEqual(
      filterSocketsByUser(io.of('/open'), (user) => user.logged_in === false),
      [...io.of('/open').sockets.values()],
    );
    socket.io.engine.close();
    while (io.of('/').sockets.size + io.of('/open').sockets.size > 0) await sleep(2);
  }
});
