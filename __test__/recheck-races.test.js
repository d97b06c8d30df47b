'use strict';

// authorizer.recheck(socket) beside other rechecks and authorizations of the same socket: what was read last counts.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { enter } = require('./support/index-sockets');
const { rechecked, roomsOf, sessionOf, socketOf } = require('./support/recheck');
const { until } = require('./support/recovered');
const { cookieOf } = require('./support/visit');

const options = { rooms: ({ id }) => `user:${id}`, fail: (_data, _message, _critical, accept) => accept() };

test('two at once: the later one counts, whichever is answered first', async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const { authorizer, sessions, store, connect } = rechecked(options);
    const socket = connect('ann');
    store.isSlow = true;
    const asked = [];
    const ask = async (user) => {
      const result = authorizer.recheck(socket);
      await until(() => store.asked.length === asked.length + 1);
      const answer = store.asked.at(-1);
      asked.push(() => {
        sessions.ann = user && sessionOf(user);
        answer();
      });
      return result;
    };
    const results = [ask('ann')];
    await until(() => asked.length === 1);
    results.push(ask(undefined));
    await until(() => asked.length === 2);
    for (const i of order) {
      asked[i]();
      await new Promise(setImmediate);
    }
    assert.deepEqual(await Promise.all(results), [undefined, undefined]);
    assert.deepEqual(socket.request.user, { logged_in: false });
    assert.deepEqual(roomsOf(socket), []);
  }
});

test('an error of the earlier one is nobody’s, if the later one gets an answer', async () => {
  const { authorizer, store, connect } = rechecked(options);
  const socket = connect('ann');
  store.isSlow = true;
  const results = [];
  for (const count of [1, 2]) {
    results.push(authorizer.recheck(socket));
    await until(() => store.asked.length === count);
  }
  store.error = new Error('down');
  store.asked[0]();
  store.error = undefined;
  store.asked[1]();
  const users = await Promise.all(results);
  assert.deepEqual(
    users.map(({ id }) => id),
    ['ann', 'ann'],
  );
});

test('an authorization under way is decided first', async () => {
  const { authorizer, sessions, store, connect } = rechecked(options);
  const socket = connect('ann');
  socket.conn = { readyState: 'open', on() {} };
  store.isSlow = true;
  const answers = [];
  authorizer(socket, (error) => answers.push(error));
  const result = authorizer.recheck(socket);
  await new Promise(setImmediate);
  assert.equal(store.asked.length, 1);
  store.asked[0]();
  await until(() => store.asked.length === 2);
  assert.deepEqual(answers, [undefined]);
  assert.equal(socket.request.user.id, 'ann');
  delete sessions.ann;
  store.asked[1]();
  assert.equal(await result, undefined);
  assert.deepEqual(socket.request.user, { logged_in: false });
});

test('an authorization that is never decided is waited for as long as the option timeout says', async () => {
  const { authorizer, connect } = rechecked({
    timeout: 50,
    success(data, accept) {
      if (!data.isSecond) accept();
      data.isSecond = true;
    },
  });
  const socket = connect('ann');
  socket.conn = { readyState: 'open', on() {} };
  authorizer(socket, () => {});
  assert.equal((await authorizer.recheck(socket)).id, 'ann');
});

test('an authorization that begins meanwhile reads the session later: the recheck begins again after it', async () => {
  const { authorizer, sessions, store, connect } = rechecked(options);
  const socket = connect('ann');
  socket.conn = { readyState: 'open', on() {} };
  store.isSlow = true;
  const result = authorizer.recheck(socket);
  await until(() => store.asked.length === 1);
  const before = store.asked[0];
  store.isSlow = false;
  delete sessions.ann;
  authorizer(socket, () => {});
  assert.deepEqual(socket.request.user, { logged_in: false });
  // Read before the log-out, answered after it.
  sessions.ann = sessionOf('ann');
  before();
  delete sessions.ann;
  assert.equal(await result, undefined);
  assert.deepEqual(socket.request.user, { logged_in: false });
});

test('a socket that is not connected yet is not touched', async () => {
  const { authorizer, namespace, store } = rechecked(options);
  store.isSlow = true;
  const socket = socketOf(namespace, cookieOf('ann'));
  assert.equal(await authorizer.recheck(socket), undefined);
  assert.equal(store.asked.length, 0);
  assert.equal('user' in socket.request, false);
});

test('a socket that its own deserializer or rooms disconnect joins nothing', async () => {
  let leave = () => {};
  const world = rechecked({
    rooms: ({ id, role }) => {
      leave();
      return [`user:${id}`, `role:${role}`];
    },
  });
  const socket = world.connect('ann');
  leave = () => {
    world.namespace.sockets.delete(socket.id);
    world.namespace.adapter.sids.get(socket.id).clear();
  };
  await world.authorizer.recheck(socket);
  assert.deepEqual(roomsOf(socket), []);
  // It comes back, as a test may do it.
  leave = () => {};
  enter(socket);
  assert.equal((await world.authorizer.recheck(socket)).id, 'ann');
  assert.deepEqual(roomsOf(socket), ['user:ann', 'role:undefined']);
});
