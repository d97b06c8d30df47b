'use strict';

// Listeners taken away, sockets that were there before, sockets authorized twice: what the index knows stays true.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { filterSocketsByUser } = require('..');
const { assertFound, counts } = require('./support/index-model');
const { startIndexed, leave } = require('./support/index-app');
const {
  FakeNamespace,
  admit,
  authorizerOf,
  connect,
  disconnect,
  enter,
  visitorOf,
  emptyNamespace,
} = require('./support/index-sockets');

const INDEX = { index: ['id'] };

test('an app that takes all listeners of a socket away', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  const [first, second, third] = [1, 1, 2].map((id) => connect(authorizer, namespace, { id }));
  second.removeAllListeners();
  assertFound(namespace, { id: 1 }, [first, second]);
  disconnect(second);
  assertFound(namespace, { id: 1 }, [first]);
  assertFound(namespace, { id: 2 }, [third]);

  third.removeAllListeners('disconnect');
  disconnect(third);
  assert.deepEqual(counts(authorizer), { 1: 1 });
  assertFound([third, first], { id: [1, 2] }, [third, first]);
});

test('an app that takes all listeners of a namespace away', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  const sockets = [connect(authorizer, namespace, { id: 1 })];
  namespace.removeAllListeners();
  sockets.push(connect(authorizer, namespace, { id: 1 }), enter(visitorOf(namespace, { id: 1 })));
  sockets.push(connect(authorizer, namespace, { id: 1 }));
  assertFound(namespace, { id: 1 }, [sockets[0], sockets[1], sockets[3]]);
  assert.deepEqual(counts(authorizer), { 1: 3 });

  // It is heard of the next ones again.
  sockets.push(connect(authorizer, namespace, { id: 2 }));
  assert.deepEqual(counts(authorizer), { 1: 3, 2: 1 });
  assertFound(namespace, { id: 2 }, [sockets[4]]);
  namespace.removeAllListeners();
  sockets.push(connect(authorizer, namespace, { id: 2 }));
  assert.deepEqual(counts(authorizer), { 1: 3, 2: 2 });
});

test('by Socket.IO itself: listeners of io and of sockets taken away', async (t) => {
  const users = { ann: { id: 1 }, bob: { id: 2 } };
  const { io, authorizer, visit } = await startIndexed(t, { users, options: INDEX });
  const ids = (target, id) => filterSocketsByUser(target, { id }).map((socket) => socket.request.user.id);
  const { socket } = await visit('ann');
  io.sockets.sockets.get(socket.id).removeAllListeners();
  await leave(io, socket);
  assert.deepEqual(ids(io, [1, 2]), []);
  assert.deepEqual(counts(authorizer), {});

  io.sockets.removeAllListeners();
  io.sockets.on('connection', (there) => there.emit('welcome'));
  await visit('ann');
  const bob = await visit('bob');
  assert.deepEqual(ids(io, [1, 2]), [1, 2]);
  await leave(io, bob.socket);
  assert.deepEqual(ids(io, [1, 2]), [1]);
  await visit('bob');
  assert.deepEqual(counts(authorizer), { 1: 1, 2: 1 });
});

test('sockets that were there before the authorizer, and before its first success, come first', () => {
  const namespace = new FakeNamespace();
  const before = enter(visitorOf(namespace, { id: 1 }));
  before.request.user = { id: 1 };
  const authorizer = authorizerOf({
    ...INDEX,
    fail: (_data, _message, _critical, accept) => accept(),
  });
  const guest = visitorOf(namespace, null);
  assert.equal(admit(authorizer, guest), undefined);
  guest.request.user.id = 1;
  enter(guest);
  const ann = connect(authorizer, namespace, { id: 1 });
  const late = enter(visitorOf(namespace, null));
  late.request.user = { id: 1 };
  assertFound(namespace, { id: 1 }, [before, guest, ann, late]);
  for (const socket of [before, ann]) disconnect(socket);
  assertFound(namespace, { id: 1 }, [guest, late]);
  assert.deepEqual(counts(authorizer), { 1: 1 });
});

test('a connected socket that is authorized again is the same member, with the values of now', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  const [ann, bob] = [1, 2].map((id) => connect(authorizer, namespace, { id }));
  ann.request.brought = { id: 3 };
  assert.equal(admit(authorizer, ann), undefined);
  assertFound(namespace, { id: [1, 2, 3] }, [ann, bob]);
  assertFound(namespace, { id: 3 }, [ann]);
  assert.deepEqual(counts(authorizer), { 2: 1, 3: 1 });
  disconnect(ann);
  assertFound(namespace, { id: [1, 2, 3] }, [bob]);
  assert.deepEqual(counts(authorizer), { 2: 1 });

  // Refused this time: the app will disconnect it, or not.
  bob.request.brought = null;
  assert.equal(admit(authorizer, bob).code, 'USER_NOT_FOUND');
  assertFound(namespace, { id: 2 }, []);
});

test('another namespace of the same client has its user elsewhere: reindex reads that of the socket', () => {
  const namespaces = [new FakeNamespace('/'), new FakeNamespace('/admin')];
  const authorizers = [authorizerOf(INDEX), authorizerOf({ ...INDEX, userProperty: 'admin' })];
  const ann = connect(authorizers[0], namespaces[0], { id: 1 });
  const refused = Object.assign(visitorOf(namespaces[1], null), { request: ann.request });
  ann.request.brought = null;
  assert.equal(admit(authorizers[1], refused).code, 'USER_NOT_FOUND');
  assertFound(namespaces[0], { id: 1 }, [ann]);
  authorizers[0].reindex(ann);
  assertFound(namespaces[0], { id: 1 }, [ann]);
  assert.deepEqual(counts(authorizers[0]), { 1: 1 });
});

test('reindex of what is no member of this authorizer changes nothing', () => {
  const [authorizer, other] = [authorizerOf(INDEX), authorizerOf({ index: ['id', 'role'] })];
  const none = authorizerOf({});
  const namespace = new FakeNamespace();
  const [ann, bob] = [connect(authorizer, namespace, { id: 1 }), connect(other, namespace, { id: 2 })];
  const coming = visitorOf(namespace, { id: 3 });
  assert.equal(admit(authorizer, coming), undefined);
  const gone = connect(authorizer, namespace, { id: 4 });
  disconnect(gone);
  const stranger = enter(visitorOf(namespace, { id: 5 }));
  for (const socket of [ann, bob, coming, gone]) socket.request.user.id = 9;

  for (const [reindexer, sockets] of [
    [authorizer, [bob, coming, gone, stranger, {}, { request: null }]],
    [other, [ann, coming, gone, stranger]],
    [none, [ann, bob]],
  ]) {
    for (const socket of sockets) assert.equal(reindexer.reindex(socket), undefined);
  }
  assert.deepEqual(filterSocketsByUser(namespace, { id: 1 }), [ann]);
  assert.deepEqual(filterSocketsByUser(namespace, { id: 2 }), [bob]);
  assertFound([...namespace.sockets.values(), gone], { id: 5 }, []);

  authorizer.reindex(ann);
  other.reindex(bob);
  assertFound(namespace, { id: 9 }, [ann, bob]);
  // The values are those of the moment of connection, not of authorization.
  enter(coming);
  assertFound(namespace, { id: 9 }, [ann, bob, coming]);
});

test('users(property): distinct values, and how many sockets have each', () => {
  const authorizer = authorizerOf({ index: ['id', 'team.id'] });
  const other = authorizerOf({ index: ['id', 'role'] });
  const [namespace, chat] = [new FakeNamespace('/'), new FakeNamespace('/chat')];
  const values = [1, '1', 1n, null, true, 1, undefined, NaN, -0, 0, {}, '\ud800', '1'];
  for (const id of values) connect(authorizer, namespace, { id, team: { id: 7 } });
  connect(authorizer, chat, { id: 1 });
  connect(other, namespace, { id: 1 });
  assert.deepEqual(
    [...authorizer.users('id')],
    [
      [1, 3],
      ['1', 2],
      [1n, 1],
      [null, 1],
      [true, 1],
      [0, 2],
      ['\ud800', 1],
    ],
  );
  assert.deepEqual(authorizer.users('team.id'), new Map([[7, values.length]]));
  assert.deepEqual(other.users('id'), new Map([[1, 1]]));
  assert.deepEqual(other.users('role'), new Map());
  // A copy: the app's own.
  authorizer.users('id').clear();
  assert.equal(authorizer.users('id').get(1), 3);

  for (const property of ['role', 'team', '', undefined, null, {}, 'id.']) {
    assert.throws(() => authorizer.users(property), {
      name: 'TypeError',
      message: `authorizer.users(property): "${property}" is not indexed. The option index has id, team.id.`,
    });
  }
  for (const index of [undefined, []]) {
    assert.throws(() => authorizerOf({ index }).users('id'), {
      name: 'TypeError',
      message: 'authorizer.users(property): "id" is not indexed: there is no option index.',
    });
  }
});

test('a disconnect that a client makes up changes nothing: Socket.IO 3 hands such an event on', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  const ann = connect(authorizer, namespace, { id: 1 });
  ann.emit('disconnect', 'made up');
  assert.deepEqual(counts(authorizer), { 1: 1 });
  const { filters } = authorizer.stats();
  assertFound(namespace, { id: 1 }, [ann]);
  assert.equal(authorizer.stats().filters.scanned, filters.scanned);
});

test('namespaces that come and go use up no numbers, and a number is never of two', () => {
  const authorizer = authorizerOf(INDEX);
  const stays = new FakeNamespace('/stays');
  const ann = connect(authorizer, stays, { id: 1 });
  for (let round = 0; round < 50; round++) {
    const [one, other] = [new FakeNamespace('/one'), new FakeNamespace('/other')];
    const sockets = [connect(authorizer, one, { id: 1 }), connect(authorizer, other, { id: 1 })];
    assertFound(one, { id: 1 }, [sockets[0]]);
    assertFound(other, { id: 1 }, [sockets[1]]);
    for (const socket of sockets) disconnect(socket);
    for (const namespace of [one, other]) assertFound(namespace, { id: 1 }, []);
    // Its number may be another's by now.
    const late = connect(authorizer, one, { id: 2 });
    assertFound(other, { id: 2 }, []);
    assertFound(one, { id: 2 }, [late]);
    disconnect(late);
    assertFound(stays, { id: 1 }, [ann]);
  }
});
