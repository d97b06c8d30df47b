'use strict';

// authorizer.recheck(socket) and the option onSessionEnd, on every Socket.IO with middlewares.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { startRechecked, sessionOf } = require('./support/recheck');
const { VERSIONS } = require('./support/socket-server');
const { until } = require('./support/recovered');

for (const version of VERSIONS) {
  test(`Socket.IO ${version}: ended as onSessionEnd says, once; who has logged in is watched`, async (t) => {
    const told = [];
    const { authorizer, sessions, users, connect } = await startRechecked(t, {
      version,
      options: {
        onSessionEnd: (socket, reason) => told.push([socket.id, reason]),
        recheckEvery: 600000,
        rooms: ({ id }) => `user:${id}`,
        fail: (_d, _m, _c, accept) => accept(),
      },
    });
    const ann = (await connect('ann')).there;
    const eve = (await connect('eve')).there;
    await until(() => authorizer.stats().watch.sockets === 1);
    users.ann = { name: 'Ann' };
    assert.equal((await authorizer.recheck(ann)).name, 'Ann');
    assert.equal(authorizer.stats().watch.sockets, 1);
    sessions.eve = sessionOf('eve');
    assert.equal((await authorizer.recheck(eve)).id, 'eve');
    assert.equal(authorizer.stats().watch.sockets, 2);
    sessions.ann = sessionOf('bob');
    assert.equal(await authorizer.recheck(ann), undefined);
    assert.deepEqual(told, [[ann.id, 'user-changed']]);
    delete sessions.eve;
    await authorizer.recheck();
    assert.deepEqual(told.slice(1), [[eve.id, 'destroyed']]);
    assert.deepEqual(authorizer.stats().watch.ended, {
      destroyed: 1,
      expired: 0,
      'logged-out': 0,
      'user-changed': 1,
    });
  });
}
