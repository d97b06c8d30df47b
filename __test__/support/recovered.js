'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { startIndexed } = require('./index-app');

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

/** Resolves when this is so; a test that waits in vain fails, and does not hang. */
async function until(isTrue) {
  const deadline = performance.now() + 5000;
  while (!isTrue()) {
    assert.ok(performance.now() < deadline, `not so: ${isTrue}`);
    await new Promise(setImmediate);
  }
}

module.exports = { GUARDS, comeBack, startWithAnn, until };
