'use strict';

// Which rooms a recheck leaves: those that the option rooms has chosen, and nobody else.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { authorize } = require('..');
const { admit, enter } = require('./support/index-sockets');
const { RoomyNamespace, rechecked, roomsOf, sessionsWith, socketOf } = require('./support/recheck');
const { cookieOf } = require('./support/visit');

test('rooms that the app has joined stay, also where the option chose the same', async () => {
  let names = ['news', 'sport', 'chess'];
  const { authorizer, namespace } = rechecked({ rooms: () => names });
  const socket = socketOf(namespace, cookieOf('ann'));
  assert.equal(admit(authorizer, socket), undefined);
  // As a later middleware does it.
  socket.join('news');
  enter(socket);
  socket.join('own');
  assert.deepEqual(roomsOf(socket).sort(), ['chess', 'news', 'own', 'sport']);
  names = ['chess'];
  await authorizer.recheck(socket);
  assert.deepEqual(roomsOf(socket).sort(), ['chess', 'news', 'own']);
});

test('rooms that another authorizer has chosen as well stay', async () => {
  const { given, sessions } = sessionsWith();
  const rooms = { users: ['all', 'users'], staff: ['all', 'staff'] };
  const users = authorize({ ...given, rooms: () => rooms.users });
  const staff = authorize({ ...given, userProperty: 'account', rooms: () => rooms.staff });
  const socket = socketOf(new RoomyNamespace(), cookieOf('ann'));
  for (const each of [users, staff]) assert.equal(admit(each, socket), undefined);
  enter(socket);
  assert.deepEqual(roomsOf(socket).sort(), ['all', 'staff', 'users']);
  rooms.users = [];
  await users.recheck(socket);
  assert.deepEqual(roomsOf(socket).sort(), ['all', 'staff']);
  rooms.users = ['users', 'staff'];
  await users.recheck(socket);
  rooms.staff = undefined;
  await staff.recheck(socket);
  assert.deepEqual(roomsOf(socket).sort(), ['staff', 'users']);
  delete sessions.ann;
  await staff.recheck(socket);
  assert.deepEqual(roomsOf(socket).sort(), ['staff', 'users']);
  await users.recheck(socket);
  assert.deepEqual(roomsOf(socket), []);
});

test('a room that the app has left is joined again where the option still gives it', async () => {
  const { authorizer, connect } = rechecked({ rooms: () => ['a', 'b', 'b'] });
  const socket = connect('ann');
  socket.leave('a');
  await authorizer.recheck(socket);
  assert.deepEqual(roomsOf(socket).sort(), ['a', 'b']);
});

test('the option rooms sees the request as at the connection; where it throws, the former user stays', async () => {
  const seen = [];
  const { authorizer, connect } = rechecked({
    rooms: (user, data) => {
      seen.push(data.user === user && user.logged_in);
      if (seen.length === 2) throw new Error('no tenant');
      return 'room';
    },
  });
  const socket = connect('ann');
  const { user } = socket.request;
  await assert.rejects(authorizer.recheck(socket), { code: 'CALLBACK_ERROR', message: 'no tenant' });
  assert.deepEqual(seen, [true, true]);
  assert.equal(socket.request.user, user);
  assert.notEqual(await authorizer.recheck(socket), user);
  assert.deepEqual(seen, [true, true, true]);
});
