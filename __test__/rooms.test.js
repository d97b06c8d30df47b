'use strict';

// The option rooms, on every Socket.IO that has middlewares.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { filterSocketsByUser } = require('..');
const { nextMinute } = require('./support/clock');
const { greet, membersOf, startIndexed } = require('./support/index-app');
const { FakeNamespace, admit, authorizerOf, enter, visitorOf } = require('./support/index-sockets');
const { warningsDuring } = require('./support/proof');
const { VERSIONS } = require('./support/socket-server');

const users = { ann: { id: 1, role: 'admin' }, bob: { id: 2, role: 'mod' } };
const roomsOf = (user) => ['user:' + user.id, user.role];

/** The next message of a client. */
function heardBy(client, event = 'news') {
  return new Promise((resolve) => client.once(event, resolve));
}

for (const version of VERSIONS) {
  test(`Socket.IO ${version}: joined before the app hears of the socket, and reached`, async (t) => {
    const seen = [];
    const { io, visit } = await startIndexed(t, {
      version,
      users,
      options: { rooms: roomsOf },
      prepare(server, middleware) {
        server.use(middleware);
        const note = (event) => (socket) => {
          const isIn = (room) => membersOf(server, room).includes(socket.id);
          seen.push([event, ...roomsOf(socket.request.user).map(isIn)]);
        };
        server.use((socket, next) => {
          note('middleware')(socket);
          next();
        });
        for (const event of ['connect', 'connection']) server.on(event, note(event));
        // To a room, at once: it is heard by the newcomer too.
        server.on('connection', (socket) =>
          server.to('user:' + socket.request.user.id).emit('news', socket.request.user.name),
        );
        greet(server);
      },
    });
    const clients = {};
    for (const name of ['ann', 'bob']) {
      const { socket, welcome } = await visit(name);
      assert.equal(welcome, name);
      clients[name] = socket;
    }
    const beginning = ['middleware', false, false];
    const afterwards = [beginning, ['connect', true, true], ['connection', true, true]];
    assert.deepEqual(seen, [...afterwards, ...afterwards]);

    const heard = [heardBy(clients.ann), heardBy(clients.bob)];
    io.to('user:1').emit('news', 'for user 1');
    io.to('mod').emit('news', 'for mods');
    assert.deepEqual(await Promise.all(heard), ['for user 1', 'for mods']);
    assert.equal(membersOf(io, 'admin').length, 1);

    const [ann] = filterSocketsByUser(io, { id: 1 });
    const gone = once(ann, 'disconnect');
    clients.ann.disconnect();
    await gone;
    assert.deepEqual(membersOf(io, 'user:1'), []);
    assert.equal(membersOf(io, 'user:2').length, 1);
  });

  test(`Socket.IO ${version}: a string, an array, a Set, a generator, nothing`, async (t) => {
    const given = [
      ['news', ['news']],
      [
        ['news', 'sport'],
        ['news', 'sport'],
      ],
      [new Set(['sport', 'news']), ['news', 'sport']],
      [['news', 'news'].values(), ['news']],
      [[], []],
      [null, []],
      [undefined, []],
    ];
    let next = 0;
    const asked = [];
    const { io, visit } = await startIndexed(t, {
      version,
      users,
      options: {
        rooms: (user, data) => {
          asked.push([user.name, data.user === user, typeof data.headers]);
          return given[(next += 1) - 1][0];
        },
      },
    });
    for (const [, expected] of given) {
      await visit('ann');
      assert.deepEqual(
        ['news', 'sport'].filter((room) => membersOf(io, room).length > 0),
        expected,
      );
      const there = filterSocketsByUser(io, { name: 'ann' })[0];
      const gone = once(there, 'disconnect');
      there.disconnect(true);
      await gone;
    }
    assert.deepEqual(asked, Array(given.length).fill(['ann', true, 'object']));
  });

  test(`Socket.IO ${version}: a later middleware that refuses leaves no room behind`, async (t) => {
    const { io, visit } = await startIndexed(t, {
      version,
      users,
      options: { rooms: roomsOf, index: ['id'] },
      prepare(server, middleware) {
        server.use(middleware);
        server.use((socket, next) =>
          next(socket.request.user.name === 'bob' ? new Error('busy') : undefined),
        );
        greet(server);
      },
    });
    assert.ok((await visit('bob')).refused);
    for (const room of ['user:2', 'mod']) assert.deepEqual(membersOf(io, room), []);
    assert.equal((await visit('ann')).welcome, 'ann');
    const { rooms } = io.of('/').adapter;
    const names = rooms instanceof Map ? [...rooms.keys()] : Object.keys(rooms);
    assert.deepEqual(
      names.filter((name) => name === 'mod' || name.startsWith('user:')),
      ['user:1'],
    );
  });

  test(`Socket.IO ${version}: what goes wrong refuses the client as CALLBACK_ERROR`, async (t) => {
    const own = new Error('no tenant');
    const wrong = [
      7,
      true,
      {},
      '',
      [''],
      ['news', 7],
      [null],
      Promise.resolve('news'),
      () => 'news',
      Symbol('news'),
    ];
    const failures = [];
    let rooms;
    const { io, authorizer, visit } = await startIndexed(t, {
      version,
      users,
      options: {
        index: ['id'],
        rooms: () => rooms(),
        success: () => assert.fail('success is not called'),
        fail(data, message, critical, accept, { code }) {
          failures.push({ code, critical, message, user: data.user.name });
          accept(new Error('refused'));
        },
      },
    });
    rooms = () => {
      throw own;
    };
    assert.ok((await visit('ann')).refused);
    assert.deepEqual(failures.pop(), { code: 'CALLBACK_ERROR', critical: true, message: own, user: 'ann' });
    for (const value of wrong) {
      rooms = () => value;
      assert.ok((await visit('ann')).refused);
      const { code, message } = failures.pop();
      assert.equal(code, 'CALLBACK_ERROR');
      assert.equal(message.name, 'TypeError');
      assert.equal(
        message.message,
        'authorize(): option rooms must give names of rooms, at once: a string, or an array of them.',
      );
    }
    // Of its rejection nobody would hear: it is not to end the process.
    rooms = () => Promise.reject(new Error('no news'));
    assert.ok((await visit('ann')).refused);
    assert.equal(failures.pop().message.name, 'TypeError');
    assert.equal(authorizer.stats().authorized, 0);
    assert.equal(authorizer.stats().failures.CALLBACK_ERROR, wrong.length + 2);
    assert.deepEqual(filterSocketsByUser(io, { id: 1 }), []);
    assert.deepEqual(authorizer.users('id'), new Map());
  });
}

test('what goes wrong in rooms is told to the operator, once a minute', async (t) => {
  nextMinute();
  const warned = once(process, 'warning');
  const codes = warningsDuring(t);
  const authorizer = authorizerOf({
    rooms: () => {
      throw new Error('no tenant');
    },
  });
  for (let i = 0; i < 3; i += 1) {
    assert.equal(admit(authorizer, visitorOf(new FakeNamespace(), { id: 1 })).code, 'CALLBACK_ERROR');
  }
  const [{ message }] = await warned;
  assert.match(
    message,
    /^The option rooms of authorize\(\) failed; fail\(\) gets the code CALLBACK_ERROR\. no tenant \(at /,
  );
  await new Promise(setImmediate);
  assert.deepEqual(codes, ['ROOMS_ERROR']);
});

test('each namespace has its own rooms, and a guest has none', async (t) => {
  const { io, visit } = await startIndexed(t, {
    users,
    options: { rooms: roomsOf, fail: (_data, _message, _critical, accept) => accept() },
    prepare(server, middleware) {
      for (const namespace of [server, server.of('/chat')]) namespace.use(middleware);
      for (const namespace of [server, server.of('/chat')]) greet(namespace);
    },
  });
  await visit('ann', { namespace: '/chat' });
  await visit(undefined, { namespace: '/chat' });
  assert.deepEqual(membersOf(io, 'admin'), []);
  assert.equal(membersOf(io, 'admin', '/chat').length, 1);
  assert.equal(io.of('/chat').sockets.size, 2);
  await visit('ann');
  assert.equal(membersOf(io, 'admin').length, 1);
});

test('let in by fail after rooms has thrown: a guest, without rooms, found by nothing', async (t) => {
  const { io, authorizer, visit } = await startIndexed(t, {
    users,
    options: {
      index: ['id'],
      rooms: () => assert.fail('no tenant'),
      fail: (_data, _message, _critical, accept) => accept(),
    },
  });
  assert.equal((await visit('ann')).welcome, 'a stranger');
  assert.deepEqual([...io.of('/').adapter.rooms.keys()], [...io.sockets.sockets.keys()]);
  assert.equal(filterSocketsByUser(io, { id: 1 }).length, 0);
  assert.deepEqual(authorizer.users('id'), new Map());
});

test('an app that takes all listeners of a namespace away has rooms all the same', async (t) => {
  const { io, visit } = await startIndexed(t, { users, options: { rooms: roomsOf } });
  await visit('ann');
  io.sockets.removeAllListeners();
  greet(io);
  await visit('bob');
  await visit('ann');
  assert.deepEqual([membersOf(io, 'user:1').length, membersOf(io, 'user:2').length], [2, 1]);
});

test('one listener of a namespace, however many come; each joins once what was given', () => {
  const given = [];
  const authorizer = authorizerOf({ rooms: () => given });
  const namespace = new FakeNamespace();
  for (const id of [1, 2, 3]) {
    const joined = [];
    const socket = Object.assign(visitorOf(namespace, { id }), { join: (room) => joined.push(room) });
    given.splice(0, 2, 'news', 'user:' + id);
    assert.equal(admit(authorizer, socket), undefined);
    // The array is the app's, which may fill it anew.
    given.length = 0;
    enter(socket);
    assert.deepEqual(joined, ['news', 'user:' + id]);
    namespace.emit('connect', socket);
    assert.equal(joined.length, 2);
  }
  assert.equal(namespace.listenerCount('connect'), 1);
});

test('fetchSockets() and disconnectSockets() by the rooms of a user', async (t) => {
  const { io, visit } = await startIndexed(t, { users, options: { rooms: roomsOf, index: ['id'] } });
  for (const name of ['ann', 'bob', 'ann']) await visit(name);
  assert.equal((await io.in('user:1').fetchSockets()).length, 2);
  io.in('user:1').disconnectSockets();
  assert.deepEqual(await io.in('user:1').fetchSockets(), []);
  assert.equal(filterSocketsByUser(io, { id: [1, 2] }).length, 1);
});
