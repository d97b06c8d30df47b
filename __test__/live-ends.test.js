'use strict';

// The option onSessionEnd with a store in JavaScript: what ends a session, which reason is told, and what ends nobody.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { MemoryStore } = require('express-session');
const { rounds, startLive, until } = require('./support/live/app');
const { VERSIONS } = require('./support/socket-server');

const ANN = { id: 1, name: 'ann', nick: 'a' };

for (const version of VERSIONS) {
  test(`Socket.IO ${version}: a session that is destroyed disconnects its socket, and no other`, async (t) => {
    const app = await startLive(t, { version, options: { onSessionEnd: 'disconnect' } });
    const [ann, bob] = [await app.logIn(ANN), await app.logIn({ id: 2, name: 'bob' })];
    const [hers, his] = [await app.visit(ann), await app.visit(bob)];
    assert.deepEqual([hers.welcome, his.welcome], ['ann', 'bob']);
    const gone = new Promise((resolve) => hers.socket.once('disconnect', resolve));
    await app.post('/destroy', ann);
    await gone;
    assert.equal(his.socket.connected, true);
    const watch = { tier: 'poll', sessions: 1, sockets: 1, ended: ended({ destroyed: 1 }) };
    assert.deepEqual(app.authorizer.stats().watch, watch);
    // The whole connection is closed, not only this namespace of it.
    await until(() => hers.socket.io.engine.readyState === 'closed');
    his.socket.close();
    await until(() => app.authorizer.stats().watch.sockets === 0);
  });

  test(`Socket.IO ${version}: a function is told once, and the socket stays`, async (t) => {
    const app = await startLive(t, { version });
    const ann = await app.logIn(ANN);
    const { socket } = await app.visit(ann);
    await app.post('/destroy', ann);
    await until(() => app.ends.length > 0);
    assert.equal(app.authorizer.stats().watch.sockets, 0);
    await app.visit(await app.logIn({ name: 'bob' }));
    await rounds(app);
    assert.deepEqual(app.ends, [['ann', 'destroyed']]);
    assert.equal(socket.connected, true);
  });
}

// The newest first: older ones put their methods on the requests of all.
for (const [passport, reason] of [
  ['passport', 'destroyed'],
  ['passport-0.6', 'destroyed'],
  ['passport-0.5', 'logged-out'],
]) {
  test(`req.logout of ${passport}: ${reason}`, async (t) => {
    const app = await startLive(t, { passport });
    const cookie = await app.logIn(ANN);
    await app.visit(cookie);
    await app.post('/logout', cookie);
    await until(() => app.ends.length > 0);
    assert.deepEqual(app.ends, [['ann', reason]]);
  });
}

test('a session that is made anew at the log-in is another one', async (t) => {
  const app = await startLive(t);
  const cookie = await app.logIn(ANN);
  await app.visit(cookie);
  await app.post('/regenerate', cookie);
  await until(() => app.ends.length > 0);
  assert.deepEqual(app.ends, [['ann', 'destroyed']]);
});

/** What was in the session, and what is put there in place: whether that is another user. */
const CHANGES = [
  ['a text', 'ann', 'bob', true],
  ['a number that becomes a text', 7, '7', true],
  ['an id', ANN, { ...ANN, id: 2 }, true],
  ['a profile with id', ANN, { nick: 'b', id: 1 }, false],
  ['a profile with _id', { _id: 'x', name: 'ann' }, { name: 'anna', _id: 'x' }, false],
  ['another _id', { _id: 'x', name: 'ann' }, { name: 'ann', _id: 'y' }, true],
  ['id before _id', { id: 0, _id: 'x' }, { id: 0, _id: 'y' }, false],
  ['an id that is null: _id', { id: null, _id: 'x' }, { id: null, _id: 'x', more: 1 }, false],
  ['an id that is an object', { id: { shard: 1, row: 2 } }, { id: { row: 2, shard: 1 }, more: 1 }, false],
  ['a profile without either', { name: 'ann', at: 1 }, { name: 'ann', at: 2 }, true],
  [
    'the order of members',
    { name: 'ann', at: { a: 1, b: [2] } },
    { at: { b: [2], a: 1 }, name: 'ann' },
    false,
  ],
  ['the order of an array', ['ann', 1], [1, 'ann'], true],
];

test('another user in the session, and the same one, edited in place', async (t) => {
  const told = new Map();
  const onSessionEnd = ({ request }, reason) => told.set(request.sessionID, reason);
  const app = await startLive(t, { options: { onSessionEnd } });
  const ids = [];
  for (const [, before, after] of CHANGES) {
    const cookie = await app.logIn(before);
    const { socket } = await app.visit(cookie);
    ids.push(app.io.sockets.sockets.get(socket.id).request.sessionID);
    await app.post('/put', cookie, after);
  }
  await rounds(app);
  for (const [at, [title, , , isOther]] of CHANGES.entries()) {
    assert.equal(told.get(ids[at]), isOther ? 'user-changed' : undefined, title);
  }
});

test('a session that is touched, and one that is changed otherwise, go on', async (t) => {
  const app = await startLive(t, { cookie: { maxAge: 60_000 } });
  const cookie = await app.logIn(ANN);
  await app.visit(cookie);
  for (let i = 0; i < 3; i++) {
    await app.post('/touch', cookie);
    await rounds(app);
  }
  assert.deepEqual(app.ends, []);
});

test('a session whose time is over has expired', async (t) => {
  const app = await startLive(t, { cookie: { maxAge: 1500 } });
  await app.visit(await app.logIn(ANN));
  await until(() => app.ends.length > 0);
  assert.deepEqual(app.ends, [['ann', 'expired']]);
});

const HOUR_MS = 3_600_000;
/** What a store gives as the end of the cookie, and what the session has done when it is gone. */
const EXPIRIES = [
  ['a Date that is over', new Date(Date.now() - 1), 'expired'],
  ['a text that is over', new Date(Date.now() - 1).toJSON(), 'expired'],
  ['a Date to come', new Date(Date.now() + HOUR_MS), 'destroyed'],
  ['a text to come', new Date(Date.now() + HOUR_MS).toJSON(), 'destroyed'],
  ['null, for a cookie that ends with the browser', null, 'destroyed'],
  ['no date', 'soon', 'destroyed'],
];

for (const [title, expires, reason] of EXPIRIES) {
  test(`a session is gone whose cookie had as its end ${title}: ${reason}`, async (t) => {
    const app = await startLive(t);
    const { sessions, get } = app.store;
    // MemoryStore itself removes a session whose time is over, and gives the end as a text.
    app.store.get = (sid, done) => {
      if (sessions[sid]) done(null, { ...JSON.parse(sessions[sid]), cookie: { expires } });
      else get.call(app.store, sid, done);
    };
    await app.visit(await app.logIn(ANN));
    await rounds(app);
    for (const sid of Object.keys(sessions)) delete sessions[sid];
    await until(() => app.ends.length > 0);
    assert.deepEqual(app.ends, [['ann', reason]]);
  });
}

test('a session that is no JSON any more has ended', async (t) => {
  const app = await startLive(t);
  await app.visit(await app.logIn(ANN));
  const { sessions } = app.store;
  // MemoryStore throws a SyntaxError.
  for (const sid of Object.keys(sessions)) sessions[sid] = '{"passport":';
  await until(() => app.ends.length > 0);
  assert.deepEqual(app.ends, [['ann', 'destroyed']]);
});

/** Ways in which a store fails. */
const FAULTS = {
  'calls back with an error': (_sid, done) => done(new Error('down')),
  rejects: async () => {
    throw new Error('down');
  },
  throws: () => {
    throw new Error('down');
  },
  'does not answer': () => {},
};

for (const [title, get] of Object.entries(FAULTS)) {
  test(`a store that ${title} ends nobody, and is asked again`, async (t) => {
    const app = await startLive(t, { options: { timeout: 150 } });
    const cookie = await app.logIn(ANN);
    const { socket } = await app.visit(cookie);
    await rounds(app);
    let asked = 0;
    const original = app.store.get;
    app.store.get = (...args) => {
      asked += 1;
      return get(...args);
    };
    await until(() => asked >= 3);
    assert.deepEqual(app.ends, []);
    app.store.get = original;
    await rounds(app);
    assert.deepEqual(app.ends, []);
    assert.equal(socket.connected, true);
    await app.post('/destroy', cookie);
    await until(() => app.ends.length > 0);
  });
}

test('a store whose Redis client cannot be followed is polled, too', async (t) => {
  const store = Object.assign(new MemoryStore(), { client: { get() {} } });
  const app = await startLive(t, { store });
  const cookie = await app.logIn(ANN);
  await app.visit(cookie);
  assert.match(app.authorizer.backend.reason, /the option redis/);
  await app.post('/destroy', cookie);
  await until(() => app.ends.length > 0);
  assert.deepEqual([app.ends, app.authorizer.stats().watch.tier], [[['ann', 'destroyed']], 'poll']);
});

test("a socket's end is its own where the user changed between two log-ins of one session", async (t) => {
  const app = await startLive(t, { options: { recheckEvery: 60_000 } });
  const cookie = await app.logIn({ id: 1, name: 'ann' });
  await app.visit(cookie);
  await until(() => app.authorizer.stats().watch.sockets === 1);
  await app.post('/put', cookie, { id: 2, name: 'bob' });
  // Its first read shows that the session of the other socket has another user by now.
  const { welcome } = await app.visit(cookie);
  assert.equal(welcome, 'bob');
  await until(() => app.ends.length > 0);
  assert.deepEqual(app.ends, [['ann', 'user-changed']]);
  const { sessions, sockets } = app.authorizer.stats().watch;
  assert.deepEqual({ sessions, sockets }, { sessions: 1, sockets: 1 });
});

test('without the option nothing is asked, and stats().watch is null', async (t) => {
  const store = new MemoryStore();
  const app = await startLive(t, { store, options: { onSessionEnd: undefined } });
  let asked = 0;
  const { get } = store;
  store.get = (...args) => {
    asked += 1;
    get.apply(store, args);
  };
  const cookie = await app.logIn(ANN);
  const { socket } = await app.visit(cookie);
  await app.post('/destroy', cookie);
  const before = asked;
  const emitted = once(app.io.sockets.sockets.get(socket.id), 'ping');
  socket.emit('ping');
  await emitted;
  assert.deepEqual([app.authorizer.stats().watch, asked], [null, before]);
});

function ended(reasons) {
  return { destroyed: 0, expired: 0, 'logged-out': 0, 'user-changed': 0, ...reasons };
}
