'use strict';

// Which recovered sockets are authorized, by whom, and what follows their user.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { filterSocketsByUser } = require('..');
const { greet, membersOf } = require('./support/index-app');
const { authorizerOf } = require('./support/index-sockets');
const { GUARDS, comeBack, startWithAnn, until } = require('./support/recovered');
const { passportOf } = require('./support/visit');

const GUEST = { logged_in: false };

test('index and rooms are those of the user as of now', async (t) => {
  const rooms = { of: ['red'] };
  const app = await startWithAnn(t, { options: { index: ['id'], rooms: () => rooms.of } });
  const { io, nsp, store, authorizer } = app;
  assert.deepEqual([...nsp.adapter.rooms.keys()].filter((room) => !nsp.sockets.has(room)).sort(), [
    'app',
    'red',
  ]);
  rooms.of = ['blue'];
  store.isSlow = true;
  const recovered = await comeBack(app);
  // The connection handler has joined this one; what the former user had is gone at once.
  assert.deepEqual([...recovered.rooms], [recovered.id, 'app']);
  assert.equal(filterSocketsByUser(io, { id: 1 }).length, 0);
  assert.deepEqual(authorizer.users('id'), new Map());
  await until(() => store.asked.length === 1);
  store.asked.pop()();
  assert.deepEqual([...recovered.rooms], [recovered.id, 'app', 'blue']);
  assert.deepEqual(filterSocketsByUser(io, { id: 1 }), [recovered]);
  assert.deepEqual(authorizer.users('id'), new Map([[1, 1]]));

  // Answered in the call: the connection handler finds the rooms.
  store.isSlow = false;
  rooms.of = 'green';
  const again = await comeBack(app);
  assert.deepEqual([...again.rooms], [again.id, 'green', 'app']);
  assert.equal(membersOf(io, 'blue').length, 0);
  assert.deepEqual(app.events, [['connection', 'ann']]);
});

test('success and fail are asked', async (t) => {
  const decisions = [];
  let isOpen = true;
  const app = await startWithAnn(t, {
    options: {
      index: ['id'],
      success(data, accept) {
        decisions.push(data.user.name);
        accept(null, isOpen);
      },
      fail(data, message, critical, accept, { code }) {
        decisions.push(code);
        accept();
      },
    },
  });
  const { ann } = app.sessions;
  delete app.sessions.ann;
  const guest = await comeBack(app);
  assert.deepEqual(decisions, ['ann', 'SESSION_NOT_FOUND']);
  assert.equal(guest.connected, true);
  assert.equal(await app.socket.emitWithAck('say', 'as a guest'), undefined);
  assert.deepEqual(app.events.at(-1), ['as a guest', GUEST]);
  assert.equal(filterSocketsByUser(app.io, { id: 1 }).length, 0);

  app.sessions.ann = ann;
  isOpen = false;
  await once(await comeBack(app), 'disconnect');
  assert.deepEqual(decisions.slice(2), ['ann']);
});

test('all authorizers of a namespace are asked', async (t) => {
  const other = authorizerOf({
    userProperty: 'account',
    store: { get: (sid, done) => done(null, others[sid]) },
  });
  const others = { ann: { passport: { user: 'ann' } } };
  const app = await startWithAnn(t, {
    guard(io, authorizer) {
      io.use((socket, next) => {
        socket.request.brought = { number: 7 };
        next();
      });
      io.use(authorizer).use(other);
    },
  });
  const recovered = await comeBack(app);
  assert.equal(recovered.request.user.name, 'ann');
  // Nobody has brought it: the middleware is skipped.
  assert.deepEqual(recovered.request.account, GUEST);
  await once(recovered, 'disconnect');
  assert.equal(other.stats().failures.DESERIALIZE_ERROR, 1);
});

test('a namespace with the authorizer needs no socket before the recovered one', async (t) => {
  const app = await startWithAnn(t, { guard: () => {}, namespace: '/chat' });
  // As after a restart of the server: the authorizer has seen another namespace only.
  app.io.use(app.authorizer);
  greet(app.io);
  await app.visit('ann');
  app.nsp.use(app.authorizer);
  delete app.sessions.ann;
  await once(await comeBack(app), 'disconnect');
  assert.equal(app.nsp.sockets.size, 0);
});

test('protect closes it from the first socket on, and in every namespace', async (t) => {
  const app = await startWithAnn(t, { guard: GUARDS['authorizer.protect(io)'], namespace: '/chat' });
  delete app.sessions.ann;
  const recovered = await comeBack(app);
  await once(recovered, 'disconnect');
  assert.equal(app.nsp.sockets.size, 0);
});

test('not where protect has an exception, nor with skipMiddlewares: false', async (t) => {
  const open = await startWithAnn(t, {
    guard: (io, authorizer) => authorizer.protect(io, { except: '/open' }),
    namespace: '/open',
  });
  await comeBack(open);
  assert.deepEqual(open.events, [['connection', undefined]]);
  assert.equal(open.authorizer.stats().authorized, 0);

  const asked = await startWithAnn(t, {
    guard: GUARDS['authorizer.protect(io)'],
    server: { connectionStateRecovery: { skipMiddlewares: false } },
  });
  await comeBack(asked);
  assert.deepEqual(asked.events, [['connection', 'ann']]);
  assert.equal(asked.authorizer.stats().authorized, 2);
});

test('an app that takes all listeners of a namespace away has them authorized all the same', async (t) => {
  const app = await startWithAnn(t);
  app.nsp.removeAllListeners();
  delete app.sessions.ann;
  const recovered = await comeBack(app);
  await once(recovered, 'disconnect');
  assert.equal(app.nsp.sockets.size, 0);
});

test('a client that leaves before the decision does not recover the same state again', async (t) => {
  const app = await startWithAnn(t);
  const { nsp, socket, sessions, store } = app;
  store.isSlow = true;
  delete sessions.ann;
  const recovered = await comeBack(app);
  const gone = once(recovered, 'disconnect');
  socket.io.engine.close();
  await gone;
  const ended = new Promise((resolve) => {
    socket.once('connect_error', ({ data }) => resolve(data.code));
    socket.once('connect', () => resolve('recovered again'));
  });
  socket.connect();
  await until(() => store.asked.length === 2);
  for (const answer of store.asked.splice(0)) answer();
  // There is nothing to recover: the middlewares are asked.
  assert.equal(await ended, 'SESSION_NOT_FOUND');
  assert.equal(nsp.sockets.size, 0);
});

test('a state can be recovered twice where the socket was let in', async (t) => {
  const app = await startWithAnn(t);
  for (let i = 0; i < 2; i += 1) {
    const recovered = await comeBack(app);
    await until(() => recovered.request.user.logged_in);
    // A packet moves the offset on, by which a client recovers.
    recovered.emit('welcome', 'again');
    await new Promise((resolve) => app.socket.once('welcome', resolve));
  }
  assert.equal(app.socket.recovered, true);
});

test('each of two authorizers gives a recovered socket its rooms', async (t) => {
  const other = authorizerOf({
    userProperty: 'account',
    passport: passportOf((key, done) => done(null, { name: key })),
    rooms: ({ name }) => `other:${name}`,
  });
  const app = await startWithAnn(t, {
    guard: (io, authorizer) => io.use(authorizer).use(other),
    options: { rooms: ({ name }) => `user:${name}` },
  });
  const [before] = app.nsp.sockets.values();
  before.join('restored');
  const recovered = await comeBack(app);
  await until(() => recovered.request.account?.logged_in);
  assert.deepEqual([...recovered.rooms], [recovered.id, 'user:ann', 'other:ann', 'app']);
});

test('an event whose middleware throws does not keep the later ones', async (t) => {
  const app = await startWithAnn(t);
  const { socket, store, events } = app;
  store.isSlow = true;
  app.nsp.on('connection', (there) =>
    there.use(([event], next) => {
      if (event === 'bad') throw new Error('of the app');
      next();
    }),
  );
  const recovered = await comeBack(app);
  socket.emit('say', 'one');
  socket.emit('bad');
  socket.emit('say', 'two');
  await until(() => store.asked.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const uncaught = new Promise((resolve) => process.setUncaughtExceptionCaptureCallback(resolve));
  t.after(() => process.setUncaughtExceptionCaptureCallback(null));
  store.asked.pop()();
  assert.equal((await uncaught).message, 'of the app');
  await until(() => events.length === 3);
  assert.deepEqual(
    events.map(([what]) => what),
    ['connection', 'one', 'two'],
  );
  assert.equal(recovered.connected, true);
});
