'use strict';

// Where there is no index: Socket.IO 1 and 2, allowRequest, and Socket.IO without our middleware. Criteria are answered
// by looking at users.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const timers = require('node:timers');
const { countSocketsByUser, filterSocketsByUser } = require('..');
const { greet, membersOf, startIndexed } = require('./support/index-app');
const { warningsDuring } = require('./support/proof');
const { VERSIONS } = require('./support/socket-server');
const { cookieOf, handshake } = require('./support/visit');
const { admit, authorizerOf, enter, visitorOf, emptyNamespace } = require('./support/index-sockets');

const users = {
  ann: { id: 1, role: 'admin' },
  bob: { id: 2, role: 'mod' },
  cat: { id: 3, role: 'mod' },
};
const options = { index: ['id', 'role'] };

const CASES = [
  [{ id: 1 }, ['ann']],
  [{ id: '1' }, []],
  [{ role: 'mod' }, ['bob', 'cat']],
  [{ role: ['mod', 'admin'], id: [1, 3] }, ['ann', 'cat']],
  [{ role: 'mod', name: 'cat' }, ['cat']],
  [{ name: ['ann', 'bob'] }, ['ann', 'bob']],
  [{}, ['ann', 'bob', 'cat']],
];

function check(target) {
  for (const [criteria, names] of CASES) {
    const found = filterSocketsByUser(target, criteria);
    assert.deepEqual(
      found.map(({ request }) => request.user.name),
      names,
      JSON.stringify(criteria),
    );
    assert.equal(countSocketsByUser(target, criteria), names.length);
  }
}

function scannedDuring(authorizer, action) {
  const before = authorizer.stats().filters;
  action();
  const { indexed, scanned } = authorizer.stats().filters;
  return { indexed: indexed - before.indexed, scanned: scanned - before.scanned };
}

const ALL = { indexed: 0, scanned: 2 * CASES.length };

for (const version of [1, 2]) {
  test(`Socket.IO ${version}: criteria are answered by looking at users, as they are now`, async (t) => {
    const { io, authorizer, visit } = await startIndexed(t, {
      version,
      users,
      options,
      prepare(server, middleware) {
        server.use(middleware);
        greet(server);
        greet(server.of('/chat'));
      },
    });
    for (const name of ['ann', 'bob', 'cat']) assert.equal((await visit(name)).welcome, name);
    for (const target of [io, io.sockets, io.of('/'), Object.values(io.sockets.connected)]) {
      assert.deepEqual(
        scannedDuring(authorizer, () => check(target)),
        ALL,
      );
    }
    const { socket } = await visit('ann', { namespace: '/chat' });
    assert.deepEqual(
      filterSocketsByUser(io.of('/chat'), { role: 'admin' }).map(({ nsp }) => nsp.name),
      ['/chat'],
    );

    // There is nothing to bring up to date, and nobody is registered.
    const [bob] = filterSocketsByUser(io, { id: 2 });
    bob.request.user.role = 'admin';
    assert.deepEqual(filterSocketsByUser(io, { role: 'admin', id: 2 }), [bob]);
    authorizer.reindex(bob);
    assert.deepEqual(authorizer.users('role'), new Map());
    const gone = once(bob, 'disconnect');
    bob.disconnect(true);
    await gone;
    assert.deepEqual(filterSocketsByUser(io, { id: 2 }), []);
    socket.close();
  });
}

for (const version of VERSIONS) {
  test(`Socket.IO ${version}, allowRequest: no socket yet, no index, the right answers`, async (t) => {
    hurry(t);
    const warned = once(process, 'warning');
    const { io, authorizer, visit } = await startIndexed(t, {
      version,
      users,
      options: { ...options, rooms: (user) => user.role },
      settings: (middleware) => ({ allowRequest: middleware }),
      prepare: (server) => greet(server),
    });
    for (const name of ['ann', 'bob', 'cat']) assert.equal((await visit(name)).welcome, name);
    const [{ code, name }] = await warned;
    assert.deepEqual({ code, name }, { code: 'NO_SOCKET_YET', name: 'PassportSocketIoWarning' });
    assert.deepEqual(
      scannedDuring(authorizer, () => check(io)),
      ALL,
    );
    assert.deepEqual(authorizer.users('id'), new Map());
    assert.deepEqual(membersOf(io, 'admin'), []);
  });
}

/** What waits for a minute comes at once. Gives how often that was. */
function hurry(t) {
  const original = timers.setTimeout;
  const hurried = { times: 0 };
  timers.setTimeout = (callback, ms, ...rest) => {
    if (ms !== 60_000) return original(callback, ms, ...rest);
    hurried.times += 1;
    return original(callback, 0, ...rest);
  };
  t.after(() => (timers.setTimeout = original));
  return hurried;
}

test('no warning where the authorizer is a middleware as well; and an index of sockets that skip it', async (t) => {
  const hurried = hurry(t);
  const warnings = warningsDuring(t);
  const { authorizer, namespace } = emptyNamespace({ index: ['id'] });
  const requestOf = (brought) => ({ method: 'GET', headers: { cookie: cookieOf('ann') }, brought });
  const ann = visitorOf(namespace, { id: 1 });
  const first = handshake(authorizer, Object.assign(ann.request, { method: 'GET' }));
  assert.equal(admit(authorizer, ann), undefined);
  enter(ann);
  assert.ok((await first).accepted);
  // Recovered by Socket.IO, without a middleware.
  const request = requestOf({ id: 2 });
  assert.ok((await handshake(authorizer, request)).accepted);
  const recovered = enter(Object.assign(visitorOf(namespace, null), { request }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(hurried.times, 1);
  assert.deepEqual(warnings, []);
  assert.deepEqual(filterSocketsByUser(namespace, { id: [1, 2] }), [ann, recovered]);
  assert.deepEqual(Object.fromEntries(authorizer.users('id')), { 1: 1, 2: 1 });
  const counted = scannedDuring(authorizer, () => filterSocketsByUser(namespace, { id: 2 }));
  assert.deepEqual(counted, { indexed: 1, scanned: 0 });
});

test('the warning comes once for each authorizer that has a use for sockets, after its first success', async (t) => {
  hurry(t);
  const warnings = warningsDuring(t);
  const success = (data, accept) => {
    data.user.id = 1;
    accept(null, true);
  };
  const come = async (authorizer, brought = { id: 1 }) => {
    const { accepted } = await handshake(authorizer, {
      method: 'GET',
      headers: { cookie: cookieOf('ann') },
      brought,
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    return accepted;
  };
  const [indexed, roomy, plain, empty] = [{ index: ['id'] }, { rooms: () => [] }, {}, { index: [] }].map(
    (more) => authorizerOf({ ...more, success }),
  );
  assert.equal(await come(indexed, null), false);
  assert.deepEqual(warnings, []);
  for (let i = 0; i < 3; i += 1) assert.equal(await come(indexed), true);
  assert.deepEqual(warnings, ['NO_SOCKET_YET']);
  for (let i = 0; i < 3; i += 1) assert.equal(await come(roomy), true);
  assert.deepEqual(warnings, ['NO_SOCKET_YET', 'NO_SOCKET_YET']);
  for (const authorizer of [plain, empty]) assert.equal(await come(authorizer), true);
  assert.equal(warnings.length, 2);
});

test('what has a request but is in no namespace is let in, and is warned of', async () => {
  const warned = once(process, 'warning');
  const authorizer = authorizerOf({ ...options, rooms: () => 'news' });
  const request = { headers: { cookie: cookieOf('ann') }, brought: { id: 1 } };
  assert.equal(admit(authorizer, { request }), undefined);
  assert.equal((await warned)[0].code, 'NO_SOCKET_YET');
  assert.deepEqual(authorizer.users('id'), new Map());
});
