'use strict';

// Properties of a user that are getters, and act while the index reads them.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { countSocketsByUser, filterSocketsByUser } = require('..');
const { assertFound, counts } = require('./support/index-model');
const { admit, connect, disconnect, enter, visitorOf, emptyNamespace } = require('./support/index-sockets');

const INDEX = { index: ['id'] };

/** One whose id the app computes. */
function visitorReadBy(namespace, get) {
  return visitorOf(namespace, Object.defineProperty({}, 'id', { get }));
}

test('a getter that disconnects its own socket leaves no member behind', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  let reads = 0;
  const ann = visitorReadBy(namespace, () => {
    reads += 1;
    if (namespace.sockets.has(ann.id)) disconnect(ann);
    return reads;
  });
  assert.equal(admit(authorizer, ann), undefined);
  enter(ann);
  assert.equal(reads, 1);
  // As a member it would have the id of its connection; asked, it has another each time.
  assert.deepEqual(filterSocketsByUser([ann], { id: 1 }), []);
  assert.deepEqual(counts(authorizer), {});
  assertFound(namespace, { id: 1 }, []);
});

test('a getter that authorizes its own socket once more: a member all the same', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  let reads = 0;
  const ann = visitorReadBy(namespace, () => {
    reads += 1;
    if (reads === 1) admit(authorizer, ann);
    return 1;
  });
  assert.equal(admit(authorizer, ann), undefined);
  enter(ann);
  assert.deepEqual(counts(authorizer), { 1: 1 });
  assertFound(namespace, { id: 1 }, [ann]);
});

test('a getter that throws for the user itself: the connection is made, and nothing finds that user', () => {
  const { authorizer, namespace } = emptyNamespace(INDEX);
  const ann = visitorOf(namespace, { id: 1 });
  assert.equal(admit(authorizer, ann), undefined);
  Object.defineProperty(ann.request, 'user', {
    get() {
      throw new Error('no user today');
    },
  });
  assert.equal(namespace.sockets.set(ann.id, ann), namespace.sockets);
  assert.deepEqual(filterSocketsByUser(namespace, { id: 1 }), []);
  assert.deepEqual(counts(authorizer), {});
});

test('a property that itself asks who is there makes no second member', () => {
  const { authorizer, namespace } = emptyNamespace({ index: ['id', 'company'] });
  const user = { id: 9 };
  let reads = 0;
  Object.defineProperty(user, 'company', {
    get: () => {
      reads += 1;
      return countSocketsByUser(namespace, { id: 9 });
    },
  });
  const ann = connect(authorizer, namespace, user);
  assert.equal(reads, 1);
  // While the user is read, the socket is not registered, and the user is read as any other is.
  assertFound(namespace, { company: 1 }, [ann]);
  assert.deepEqual(counts(authorizer), { 9: 1 });
  disconnect(ann);
  assert.deepEqual(counts(authorizer), {});
});
