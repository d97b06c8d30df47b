'use strict';

// authorizer.recheck(socket) where the sessions of sockets are watched: it ends them as the option onSessionEnd says.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Authorizer } = require('../lib/authorize/authorizer');
const { readOptions } = require('../lib/authorize/options');
const { Rechecks } = require('../lib/authorize/rechecks');
const { enter } = require('./support/index-sockets');
const { RoomyNamespace, roomsOf, sessionOf, sessionsWith, socketOf } = require('./support/recheck');
const { cookieOf, passportOf } = require('./support/visit');

/** An authorizer whose live sessions only note what they are told. */
function noted(options) {
  const { given, ...world } = sessionsWith({
    rooms: ({ id }) => `user:${id}`,
    fail: (_data, _message, _critical, accept) => accept(),
    ...options,
  });
  const told = [];
  const authorizer = new Authorizer(readOptions(given), given);
  authorizer.live = {
    watched: new Map(),
    isWatched(socket) {
      return this.watched.has(socket);
    },
    async isOther(socket, userKey) {
      return this.watched.has(socket) ? this.watched.get(socket) !== userKey : undefined;
    },
    expect: (userKey, id) => ({ id, identity: JSON.stringify(userKey) }),
    endNow: (socket, reason) => told.push(['end', socket.id, reason]),
    letIn: ({ socket, expected }) => told.push(['letIn', socket.id, expected]),
    announce() {},
    forget() {},
    close() {},
  };
  const rechecks = new Rechecks(authorizer);
  const connect = (sid) => {
    const socket = socketOf(new RoomyNamespace(), cookieOf(sid));
    authorizer.authorize(socket, (error) => assert.equal(error, undefined));
    told.splice(0);
    if (sid === 'ann') authorizer.live.watched.set(socket, 'ann');
    return enter(socket);
  };
  return { ...world, authorizer, told, connect, recheck: (socket) => rechecks.recheck(socket) };
}

for (const [reason, end] of [
  ['destroyed', ({ sessions }) => delete sessions.ann],
  ['destroyed', ({ store }) => (store.error = new SyntaxError('Unexpected token'))],
  ['logged-out', ({ sessions }) => (sessions.ann = { passport: {} })],
  ['logged-out', ({ sessions }) => (sessions.ann = {})],
  ['logged-out', ({ users }) => (users.ann = null)],
  ['user-changed', ({ sessions }) => (sessions.ann = sessionOf('bob'))],
]) {
  test(`ended as ${reason}: the user is there for whoever is told, and the socket is as it was (${end})`, async () => {
    const world = noted();
    const socket = world.connect('ann');
    const { user } = socket.request;
    end(world);
    assert.equal(await world.recheck(socket), undefined);
    assert.deepEqual(world.told, [['end', socket.id, reason]]);
    assert.equal(socket.request.user, user);
    assert.deepEqual(roomsOf(socket), ['user:ann']);
  });
}

test('the same user: nobody is ended, or watched again', async () => {
  const { users, told, connect, recheck } = noted();
  const socket = connect('ann');
  users.ann = { name: 'Ann' };
  assert.equal((await recheck(socket)).name, 'Ann');
  assert.deepEqual(told, []);
});

test('a guest: not ended; who has logged in is watched, by the key as the session has it', async () => {
  const passport = passportOf((key, done) => {
    key.password = 'loaded';
    done(null, key);
  });
  const { sessions, told, connect, recheck } = noted({ passport });
  const socket = connect('eve');
  assert.equal(await recheck(socket), undefined);
  assert.deepEqual(told, []);
  sessions.eve = sessionOf({ id: 'eve' });
  const user = await recheck(socket);
  assert.equal(user.password, 'loaded');
  assert.deepEqual(told, [['letIn', socket.id, { id: 'eve', identity: '{"id":"eve"}' }]]);
});

test('a user who was told of an end, and has logged in again, is watched again', async () => {
  const { authorizer, told, connect, recheck } = noted();
  const socket = connect('ann');
  authorizer.live.watched.delete(socket);
  assert.equal((await recheck(socket)).id, 'ann');
  assert.deepEqual(told, [['letIn', socket.id, { id: 'ann', identity: '"ann"' }]]);
});

test('a session that ends while it is asked for, and is told: what was found does not count', async () => {
  const { authorizer, store, told, connect, recheck } = noted();
  const socket = connect('ann');
  store.isSlow = true;
  const result = recheck(socket);
  while (store.asked.length === 0) await new Promise(setImmediate);
  authorizer.live.watched.delete(socket);
  store.isSlow = false;
  store.get = (_sid, done) => done(undefined, undefined);
  store.asked[0]();
  assert.equal(await result, undefined);
  assert.deepEqual(told, [['end', socket.id, 'destroyed']]);
});
