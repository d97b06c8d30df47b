'use strict';

// The authorizer of passport-socketio-native/testing behaves as the real one: the same cases with both. A case is true of the
// real one first of all.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { membersOf } = require('./support/index-app');
const { until } = require('./support/live/app');
const { VERSIONS } = require('./support/socket-server');
const { KINDS, greet, startKind } = require('./support/testing');
const { cookieOf, handshake, visit } = require('./support/visit');

const LET_IN = (_data, _message, _critical, accept) => accept(null, true);

for (const kind of Object.keys(KINDS)) {
  const make = (options, users = {}) =>
    KINDS[kind].make({ users: { ann: { name: 'ann' }, ...users }, ended: new Set() }, options);

  for (const version of VERSIONS) {
    test(`${kind}, Socket.IO ${version}: a user, and nobody`, async (t) => {
      const { visit: connect, authorizer } = await startKind(t, { kind, version });
      assert.equal((await connect('ann')).welcome, 'ann');
      const { refused } = await connect('nobody');
      const message = 'User not authorized through passport. (User Property not found)';
      assert.equal(refused.message ?? refused, message);
      if (version >= 3) assert.deepEqual(refused.data, { code: 'NOT_LOGGED_IN' });
      const { authorized, refused: count, failures, pending } = authorizer.stats();
      const expected = { authorized: 1, count: 1, failures: { NOT_LOGGED_IN: 1 }, pending: 0 };
      assert.deepEqual({ authorized, count, failures, pending }, expected);
    });

    test(`${kind}, Socket.IO ${version}: index, rooms and shared properties`, async (t) => {
      const options = { index: ['role'], share: ['name'], rooms: ({ name }) => [`user:${name}`] };
      const app = await startKind(t, { kind, version, options });
      const { there } = await app.enter('ann');
      await app.enter('bob');
      assert.deepEqual(app.filterSocketsByUser(app.io, { role: 'admin' }), [there]);
      assert.equal(app.countSocketsByUser(app.io, { name: ['ann', 'bob'] }), 2);
      assert.deepEqual(membersOf(app.io, 'user:ann'), [there.id]);
      if (version >= 3) assert.deepEqual(app.authorizer.users('role'), new Map([['admin', 1]]));
      if (version >= 4) assert.deepEqual(there.data.user, { name: 'ann' });
      assert.throws(() => app.authorizer.users('name'), /"name" is not indexed/);
    });

    test(`${kind}, Socket.IO ${version}: onSessionEnd tells each socket of the session`, async (t) => {
      const ends = [];
      const onSessionEnd = (socket, reason) => ends.push([socket.request.user.name, reason]);
      const app = await startKind(t, { kind, version, options: { onSessionEnd } });
      const { there, socket } = await app.enter('ann');
      await app.enter('bob');
      assert.equal(app.authorizer.stats().watch.sockets, 2);
      app.end('ann', there);
      await until(() => ends.length > 0);
      assert.deepEqual(ends, [['ann', 'destroyed']]);
      assert.equal(socket.connected, true);
      const { sessions, sockets, ended } = app.authorizer.stats().watch;
      assert.deepEqual([sessions, sockets, ended.destroyed], [1, 1, 1]);
    });

    test(`${kind}, Socket.IO ${version}: onSessionEnd 'disconnect'`, async (t) => {
      const app = await startKind(t, { kind, version, options: { onSessionEnd: 'disconnect' } });
      const { there, socket } = await app.enter('ann');
      const gone = new Promise((resolve) => socket.once('disconnect', resolve));
      app.end('ann', there);
      assert.match(await gone, /io server disconnect|transport close/);
    });

    test(`${kind}, Socket.IO ${version}: recheck follows the user, and finds a session that is gone`, async (t) => {
      const options = { index: ['role'], rooms: ({ role }) => [`role:${role}`], fail: LET_IN };
      const app = await startKind(t, { kind, version, options });
      const { there } = await app.enter('ann');
      app.users.ann = { name: 'ann', role: 'user' };
      assert.deepEqual(await app.authorizer.recheck(there), { name: 'ann', role: 'user', logged_in: true });
      assert.deepEqual(app.filterSocketsByUser(app.io, { role: 'user' }), [there]);
      assert.deepEqual(membersOf(app.io, 'role:user'), [there.id]);
      assert.deepEqual(membersOf(app.io, 'role:admin'), []);
      app.end('ann', there);
      assert.equal(await app.authorizer.recheck(there), undefined);
      assert.deepEqual(there.request.user, { logged_in: false });
      assert.deepEqual(membersOf(app.io, 'role:user'), []);
      await app.authorizer.recheck();
    });
  }

  test(`${kind}: protect guards every namespace but the exceptions`, async (t) => {
    const app = await startKind(t, {
      kind,
      prepare(io, authorizer) {
        for (const name of ['/', '/chat', '/public']) greet(io.of(name));
        authorizer.protect(io, { except: '/public' });
      },
    });
    assert.equal((await app.visit('ann', { namespace: '/chat' })).welcome, 'ann');
    assert.equal((await app.visit('nobody', { namespace: '/chat' })).refused.data.code, 'NOT_LOGGED_IN');
    assert.equal((await app.visit('nobody', { namespace: '/public' })).welcome, 'a stranger');
  });

  test(`${kind}: allowRequest`, async (t) => {
    const app = await startKind(t, {
      kind,
      settings: (authorizer) => ({ allowRequest: authorizer }),
      prepare: greet,
    });
    assert.equal((await app.visit('ann')).welcome, 'ann');
    assert.ok((await app.visit('nobody')).refused);
    const request = { method: 'GET', headers: { cookie: cookieOf('nobody') } };
    const { error, accepted } = await handshake(make(), request);
    assert.deepEqual([error, accepted], ['NOT_LOGGED_IN', false]);
    const old = await handshake(make(), cookieOf('nobody'));
    assert.deepEqual([old.error, old.accepted], [null, false]);
  });

  test(`${kind}: a guest whom fail lets in`, async () => {
    const { error, data } = await visit(make({ fail: LET_IN, userProperty: 'account' }), cookieOf('nobody'));
    assert.equal(error, undefined);
    assert.deepEqual(data.account, { logged_in: false });
  });

  test(`${kind}: what success and fail get`, async () => {
    const got = [];
    const options = {
      success(data, accept) {
        got.push([this.own, data.user.name, data.socketio_version_1]);
        accept();
      },
      fail(data, message, critical, accept, { code, cause }) {
        got.push([message, critical, code, cause]);
        accept(new Error(code));
      },
      own: 'option',
    };
    const broken = new Error('no database');
    const authorizer = make(options, { broken });
    for (const name of ['ann', 'nobody', 'broken']) await visit(authorizer, cookieOf(name));
    authorizer.close();
    const { error } = await visit(authorizer, cookieOf('ann'));
    assert.equal(error.message, 'CLOSED');
    const closed = got.pop();
    assert.match(closed[0], /^Error in session store:\n/);
    assert.deepEqual(
      [closed[1], closed[2], closed[3].message],
      [true, 'CLOSED', 'the authorizer was closed'],
    );
    assert.deepEqual(got, [
      ['option', 'ann', true],
      ['User not authorized through passport. (User Property not found)', false, 'NOT_LOGGED_IN', undefined],
      [broken, true, 'DESERIALIZE_ERROR', broken],
    ]);
  });

  test(`${kind}: only a clear yes lets in`, async () => {
    for (const answer of [[], [null], [undefined], [null, true], [undefined, 1], [false, true]]) {
      const { error } = await visit(make({ success: (_data, accept) => accept(...answer) }), cookieOf('ann'));
      assert.equal(error, undefined, String(answer));
    }
    for (const answer of [
      [null, false],
      [null, 0],
      [null, undefined],
      [false],
      [0],
      [''],
      [null, Promise.resolve(1)],
    ]) {
      const { error } = await visit(make({ success: (_data, accept) => accept(...answer) }), cookieOf('ann'));
      assert.deepEqual(
        [error.message, error.code, error.data],
        ['Not authorized', 'REFUSED', { code: 'REFUSED' }],
      );
    }
  });

  test(`${kind}: what is thrown or rejected refuses`, async () => {
    const broken = new Error('full');
    const throws = () => {
      throw broken;
    };
    const rejects = () => Promise.reject(broken);
    for (const fails of [throws, rejects]) {
      const bySuccess = await visit(make({ success: fails }), cookieOf('ann'));
      assert.deepEqual(
        [bySuccess.error.message, bySuccess.error.code],
        ['Error in authorization', 'CALLBACK_ERROR'],
      );
      assert.equal(bySuccess.error.cause, broken);
      assert.equal((await visit(make({ fail: fails }), cookieOf('nobody'))).error, broken);
    }
    const { error } = await visit(make({ success: (_data, accept) => accept('a text') }), cookieOf('ann'));
    assert.deepEqual([error.message, error.data], ['a text', { code: 'REFUSED' }]);
    assert.ok(error instanceof KINDS[kind].AuthorizationError);
  });

  test(`${kind}: a user who does not come in time`, async () => {
    const { error } = await visit(make({ timeout: 20 }, { late: 'late' }), cookieOf('late'));
    assert.deepEqual([error.message, error.code], ['Error in deserializing the user', 'DESERIALIZE_TIMEOUT']);
    assert.match(error.cause.message, /no answer within 20 ms/);
  });

  test(`${kind}: rooms that throw`, async (t) => {
    const broken = new Error('no rooms');
    const rooms = () => {
      throw broken;
    };
    const { visit: connect } = await startKind(t, { kind, options: { rooms } });
    assert.deepEqual((await connect('ann')).refused.data, { code: 'CALLBACK_ERROR' });
  });

  test(`${kind}: a client that leaves is watched no more`, async (t) => {
    const app = await startKind(t, { kind, options: { onSessionEnd: () => {}, index: ['role'] } });
    const { there, socket } = await app.enter('ann');
    const gone = once(there, 'disconnect');
    socket.close();
    await gone;
    const { sessions, sockets } = app.authorizer.stats().watch;
    assert.deepEqual([sessions, sockets, app.authorizer.users('role').size], [0, 0, 0]);
  });

  test(`${kind}: sockets whose request alone was authorized are indexed after the first reindex`, async (t) => {
    const app = await startKind(t, {
      kind,
      options: { index: ['role'] },
      settings: (authorizer) => ({ allowRequest: authorizer }),
      prepare: greet,
    });
    const { there } = await app.enter('ann');
    app.authorizer.reindex(there);
    await app.enter('bob');
    assert.deepEqual(app.authorizer.users('role'), new Map([['admin', 1]]));
    app.users.cid = { name: 'cid', role: 'admin' };
    const cid = await app.enter('cid');
    assert.deepEqual(app.authorizer.users('role'), new Map([['admin', 2]]));
    cid.there.request.user.role = 'user';
    assert.deepEqual(app.filterSocketsByUser(app.io, { role: 'admin' }), [there, cid.there]);
  });

  test(`${kind}: a socket with a user of each of two authorizers`, async (t) => {
    const users = { ann: { name: 'ann', role: 'admin' } };
    const accounts = { ann: { name: 'ann', role: 'owner' } };
    const other = KINDS[kind].make(
      { users: accounts, ended: new Set() },
      { userProperty: 'account', index: ['role'] },
    );
    const prepare = (io, authorizer) => {
      io.use(authorizer);
      io.use(other);
      greet(io);
    };
    const app = await startKind(t, { kind, users, options: { index: ['role'] }, prepare });
    const { there } = await app.enter('ann');
    for (const role of ['admin', 'owner'])
      assert.deepEqual(app.filterSocketsByUser(app.io, { role }), [there]);
    assert.deepEqual(app.authorizer.users('role'), new Map([['admin', 1]]));
    assert.deepEqual(other.users('role'), new Map([['owner', 1]]));
    there.request.account.role = 'guest';
    assert.equal(app.countSocketsByUser(app.io, { role: 'owner' }), 0);
  });

  test(`${kind}: a client that has left`, async () => {
    let isAsked = false;
    const authorizer = make({ success: () => (isAsked = true) });
    const socket = {
      request: { headers: { cookie: cookieOf('ann') } },
      conn: { readyState: 'closed', protocol: 4 },
    };
    const error = await new Promise((resolve) => authorizer(socket, resolve));
    assert.deepEqual([error.code, isAsked], ['REFUSED', false]);
  });

  test(`${kind}: ready, close and reindex`, async () => {
    const authorizer = make({ index: ['role'] });
    assert.equal(await authorizer.ready(), undefined);
    assert.equal(authorizer.backend.kind, 'store');
    assert.throws(() => authorizer.reindex(undefined), TypeError);
    await assert.rejects(authorizer.recheck(undefined), TypeError);
    authorizer.close();
    authorizer.close();
    await assert.rejects(authorizer.ready(), ({ code, message }) => code === 'CLOSED' && message.length > 0);
    assert.equal(authorizer.backend.state, 'down');
    assert.throws(() => authorizer({}, {}, () => {}), TypeError);
  });
}
