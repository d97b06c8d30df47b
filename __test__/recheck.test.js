'use strict';

// authorizer.recheck(socket): user, index, shared data and rooms follow the session, on every Socket.IO with middlewares.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { filterSocketsByUser } = require('..');
const { guardBoth, membersOf } = require('./support/index-app');
const { until } = require('./support/recovered');
const { sessionOf, startRechecked } = require('./support/recheck');
const { VERSIONS } = require('./support/socket-server');

const options = {
  index: ['role'],
  share: ['id', 'role'],
  rooms: ({ id, role }) => [`user:${id}`, `role:${role}`],
  fail: (_data, _message, _critical, accept) => accept(),
};

for (const version of VERSIONS) {
  const shared = (socket) => (version >= 4 ? socket.data.user : undefined);
  const ifShared = (user) => (version >= 4 ? user : undefined);

  test(`Socket.IO ${version}: all that shows the user follows, and the user is given back`, async (t) => {
    const { io, authorizer, users, connect } = await startRechecked(t, { version, options });
    users.ann = { role: 'user' };
    const { there } = await connect('ann');
    there.join('of the app');
    const before = there.request.user;
    users.ann = { role: 'admin' };
    const user = await authorizer.recheck(there);
    assert.deepEqual(user, { id: 'ann', role: 'admin', logged_in: true });
    assert.notEqual(user, before);
    assert.equal(there.request.user, user);
    assert.deepEqual(shared(there), ifShared({ id: 'ann', role: 'admin' }));
    assert.deepEqual(filterSocketsByUser(io, { role: 'admin' }), [there]);
    assert.deepEqual(filterSocketsByUser(io, { role: 'user' }), []);
    if (version >= 3) assert.deepEqual(authorizer.users('role'), new Map([['admin', 1]]));
    for (const room of ['user:ann', 'role:admin', 'of the app'])
      assert.deepEqual(membersOf(io, room), [there.id]);
    assert.deepEqual(membersOf(io, 'role:user'), []);
  });

  test(`Socket.IO ${version}: a session that is gone leaves a guest behind`, async (t) => {
    const { io, authorizer, sessions, connect } = await startRechecked(t, { version, options });
    const { there, socket } = await connect('ann');
    there.join('of the app');
    delete sessions.ann;
    assert.equal(await authorizer.recheck(there), undefined);
    assert.deepEqual(there.request.user, { logged_in: false });
    assert.equal(shared(there), undefined);
    assert.deepEqual(
      filterSocketsByUser(io, ({ id }) => id === 'ann'),
      [],
    );
    for (const room of ['user:ann', 'role:undefined']) assert.deepEqual(membersOf(io, room), []);
    assert.deepEqual(membersOf(io, 'of the app'), [there.id]);
    assert.ok(socket.connected);
  });

  test(`Socket.IO ${version}: a guest who has logged in since is the user, without connecting again`, async (t) => {
    const { io, authorizer, sessions, users, connect } = await startRechecked(t, { version, options });
    users.eve = { role: 'mod' };
    const { there } = await connect('eve');
    assert.equal(await authorizer.recheck(there), undefined);
    assert.deepEqual(there.request.user, { logged_in: false });
    sessions.eve = sessionOf('eve');
    const user = await authorizer.recheck(there);
    assert.deepEqual(user, { id: 'eve', role: 'mod', logged_in: true });
    assert.deepEqual(shared(there), ifShared({ id: 'eve', role: 'mod' }));
    assert.deepEqual(filterSocketsByUser(io, { role: 'mod' }), [there]);
    for (const room of ['user:eve', 'role:mod']) assert.deepEqual(membersOf(io, room), [there.id]);
  });

  test(`Socket.IO ${version}: without an argument, the sockets of all namespaces`, async (t) => {
    const { io, authorizer, sessions, users, connect } = await startRechecked(t, {
      version,
      options,
      prepare: guardBoth,
    });
    const anns = [await connect('ann'), await connect('ann', { namespace: '/chat' })];
    const bob = await connect('bob');
    users.bob = { role: 'admin' };
    delete sessions.ann;
    assert.equal(await authorizer.recheck(), undefined);
    for (const { there } of anns) assert.deepEqual(there.request.user, { logged_in: false });
    for (const namespace of ['/', '/chat']) assert.deepEqual(membersOf(io, 'user:ann', namespace), []);
    assert.equal(bob.there.request.user.role, 'admin');
    assert.deepEqual(membersOf(io, 'role:admin'), [bob.there.id]);
  });

  test(`Socket.IO ${version}: a socket that leaves meanwhile gets no user and no rooms`, async (t) => {
    const { io, authorizer, store, users, connect } = await startRechecked(t, { version, options });
    const { there } = await connect('ann');
    const before = there.request.user;
    store.isSlow = true;
    const result = authorizer.recheck(there);
    await until(() => store.asked.length === 1);
    there.disconnect(true);
    users.ann = { role: 'admin' };
    store.asked[0]();
    assert.equal(await result, undefined);
    assert.equal(there.request.user, before);
    assert.deepEqual(membersOf(io, 'role:admin'), []);
    // Nobody asks about a socket that has left.
    assert.equal(await authorizer.recheck(there), undefined);
    await authorizer.recheck();
    assert.equal(store.asked.length, 1);
  });
}
