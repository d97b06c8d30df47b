'use strict';

// From a real Socket.IO: when a socket becomes known to the index, and when it is forgotten.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { countSocketsByUser, filterSocketsByUser } = require('..');
const { assertFound } = require('./support/index-model');
const { greet, leave, startIndexed, guardBoth } = require('./support/index-app');
const { VERSIONS } = require('./support/socket-server');

const users = {
  ann: { id: 1, role: 'admin', team: { id: 7 } },
  bob: { id: 2, role: 'mod', team: { id: 7 } },
  cat: { id: 3, role: 'mod', team: null },
};
const options = { index: ['id', 'role', 'team.id'] };

/** Names of those who are found, by criteria, by number, and by who is online. */
function namesOf(target, criteria) {
  const found = filterSocketsByUser(target, criteria);
  assert.equal(countSocketsByUser(target, criteria), found.length);
  return found.map(({ request }) => request.user.name);
}

for (const version of VERSIONS.filter((each) => each >= 3)) {
  test(`Socket.IO ${version}: connected, found; disconnected, not found`, async (t) => {
    const { io, authorizer, visit } = await startIndexed(t, { version, users, options });
    assert.deepEqual(namesOf(io, { role: 'mod' }), []);
    const clients = [];
    for (const name of ['ann', 'bob', 'cat', 'bob']) clients.push((await visit(name)).socket);
    assert.ok((await visit()).refused);

    for (const target of [io, io.sockets, io.of('/')]) {
      assert.deepEqual(namesOf(target, { role: 'mod' }), ['bob', 'cat', 'bob']);
      assert.deepEqual(namesOf(target, { 'team.id': 7, role: ['mod', 'admin'] }), ['ann', 'bob', 'bob']);
      assert.deepEqual(namesOf(target, { name: 'cat', id: 3 }), ['cat']);
    }
    const list = [...io.sockets.sockets.values()].reverse();
    assert.deepEqual(namesOf(list, { role: 'mod' }), ['bob', 'cat', 'bob']);
    assert.deepEqual(
      authorizer.users('id'),
      new Map([
        [1, 1],
        [2, 2],
        [3, 1],
      ]),
    );

    await leave(io, clients[1]);
    assert.deepEqual(namesOf(io, { id: 2 }), ['bob']);
    assert.deepEqual(namesOf(io, { role: 'mod' }), ['cat', 'bob']);
    list.find(({ id }) => id === clients[0].id).disconnect();
    assert.deepEqual(namesOf(io, { role: 'admin' }), []);
    list.find(({ id }) => id === clients[2].id).disconnect(true);
    assert.deepEqual(namesOf(io, { role: 'mod' }), ['bob']);
    assert.deepEqual(authorizer.users('role'), new Map([['mod', 1]]));
    await leave(io, clients[3]);
    assert.deepEqual(authorizer.users('role'), new Map());

    await visit('cat');
    assert.deepEqual(namesOf(io, { role: 'mod' }), ['cat']);
  });

  test(`Socket.IO ${version}: refused by a later middleware, never known`, async (t) => {
    const refuseBob = ({ request }, next) =>
      next(request.user.name === 'bob' ? new Error('busy') : undefined);
    const prepare = (server, middleware) => greet(server.use(middleware).use(refuseBob));
    const { io, authorizer, visit } = await startIndexed(t, { version, users, options, prepare });
    await visit('ann');
    assert.equal((await visit('bob')).refused.message, 'busy');
    assert.deepEqual(namesOf(io, { 'team.id': 7 }), ['ann']);
    assert.deepEqual(namesOf(io, { id: 2 }), []);
    assert.deepEqual(authorizer.users('id'), new Map([[1, 1]]));
  });

  test(`Socket.IO ${version}: the app's own listeners see what is so`, async (t) => {
    const seen = [];
    const { io, visit } = await startIndexed(t, {
      version,
      users,
      options,
      prepare(server, middleware) {
        const note = (event) => (socket) => {
          const found = filterSocketsByUser(server, { id: 1 });
          assertFound(server, { id: 1 }, found);
          seen.push([event, found.includes(socket)]);
        };
        server.use(middleware);
        server.use((socket, next) => {
          note('middleware')(socket);
          // Before our own listeners, which are there since the authorizer let the first one in.
          if (server.listenerCount('connect') < 3) server.sockets.prependListener('connect', note('first'));
          next();
        });
        server.on('connect', note('connect'));
        server.on('connection', note('connection'));
        server.on('connection', (socket) => {
          for (const event of ['disconnecting', 'disconnect']) socket.on(event, () => note(event)(socket));
          socket.prependListener('disconnect', () => note('first disconnect')(socket));
        });
        greet(server);
      },
    });
    const { socket } = await visit('ann');
    await leave(io, socket);
    assert.deepEqual(seen, [
      ['middleware', false],
      ['first', true],
      ['connect', true],
      ['connection', true],
      ['disconnecting', true],
      ['first disconnect', false],
      ['disconnect', false],
    ]);
  });
}

test('a socket that is looked for before the app hears of it is there once', async (t) => {
  const found = [];
  const { io, authorizer, visit } = await startIndexed(t, { users, options });
  io.of('/').adapter.on('join-room', () => found.push(namesOf(io, { id: 1 })));
  await visit('ann');
  await visit('ann');
  assert.deepEqual(found, [['ann'], ['ann', 'ann']]);
  assert.deepEqual(namesOf(io, { id: 1 }), ['ann', 'ann']);
  assert.deepEqual(authorizer.users('id'), new Map([[1, 2]]));
  for (const socket of filterSocketsByUser(io, { id: 1 })) socket.disconnect();
  assert.deepEqual(namesOf(io, { id: 1 }), []);
  assert.deepEqual(authorizer.users('id'), new Map());
});

test('disconnectSockets() of a namespace, and of the rooms of one; other namespaces stay', async (t) => {
  const { io, authorizer, visit } = await startIndexed(t, {
    users,
    options,
    prepare(server, middleware) {
      guardBoth(server, middleware);
      server.of('/chat').on('connection', (socket) => socket.join(socket.request.user.role));
    },
  });
  for (const name of ['ann', 'bob', 'cat']) {
    await visit(name);
    await visit(name, { namespace: '/chat' });
  }
  assert.deepEqual(authorizer.users('role').get('mod'), 4);
  io.of('/chat').in('mod').disconnectSockets();
  assert.deepEqual(namesOf(io.of('/chat'), { id: [1, 2, 3] }), ['ann']);
  assert.deepEqual(namesOf(io, { id: [1, 2, 3] }), ['ann', 'bob', 'cat']);
  io.of('/').disconnectSockets();
  assert.deepEqual(namesOf(io, { id: [1, 2, 3] }), []);
  assert.deepEqual(namesOf(io.of('/chat'), { role: 'admin' }), ['ann']);
  assert.deepEqual(authorizer.users('id'), new Map([[1, 1]]));
});

test('one client in two namespaces is two sockets of one user', async (t) => {
  const { io, authorizer, visit } = await startIndexed(t, { users, options, prepare: guardBoth });
  const { socket } = await visit('ann');
  const chat = socket.io.socket('/chat');
  await once(chat, 'welcome');
  const [home, other] = [io, io.of('/chat')].map((target) => filterSocketsByUser(target, { id: 1 }));
  assert.deepEqual([home.length, other.length], [1, 1]);
  assert.notEqual(home[0], other[0]);
  assert.equal(home[0].request, other[0].request);
  assert.deepEqual(authorizer.users('id'), new Map([[1, 2]]));
  await leave(io, chat);
  assert.deepEqual(namesOf(io.of('/chat'), { id: 1 }), []);
  assert.deepEqual(namesOf(io, { id: 1 }), ['ann']);
});

test('io.of(/pattern/): its authorizer, and the namespaces made after it', async (t) => {
  let rooms;
  const { io, visit } = await startIndexed(t, {
    users,
    options,
    prepare(server, middleware) {
      rooms = server.of(/^\/room-\d+$/).use(middleware);
      greet(rooms);
      greet(server);
    },
  });
  assert.deepEqual(namesOf(rooms, { id: 1 }), []);
  for (const namespace of ['/room-2', '/room-1', '/room-2']) await visit('ann', { namespace });
  await visit('ann');
  const found = filterSocketsByUser(rooms, { id: 1, role: 'admin' });
  assert.deepEqual(
    found.map(({ nsp }) => nsp.name),
    ['/room-2', '/room-2', '/room-1'],
  );
  assert.equal(countSocketsByUser(rooms, { id: 1 }), 3);
  assert.deepEqual(filterSocketsByUser(io.of('/room-1'), { id: 1 }), [found[2]]);
  // Nobody authorizes those of the default namespace.
  assert.deepEqual(namesOf(io, { id: 1 }), []);
});

test('connection state recovery: whoever is not authorized again has no user, and is not found', async (t) => {
  for (const [skipMiddlewares, isWrapped] of [
    [true, true],
    [true, false],
    [false, false],
  ]) {
    const { io, authorizer, visit } = await startIndexed(t, {
      users,
      options,
      settings: () => ({ connectionStateRecovery: { skipMiddlewares } }),
      prepare(server, ours) {
        // A middleware of the app is skipped; the authorizer itself is asked when the socket is there.
        server.use(isWrapped ? (socket, next) => ours(socket, next) : ours);
        greet(server);
      },
    });
    const isSkipped = skipMiddlewares && isWrapped;
    await visit('ann');
    const { socket } = await visit('ann');
    const there = io.sockets.sockets.get(socket.id);
    const gone = once(there, 'disconnect');
    socket.io.engine.close();
    await gone;
    assert.deepEqual(namesOf(io, { id: 1 }), ['ann']);
    socket.connect();
    await once(socket, 'welcome');
    const back = io.sockets.sockets.get(socket.id);
    assert.equal(back.recovered, true);
    assert.notEqual(back, there);
    assert.deepEqual(namesOf(io, { id: 1 }), isSkipped ? ['ann'] : ['ann', 'ann']);
    assert.equal(authorizer.users('id').get(1), isSkipped ? 1 : 2);
    // Unless the app knows who it is.
    if (isSkipped) {
      back.request.user = { id: 1, name: 'ann, again' };
      assert.deepEqual(namesOf(io, { id: 1 }), ['ann', 'ann, again']);
    }
  }
});

test('io.close() leaves nobody', async (t) => {
  const { io, authorizer, visit } = await startIndexed(t, { users, options });
  for (const name of ['ann', 'bob']) await visit(name);
  const sockets = [...io.sockets.sockets.values()];
  const gone = sockets.map((socket) => once(socket, 'disconnect'));
  await io.close();
  await Promise.all(gone);
  assert.deepEqual(authorizer.users('id'), new Map());
  assert.deepEqual(namesOf(io, { id: [1, 2] }), []);
  // Their users can still be asked.
  assert.deepEqual(namesOf(sockets, { id: 2 }), ['bob']);
});

test('an authorizer that was closed still knows who is connected', async (t) => {
  const { io, authorizer, visit } = await startIndexed(t, { users, options });
  const { socket } = await visit('ann');
  authorizer.close();
  assert.ok((await visit('bob')).refused);
  assert.deepEqual(namesOf(io, { id: [1, 2] }), ['ann']);
  assert.deepEqual(authorizer.users('id'), new Map([[1, 1]]));
  await leave(io, socket);
  assert.deepEqual(authorizer.users('id'), new Map());
});
