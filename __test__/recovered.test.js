'use strict';

// Sockets that Socket.IO has recovered without asking the middlewares (4.6 and newer, by default): authorized as soon as
// they are there, and the order of events.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { filterSocketsByUser } = require('..');
const { authorizeRecovered } = require('../lib/authorize/recovered');
const { greet, membersOf, startIndexed } = require('./support/index-app');
const { authorizerOf } = require('./support/index-sockets');

/** Where the authorizer is. */
const GUARDS = {
  'io.use(authorizer)': (io, authorizer) => io.use(authorizer),
  'authorizer.protect(io)': (io, authorizer) => authorizer.protect(io),
};

/**
 * Ann, connected, on a server with connection state recovery. `sessions` are those of the store, which answers when
 * `store.answer` is called; at once before the test sets `store.isSlow`.
 */
async function startWithAnn(
  t,
  { guard = GUARDS['io.use(authorizer)'], options, namespace = '/', server = {} } = {},
) {
  const sessions = { ann: { passport: { user: 'ann' } } };
  const events = [];
  const store = {
    isSlow: false,
    asked: [],
    get(sid, done) {
      if (store.isSlow) store.asked.push(() => done(null, sessions[sid]));
      else done(null, sessions[sid]);
    },
  };
  const started = await startIndexed(t, {
    users: { ann: { id: 1 } },
    settings: () => ({ connectionStateRecovery: {}, ...server }),
    options: { store, ...options },
    prepare(io, authorizer) {
      guard(io, authorizer);
      io.of(namespace).on('connection', (socket) => {
        const note = (what) => events.push([what, socket.request.user?.name ?? socket.request.user]);
        note('connection');
        socket.join('app');
        for (const event of ['disconnecting', 'disconnect']) socket.on(event, () => note(event));
        socket.on('say', (text, answer) => {
          note(text);
          answer?.();
        });
        socket.emit('welcome', 'first');
      });
    },
  });
  const { socket } = await started.visit('ann', { namespace });
  events.splice(0);
  return { ...started, nsp: started.io.of(namespace), socket, sessions, store, events };
}

/** The connection breaks, and the client connects again: the socket on the server. */
async function comeBack({ nsp, socket, events }) {
  const [there] = nsp.sockets.values();
  const gone = once(there, 'disconnect');
  socket.io.engine.close();
  await gone;
  events.splice(0);
  const back = new Promise((resolve) => nsp.once('connection', resolve));
  socket.connect();
  const recovered = await back;
  assert.equal(recovered.recovered, true);
  return recovered;
}

async function until(isTrue) {
  while (!isTrue()) await new Promise(setImmediate);
}

const GUEST = { logged_in: false };

for (const [title, guard] of Object.entries(GUARDS)) {
  test(`${title}: a guest at once, the user when known; what the client sends waits`, async (t) => {
    const app = await startWithAnn(t, { guard });
    const { socket, store, events } = app;
    store.isSlow = true;
    const recovered = await comeBack(app);
    assert.deepEqual(events, [['connection', GUEST]]);
    const answered = socket.emitWithAck('say', 'one');
    socket.emit('say', 'two');
    await until(() => store.asked.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(events, [['connection', GUEST]]);
    assert.deepEqual(recovered.request.user, GUEST);

    store.asked.pop()();
    await answered;
    await socket.emitWithAck('say', 'three');
    assert.deepEqual(events.slice(1), [
      ['one', 'ann'],
      ['two', 'ann'],
      ['three', 'ann'],
    ]);
    assert.deepEqual(recovered.request.user, { name: 'ann', id: 1, logged_in: true });
    assert.equal(socket.recovered, true);
  });

  test(`${title}: refused, it is disconnected, and its state is not recovered again`, async (t) => {
    const app = await startWithAnn(t, { guard });
    const { io, nsp, socket, sessions, store, events, authorizer } = app;
    store.isSlow = true;
    delete sessions.ann;
    await comeBack(app);
    socket.emit('say', 'let me in');
    await until(() => store.asked.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    store.asked.pop()();
    assert.equal(await gone, 'io server disconnect');
    assert.deepEqual(
      events.map(([what]) => what),
      ['connection', 'disconnecting', 'disconnect'],
    );
    assert.equal(nsp.sockets.size, 0);
    assert.equal(nsp.adapter.rooms.size, 0);
    await until(() => io.engine.clientsCount === 0);
    assert.equal(authorizer.stats().failures.SESSION_NOT_FOUND, 1);

    const refused = new Promise((resolve) => socket.once('connect_error', resolve));
    socket.connect();
    await until(() => store.asked.length === 1);
    store.asked.pop()();
    assert.equal((await refused).data.code, 'SESSION_NOT_FOUND');
  });

  test(`${title}: refused in the call, the app still hears connection before disconnect`, async (t) => {
    const app = await startWithAnn(t, { guard });
    delete app.sessions.ann;
    const gone = new Promise((resolve) =>
      app.nsp.on('connection', (socket) => socket.on('disconnect', resolve)),
    );
    await comeBack(app);
    assert.equal(await gone, 'server namespace disconnect');
    assert.deepEqual(app.events, [
      ['connection', GUEST],
      ['disconnecting', GUEST],
      ['disconnect', GUEST],
    ]);
  });

  test(`${title}: where the store cannot be asked, it is disconnected`, async (t) => {
    const app = await startWithAnn(t, { guard, options: { timeout: 100 } });
    app.store.isSlow = true;
    await comeBack(app);
    const gone = new Promise((resolve) => app.socket.once('disconnect', resolve));
    assert.equal(await gone, 'io server disconnect');
    assert.equal(app.authorizer.stats().failures.STORE_TIMEOUT, 1);
    assert.equal(app.nsp.sockets.size, 0);
  });
}

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

test('where an authorizer throws, the socket is disconnected', async () => {
  const calls = [];
  const socket = {
    pid: 'p',
    nsp: { adapter: { sessions: new Map([['p', {}]]) } },
    use: (middleware) => calls.push(middleware),
    disconnect: (isWhole) => calls.push(isWhole),
  };
  const fails = () => {
    throw new Error('unforeseen');
  };
  assert.throws(() => authorizeRecovered(socket, [fails]), /unforeseen/);
  await new Promise(setImmediate);
  assert.deepEqual(calls.slice(1), [true]);
  assert.equal(socket.nsp.adapter.sessions.size, 0);
  // Of several, all have to let it in.
  const released = [];
  calls.splice(0);
  let answers = [];
  const asked = (_socket, done) => answers.push(done);
  authorizeRecovered(socket, [asked, asked]);
  calls[0](['say'], () => released.push('say'));
  answers.pop()();
  assert.deepEqual(released, []);
  answers.pop()();
  assert.deepEqual(released, ['say']);
  answers = [];
  calls.splice(0);
  authorizeRecovered(socket, [asked, asked]);
  calls[0](['say'], () => assert.fail('it was refused'));
  answers.pop()(new Error('refused'));
  answers.pop()();
  await new Promise(setImmediate);
  assert.deepEqual(calls.slice(1), [true]);
});

test('a client that sends without end while it is authorized is disconnected', async (t) => {
  const app = await startWithAnn(t);
  app.store.isSlow = true;
  const recovered = await comeBack(app);
  const gone = once(recovered, 'disconnect');
  for (let i = 0; i < 1001; i += 1) app.socket.emit('say', 'more');
  await gone;
  assert.deepEqual(
    app.events.map(([what]) => what),
    ['connection', 'disconnecting', 'disconnect'],
  );
  assert.equal(app.authorizer.stats().pending, 0);
});
