'use strict';

// The option share and filterSocketsByUser over several nodes: sockets of other processes, from fetchSockets().

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { createAdapter } = require('@socket.io/redis-adapter');
const { createClient } = require('redis');
const { countSocketsByUser, filterSocketsByUser } = require('..');
const { startRedis } = require('../scripts/support/redis-server');
const { startIndexed } = require('./support/index-app');
const { shared } = require('./support/shared-user');

let redis;
before(async () => (redis = await startRedis()));
after(() => redis?.stop());

/** As fetchSockets() gives those of other nodes. */
const remote = (user, more) => ({
  id: 'r',
  handshake: { headers: {} },
  rooms: new Set(),
  data: { user, ...more },
});

test('filterSocketsByUser reads remote sockets, predicates and criteria alike', () => {
  const here = shared(['id', 'team.id'], { id: 1, team: { id: 7 } }, { index: ['id', 'team.id'] }).socket;
  const there = remote({ id: 2, team: { id: 7 } });
  const nobody = [remote(undefined), remote(null), { id: 'r', handshake: {}, data: undefined }];
  const mixed = [there, here, ...nobody];
  assert.deepEqual(filterSocketsByUser(mixed, { 'team.id': 7 }), [there, here]);
  assert.deepEqual(
    filterSocketsByUser(mixed, (user) => user.team?.id === 7),
    [there, here],
  );
  assert.deepEqual(filterSocketsByUser(mixed, { id: 2 }), [there]);
  assert.deepEqual(filterSocketsByUser(mixed, { id: [1, 2], 'team.id': 7 }), [there, here]);
  assert.equal(countSocketsByUser(mixed, { 'team.id': 7 }), 2);
  assert.equal(
    countSocketsByUser(new Set(mixed), (user) => user.id === 1),
    1,
  );
  assert.deepEqual(
    filterSocketsByUser(mixed, () => true),
    [there, here],
  );
  assert.deepEqual(filterSocketsByUser([remote({ id: '5' })], { id: 5n }), []);
  assert.equal(filterSocketsByUser([remote({ id: '5' })], { id: ['5', 5n] }).length, 1);
  // Enough of them for the list to be remembered.
  const many = Array.from({ length: 100 }, (_, id) => remote({ id }));
  for (let times = 0; times < 2; times += 1)
    assert.deepEqual(filterSocketsByUser(many, { id: 42 }), [many[42]]);
  // Another property counts where an authorizer here names it.
  const account = remote(undefined, { account: { id: 3 } });
  assert.deepEqual(filterSocketsByUser([account], { id: 3 }), []);
  shared([], { id: 1 }, { userProperty: 'account' });
  assert.deepEqual(filterSocketsByUser([account], { id: 3 }), [account]);
});

test('two nodes: the sockets of the other one are found', async (t) => {
  const startNode = async () => {
    const clients = [createClient({ url: redis.url }), createClient({ url: redis.url })];
    for (const client of clients) {
      await client.connect();
      t.after(() => client.destroy());
    }
    return startIndexed(t, {
      users: { ann: { id: 1, big: 5n, team: { id: 7 } }, bob: { id: 2, team: { id: 8 } } },
      options: { share: ['id', 'name', 'big', 'team.id'], index: ['id'] },
      settings: () => ({ adapter: createAdapter(...clients) }),
    });
  };
  const one = await startNode();
  const other = await startNode();
  await one.visit('ann');
  const bob = await other.visit('bob');
  const ann = await other.visit('ann');

  const sockets = await one.io.fetchSockets();
  assert.equal(sockets.length, 3);
  assert.equal(filterSocketsByUser(sockets, { 'team.id': 7 }).length, 2);
  assert.equal(countSocketsByUser(sockets, { id: 1 }), 2);
  const [remoteBob] = filterSocketsByUser(sockets, (user) => user.name === 'bob');
  assert.deepEqual(remoteBob.data, { user: { id: 2, name: 'bob', team: { id: 8 } } });
  const [, remoteAnn] = filterSocketsByUser(sockets, { name: 'ann' });
  assert.equal(remoteAnn.data.user.big, '5');

  // They can be ended from here.
  const gone = [bob, ann].map(({ socket }) => new Promise((resolve) => socket.once('disconnect', resolve)));
  for (const socket of [remoteBob, remoteAnn]) socket.disconnect(true);
  assert.deepEqual(await Promise.all(gone), Array(2).fill('io server disconnect'));
});
