'use strict';

// The Map of a namespace's sockets, from which the index hears of them: replaced, shared, passed by.

const assert = require('node:assert/strict');
const path = require('node:path');
const { test } = require('node:test');
const { assertFound, counts } = require('./support/index-model');
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

/** As an app has it whose dependencies bring this package along twice. */
function copyOfPackage() {
  const root = path.join(__dirname, '..');
  for (const file of Object.keys(require.cache)) {
    if (file === path.join(root, 'index.js') || file.startsWith(path.join(root, 'lib', path.sep)))
      delete require.cache[file];
  }
  return require('..');
}

test('an app that gives a namespace another Map', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  const [gone, stays] = [1, 1].map((id) => connect(authorizer, namespace, { id }));
  namespace.sockets = new Map([[stays.id, stays]]);
  assertFound(namespace, { id: 1 }, [stays]);
  assert.deepEqual(counts(authorizer), { 1: 1 });

  // As many as before, but others; and from then on each is heard of again.
  const newcomer = visitorOf(namespace, { id: 1 });
  namespace.sockets = new Map();
  assert.equal(admit(authorizer, newcomer), undefined);
  enter(newcomer);
  assert.deepEqual(counts(authorizer), { 1: 1 });
  assertFound(namespace, { id: 1 }, [newcomer]);
  disconnect(newcomer);
  disconnect(gone);
  assert.deepEqual(counts(authorizer), {});
});

test('another Map of as many sockets, and nobody comes: who is there is who is in it', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  const sockets = [1, 1].map((id) => connect(authorizer, namespace, { id }));
  const stranger = visitorOf(namespace, null);
  stranger.request.user = { id: 1 };
  namespace.sockets = new Map([sockets[1], stranger].map((socket) => [socket.id, socket]));
  assertFound(namespace, { id: 1 }, [sockets[1], stranger]);
  assert.deepEqual(counts(authorizer), { 1: 1 });
  // Or who is online is asked first.
  namespace.sockets = new Map();
  assert.deepEqual(counts(authorizer), {});
});

test('the Map of a namespace stays what it was', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  const { sockets } = namespace;
  const ann = connect(authorizer, namespace, { id: 1 });
  assert.ok(sockets instanceof Map);
  assert.deepEqual(Object.keys(sockets), []);
  assert.deepEqual(sockets, new Map([[ann.id, ann]]));
  assert.equal(sockets.set(ann.id, ann), sockets);
  assert.deepEqual(counts(authorizer), { 1: 1 });
  assert.equal(sockets.delete('nobody'), false);
  assert.equal(sockets.delete(ann.id), true);
  assert.equal(sockets.delete(ann.id), false);
  assert.deepEqual(counts(authorizer), {});
  assert.equal(ann.listenerCount('disconnect') + namespace.listenerCount('connect'), 0);
});

test('the Map that a namespace had before says nothing any more', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  const ann = connect(authorizer, namespace, { id: 1 });
  const before = namespace.sockets;
  namespace.sockets = new Map(before);
  assertFound(namespace, { id: 1 }, [ann]);
  before.delete(ann.id);
  before.set('other', visitorOf(namespace, { id: 2 }));
  assert.deepEqual(counts(authorizer), { 1: 1 });
});

test('another socket under the same id', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  const first = connect(authorizer, namespace, { id: 1 });
  const second = Object.assign(visitorOf(namespace, { id: 2 }), { id: first.id });
  assert.equal(admit(authorizer, second), undefined);
  enter(second);
  assertFound(namespace, { id: [1, 2] }, [second]);
  first.emit('disconnect');
  assertFound(namespace, { id: [1, 2] }, [second]);
  assert.deepEqual(counts(authorizer), { 2: 1 });
});

test('the Map of a namespace is watched once, however often it was set right', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  const first = connect(authorizer, namespace, { id: 0 });
  const { set, delete: remove } = namespace.sockets;
  const there = [first];
  for (const id of [1, 2, 3]) {
    const stranger = visitorOf(namespace, null);
    stranger.request.user = { id };
    // Past everybody who watches.
    Map.prototype.set.call(namespace.sockets, stranger.id, stranger);
    there.push(stranger);
    assertFound(namespace, { id: [0, 1, 2, 3] }, there);
  }
  assert.equal(namespace.sockets.set, set);
  assert.equal(namespace.sockets.delete, remove);
});

test('each of two copies of this package hears at once of who comes and who goes', () => {
  const copies = [copyOfPackage(), copyOfPackage()];
  const namespace = new FakeNamespace();
  const authorizers = copies.map(({ authorize }) => authorizerOf(INDEX, authorize));
  const [ann, bob] = [1, 2].map((id) => {
    const socket = visitorOf(namespace, { id });
    for (const authorizer of authorizers) assert.equal(admit(authorizer, socket), undefined);
    return enter(socket);
  });
  disconnect(bob);
  for (const { request } of [ann, bob]) request.user.id = 9;
  for (const { filterSocketsByUser: filter } of copies) {
    // Of one that is there as of the connection; of one that is gone as of now.
    assert.deepEqual(filter([ann, bob], { id: [1, 2] }), [ann]);
    assert.deepEqual(filter([ann, bob], { id: 9 }), [bob]);
    assert.deepEqual(filter(namespace, { id: 1 }), [ann]);
  }
});
