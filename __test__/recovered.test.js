'use strict';

// Sockets that Socket.IO has recovered without asking the middlewares (4.6 and newer, by default): authorized as soon as
// they are there, and the order of events.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { authorizeRecovered } = require('../lib/authorize/recovered');
const { GUARDS, comeBack, startWithAnn, until } = require('./support/recovered');

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
