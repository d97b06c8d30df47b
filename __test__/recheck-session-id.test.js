'use strict';

// authorizer.recheck(socket) reads the session of the credentials with which the socket was authorized.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { test } = require('node:test');
const { authorize } = require('..');
const { admit, enter } = require('./support/index-sockets');
const { RoomyNamespace, rechecked, sessionOf, sessionsWith, socketOf } = require('./support/recheck');
const { SECRET, cookieOf, passportOf } = require('./support/visit');

test('a secret that was rotated out since does not end anybody', async () => {
  const secret = [SECRET];
  const { authorizer, connect, users } = rechecked({ secret });
  const socket = connect('ann');
  secret.splice(0, 1, 'another');
  users.ann = { name: 'Ann' };
  assert.equal((await authorizer.recheck(socket)).name, 'Ann');
  // Nor does a visitor with the old cookie come in, or become a user.
  assert.throws(() => connect('bob'), { code: 'BAD_SIGNATURE' });
  assert.equal((await authorizer.recheck(socket)).name, 'Ann');
});

test('a guest with a cookie that was not good at the time stays a guest', async () => {
  const secret = [SECRET];
  const fail = (_data, _message, _critical, accept) => accept();
  const { authorizer, connect } = rechecked({ secret, fail });
  connect('bob');
  secret.splice(0, 1, 'another');
  const socket = connect('ann');
  assert.deepEqual(socket.request.user, { logged_in: false });
  assert.equal(await authorizer.recheck(socket), undefined);
  assert.deepEqual(socket.request.user, { logged_in: false });
});

test('two namespaces of one client, a secret rotated in between: each as it was read', async () => {
  const secret = [SECRET];
  const { authorizer, connect } = rechecked({ secret });
  const first = connect('ann');
  secret.splice(0, 1, 'another');
  const second = socketOf(new RoomyNamespace('/chat'), cookieOf('ann'));
  second.request = first.request;
  assert.equal(admit(authorizer, second).code, 'BAD_SIGNATURE');
  assert.equal((await authorizer.recheck(first)).id, 'ann');
});

test('another sessionID on the request, as express-session puts one there, is not looked at', async () => {
  const { authorizer, connect, sessions } = rechecked();
  const socket = connect('ann');
  socket.request.sessionID = 'bob';
  assert.equal((await authorizer.recheck(socket)).id, 'ann');
  delete sessions.ann;
  assert.equal(await authorizer.recheck(socket), undefined);
});

for (const [kind, sent] of [
  ['bare', 'bob'],
  ['signed', decodeURIComponent(cookieOf('bob')).slice('connect.sid='.length)],
]) {
  test(`a ${kind} session_id of the query`, async () => {
    const secret = [SECRET];
    const { authorizer, connect, sessions } = rechecked({
      secret,
      sessionIdInQuery: kind === 'bare' || kind,
    });
    const socket = connect('ann', { query: { session_id: sent } });
    assert.equal(socket.request.user.id, 'bob');
    secret.splice(0, 1, 'another');
    assert.equal((await authorizer.recheck(socket)).id, 'bob');
    delete sessions.bob;
    assert.equal(await authorizer.recheck(socket), undefined);
  });
}

test('a cookie parser of the app: what it gave, although its secret has changed since', async () => {
  let cookies = { 'connect.sid': 'bob' };
  const cookieParser = () => (request, _response, next) => {
    request.cookies = cookies;
    next();
  };
  const { authorizer, connect, sessions } = rechecked({ cookieParser });
  const socket = connect('ann');
  cookies = {};
  socket.request.cookie = { 'connect.sid': 'ann' };
  assert.equal((await authorizer.recheck(socket)).id, 'bob');
  delete sessions.bob;
  assert.equal(await authorizer.recheck(socket), undefined);
});

test('two authorizers with different cookies on one socket: each reads its own', async () => {
  const { given, sessions } = sessionsWith();
  sessions.admin = sessionOf('root');
  const namespace = new RoomyNamespace();
  const users = authorize(given);
  const admins = authorize({ ...given, key: 'admin.sid', secret: 'other', userProperty: 'admin' });
  const cookie = [cookieOf('ann'), cookieOf('admin', { key: 'admin.sid', secret: 'other' })].join('; ');
  const socket = socketOf(namespace, cookie);
  for (const each of [users, admins]) assert.equal(admit(each, socket), undefined);
  enter(socket);
  assert.equal((await users.recheck(socket)).id, 'ann');
  assert.equal((await admins.recheck(socket)).id, 'root');
  assert.deepEqual([socket.request.user.id, socket.request.admin.id], ['ann', 'root']);
});

test('under allowRequest alone the cookie is read as of now; one that is not good any more ends nobody', async () => {
  const secret = [SECRET];
  const { given, users } = sessionsWith({ secret });
  const authorizer = authorize(given);
  const socket = socketOf(new RoomyNamespace(), cookieOf('ann'));
  authorizer(socket.request, (error, accepted) => assert.deepEqual([error, accepted], [null, true]));
  enter(socket);
  users.ann = { name: 'Ann' };
  assert.equal((await authorizer.recheck(socket)).name, 'Ann');
  secret.splice(0, 1, 'another');
  const { user } = socket.request;
  await assert.rejects(authorizer.recheck(socket), { code: 'BAD_SIGNATURE' });
  assert.equal(socket.request.user, user);
});

test('the store, deserializeUser and the option rooms are called in the context of the caller', async () => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const note = (what) => seen.push([what, storage.getStore()]);
  const world = rechecked({
    rooms: () => void note('rooms'),
    passport: passportOf((key, done) => {
      note('deserializeUser');
      done(null, { id: key });
    }),
  });
  const { get } = world.store;
  world.store.get = (...args) => {
    note('get');
    get(...args);
  };
  const sockets = ['ann', 'bob'].map((sid) => storage.run(`connection of ${sid}`, () => world.connect(sid)));
  seen.splice(0);
  world.store.isSlow = true;
  const results = sockets.map((socket, i) =>
    storage.run(`caller ${i}`, () => world.authorizer.recheck(socket)),
  );
  await new Promise(setImmediate);
  storage.run('the wake-up', () => world.store.asked.forEach((answer) => answer()));
  await Promise.all(results);
  for (const i of [0, 1]) {
    const own = seen.filter(([, context]) => context === `caller ${i}`);
    assert.deepEqual(
      own.map(([what]) => what),
      ['get', 'deserializeUser', 'rooms'],
    );
  }
  assert.equal(seen.length, 6);
});
