'use strict';

// The option share: properties of the user in socket.data, which Socket.IO's adapters show on all nodes.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { filterSocketsByUser } = require('..');
const { greet, startIndexed } = require('./support/index-app');
const { FakeNamespace, admit, authorizerOf, visitorOf } = require('./support/index-sockets');
const { shared } = require('./support/shared-user');
const { VERSIONS } = require('./support/socket-server');
const { passportOf } = require('./support/visit');

test('properties by name and by path, and nothing else', () => {
  const user = {
    id: 7,
    name: 'ann',
    password: 'rabbit',
    team: { id: 1, name: 'red', key: 'secret' },
    tags: ['a'],
  };
  const { data } = shared(['id', 'name', 'team.id', 'team.name', 'tags', 'no', 'no.such'], user);
  assert.deepEqual(data, { user: { id: 7, name: 'ann', team: { id: 1, name: 'red' }, tags: ['a'] } });
  // A copy: a change of the user is shown by reindex.
  assert.notEqual(data.user.tags, user.tags);
  assert.deepEqual(shared(['team', 'team.id'], user).data.user.team, user.team);
  assert.deepEqual(shared(['team.id', 'team'], user).data.user.team, user.team);
  assert.deepEqual(shared(['constructor.name', 'toString'], { id: 7 }).data.user, {
    constructor: { name: 'Object' },
  });
  assert.deepEqual(shared(['id'], user, { userProperty: 'account' }).data, { account: { id: 7 } });
  assert.deepEqual(shared([], user).data, {});
});

test('values as they are after JSON; what JSON does not have is left out', () => {
  const circular = {};
  circular.self = circular;
  const values = {
    text: 'a',
    zero: 0,
    no: false,
    nothing: null,
    big: 2n ** 64n,
    bigs: [1n, { deep: 2n }],
    date: new Date(0),
    objectId: { toJSON: () => 'abc' },
    notANumber: NaN,
    infinite: Infinity,
    missing: undefined,
    symbol: Symbol('s'),
    method() {},
    circular,
    fails: { toJSON: () => assert.fail('no text') },
    get throws() {
      throw new Error('not loaded');
    },
  };
  const { data } = shared(Object.keys(values), values);
  assert.deepEqual(data.user, {
    text: 'a',
    zero: 0,
    no: false,
    nothing: null,
    big: '18446744073709551616',
    bigs: ['1', { deep: '2' }],
    date: '1970-01-01T00:00:00.000Z',
    objectId: 'abc',
  });
  JSON.stringify(data);
});

test('what the app has put there stays', () => {
  for (const own of [{ id: 'mine' }, 'a text', null, 0]) {
    const { authorizer, socket, data } = shared(['id'], { id: 7 }, { data: { user: own, more: 1 } });
    authorizer.reindex(socket);
    assert.deepEqual(data, { user: own, more: 1 });
  }
  const { authorizer, socket, data } = shared(['id'], { id: 7 });
  data.user = { id: 'mine' };
  socket.request.user.id = 8;
  authorizer.reindex(socket);
  assert.deepEqual(data, { user: { id: 'mine' } });
});

test('data that cannot be written is left alone, and nobody waits for ever', () => {
  const user = { id: 7 };
  const fixed = Object.freeze({ room: 'red' });
  assert.deepEqual(shared(['id'], user, { data: fixed }).socket.data, { room: 'red' });
  const accessor = Object.defineProperty({}, 'user', { get: () => undefined });
  assert.equal(shared(['id'], user, { data: accessor }).socket.data.user, undefined);
  const authorizer = authorizerOf({ share: ['id'], passport: passportOf((key, done) => done(null, false)) });
  const socket = Object.assign(visitorOf(new FakeNamespace(), user), {
    data: Object.freeze({ user: undefined }),
  });
  assert.equal(admit(authorizer, socket).code, 'USER_NOT_FOUND');
});

test('reindex refreshes it, and removes it where the user is gone', () => {
  const { authorizer, socket, data } = shared(['id', 'role'], { id: 7, role: 'user' });
  socket.request.user.role = 'admin';
  assert.deepEqual(data.user, { id: 7, role: 'user' });
  authorizer.reindex(socket);
  assert.deepEqual(data.user, { id: 7, role: 'admin' });
  for (const gone of [null, { logged_in: false, id: 9 }]) {
    socket.request.user = gone;
    authorizer.reindex(socket);
    assert.deepEqual(data, {});
    socket.request.user = { id: 8 };
    authorizer.reindex(socket);
    assert.deepEqual(data, { user: { id: 8 } });
  }
});

test('a guest shows nothing, also where another user was there', () => {
  const fail = (_data, _message, _critical, accept) => accept();
  assert.deepEqual(shared(['id'], null, { fail }).data, {});
  const decisions = [true, false];
  const authorizer = authorizerOf({
    share: ['id'],
    fail,
    success(data, accept) {
      if (!decisions.shift()) throw new Error('not any more');
      accept();
    },
  });
  const socket = Object.assign(visitorOf(new FakeNamespace(), { id: 7 }), { data: {} });
  admit(authorizer, socket);
  assert.deepEqual(socket.data, { user: { id: 7 } });
  admit(authorizer, socket);
  assert.deepEqual(socket.data, {});
});

test('the user that success puts in place is shown; a refused one is not', () => {
  const replaced = shared(
    ['id'],
    { id: 7 },
    {
      success(data, accept) {
        data.user = { id: 8 };
        accept();
      },
    },
  );
  assert.deepEqual(replaced.data, { user: { id: 8 } });
  const authorizer = authorizerOf({ share: ['id'], success: (_data, accept) => accept(null, false) });
  const socket = Object.assign(visitorOf(new FakeNamespace(), { id: 7 }), { data: {} });
  assert.ok(admit(authorizer, socket));
  assert.deepEqual(socket.data, {});
});

test('each userProperty has its own', () => {
  const namespace = new FakeNamespace();
  const [users, accounts] = ['user', 'account'].map((userProperty) =>
    authorizerOf({ userProperty, share: ['id'] }),
  );
  const socket = Object.assign(visitorOf(namespace, { id: 7 }), { data: {} });
  admit(users, socket);
  socket.request.brought = { id: 8 };
  admit(accounts, socket);
  assert.deepEqual(socket.data, { user: { id: 7 }, account: { id: 8 } });
  socket.request.user = { id: 9 };
  users.reindex(socket);
  socket.request.account = null;
  accounts.reindex(socket);
  assert.deepEqual(socket.data, { user: { id: 9 } });
});

for (const version of VERSIONS) {
  test(`Socket.IO ${version}: ${version < 4 ? 'no data to share, and nobody is refused' : 'in socket.data'}`, async (t) => {
    const { io, visit, authorizer } = await startIndexed(t, {
      version,
      users: { ann: { id: 1 } },
      options: { share: ['id'] },
    });
    assert.equal((await visit('ann')).welcome, 'ann');
    const [socket] = filterSocketsByUser(io, { id: 1 });
    authorizer.reindex(socket);
    assert.deepEqual(socket.data?.user, version < 4 ? undefined : { id: 1 });
  });
}

test('a recovered socket shows its user as of now, or none', async (t) => {
  const users = { ann: { id: 1 } };
  const { io, visit } = await startIndexed(t, {
    users,
    settings: () => ({ connectionStateRecovery: {} }),
    options: { share: ['id', 'name'], fail: (_data, _message, _critical, accept) => accept() },
    prepare(server, middleware) {
      server.use(middleware);
      server.on('connection', (socket) => socket.join('news'));
      greet(server);
    },
  });
  const { socket } = await visit('ann');
  const comeBack = async () => {
    const [there] = io.sockets.sockets.values();
    there.data.since = 1;
    const gone = once(there, 'disconnect');
    socket.io.engine.close();
    await gone;
    // Adapters that keep the state elsewhere restore a copy.
    for (const session of io.sockets.adapter.sessions.values()) session.data = structuredClone(session.data);
    const back = new Promise((resolve) => io.once('connection', resolve));
    socket.connect();
    const { recovered, data } = await back;
    assert.equal(recovered, true);
    return data;
  };
  users.ann.id = 2;
  assert.deepEqual(await comeBack(), { since: 1, user: { id: 2, name: 'ann' } });
  delete users.ann;
  assert.deepEqual(await comeBack(), { since: 1 });
});
