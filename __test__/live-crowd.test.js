'use strict';

// The option onSessionEnd with sockets by the thousand, and at moments that a real connection does not meet at will.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { test } = require('node:test');
const { LiveSessions } = require('../lib/live');
const { slots } = require('../lib/live/slots');
const { until } = require('./support/live/app');
const { crowdOf, enter } = require('./support/live/crowd');
const { cookieOf } = require('./support/visit');

const turn = () => new Promise(setImmediate);
const turns = async (count) => {
  for (let i = 0; i < count; i++) await turn();
};

test('sockets that come and go by the thousand leave nothing', async () => {
  const { authorizer, connect, leave, letIn } = crowdOf();
  const most = 100;
  for (let round = 0; round < 50; round++) {
    const sockets = Array.from({ length: most }, (_, i) => connect(`sid ${round} ${i}`));
    assert.equal(authorizer.stats().watch.sessions, most);
    // Some are refused by a later middleware.
    for (let i = 0; i < 10; i++) letIn(`refused ${round} ${i}`);
    if (round % 10 === 0) await turn();
    for (const socket of sockets) leave(socket);
  }
  const { sessions, sockets } = authorizer.stats().watch;
  assert.deepEqual({ sessions, sockets }, { sessions: 0, sockets: 0 });
  assert.deepEqual(slots.socketsOf({}), []);
  // The slots were used again.
  assert.equal(slots.socketAt(most, slots.turnOf(most)), undefined);
  assert.equal(slots.turnOf(most), 0);
  assert.ok(slots.turnOf(0) > 10);
});

test('nobody ends in the turn in which they connect, although the store answers in the call', async () => {
  const { gone, connect, letIn, ends } = crowdOf();
  const early = letIn('ann');
  gone.add('ann').add('bob');
  early.connected = true;
  enter(early);
  assert.deepEqual(ends, []);
  await until(() => ends.length > 0);
  assert.deepEqual(ends, [[early, 'destroyed']]);
  gone.delete('ann');
  connect('ann');
  await turns(5);
  assert.equal(ends.length, 1);
});

test('an end that is under way for a former socket does not reach the one that has its slot now', async () => {
  const { authorizer, gone, connect, leave, store, ends } = crowdOf();
  const answers = [];
  const { get } = store;
  const ann = connect('ann');
  await turns(2);
  // While it is asked about ann, she leaves, and bob gets her slot.
  store.get = (sid, done) => answers.push(() => get(sid, done));
  await until(() => answers.length > 0);
  gone.add('ann');
  store.get = get;
  leave(ann);
  const bob = connect('bob');
  for (const answer of answers) answer();
  await turns(5);
  assert.deepEqual(ends, []);
  // The end is decided, and not told yet: bob leaves, and cat gets the slot.
  const dee = connect('dee');
  await turns(2);
  store.get = (sid, done) => {
    get(sid, done);
    if (sid !== 'bob') return;
    leave(bob);
    store.get = get;
    connect('cat');
  };
  gone.add('bob');
  await until(() => store.get === get);
  await turns(5);
  assert.deepEqual(ends, []);
  assert.deepEqual(authorizer.stats().watch.sockets, 2);
  gone.add('dee');
  await until(() => ends.length > 0);
  assert.deepEqual(ends, [[dee, 'destroyed']]);
});

test('a socket that is authorized again by another session outlives the first one', async () => {
  const { authorizer, authorize, gone, connect, ends } = crowdOf();
  const [socket, control] = [connect('ann'), connect('ann')];
  socket.request.headers.cookie = cookieOf('bob');
  authorize(socket);
  gone.add('ann');
  const { sessions, sockets } = authorizer.stats().watch;
  assert.deepEqual({ sessions, sockets }, { sessions: 2, sockets: 2 });
  await until(() => ends.length > 0);
  assert.deepEqual(ends, [[control, 'destroyed']]);
  gone.add('bob');
  await until(() => ends.length > 1);
  assert.deepEqual(ends[1], [socket, 'destroyed']);
});

test('a socket that is authorized again, and is a guest then, is not watched', () => {
  const { authorizer, authorize, gone, connect, letIn } = crowdOf({
    fail: (_data, _message, _critical, accept) => accept(),
  });
  const [connected, early] = [connect('ann'), letIn('ann')];
  assert.equal(authorizer.stats().watch.sockets, 1);
  gone.add('ann');
  authorize(connected);
  authorize(early);
  assert.equal(authorizer.stats().watch.sockets, 0);
  enter(early);
  assert.equal(authorizer.stats().watch.sockets, 0);
});

test('a socket that is authorized again when its end is about to be told is not told', async () => {
  const told = [];
  const { authorize, gone, connect, authorizer } = crowdOf({
    onSessionEnd(socket) {
      told.push(socket);
      second.request.headers.cookie = cookieOf('bob');
      authorize(second);
    },
  });
  const [first, second] = [connect('ann'), connect('ann')];
  gone.add('ann');
  await until(() => told.length > 0);
  await turns(5);
  assert.deepEqual(told, [first]);
  assert.equal(authorizer.stats().watch.sockets, 1);
});

test('100,000 ends in one turn: the event loop turns meanwhile, and each is told once, in order', async () => {
  const count = 100_000;
  const told = [];
  const { live, end, watched } = liveSessionsOf((socket) => {
    told.push(socket);
    // A slow callback uses up the time of its turn.
    if (told.length % 10_000 === 0) spend(6);
  });
  const sockets = Array.from({ length: count }, () => ({ connected: true }));
  for (const socket of sockets) live.begin(socket, { id: 'ann', identity: '1' });
  for (const [slot, slotTurn] of watched) end(slot, slotTurn, 'destroyed');
  // A watch must not do that twice.
  end(...watched[0], 'destroyed');
  // This one has left, and nobody has said so.
  sockets[7].connected = false;
  assert.deepEqual(told, []);
  let passed = 0;
  for (; told.length < count - 1; passed++) await turn();
  assert.ok(passed >= 10, `${passed} turns`);
  const expected = sockets.filter(({ connected }) => connected);
  assert.ok(told.every((socket, i) => socket === expected[i]));
  assert.deepEqual(live.stats().sockets, 0);
  assert.equal(live.stats().ended.destroyed, count);
});

test('a callback that ends all others in its call, and closes the authorizer', async () => {
  const told = [];
  const { live, end, watched } = liveSessionsOf((socket) => {
    told.push(socket.name);
    if (socket.name === 2) live.close();
  });
  for (let name = 0; name < 5; name++) live.begin({ name, connected: true }, { id: 'ann', identity: '1' });
  for (const [slot, slotTurn] of watched) end(slot, slotTurn, 'expired');
  await turns(5);
  assert.deepEqual(told, [0, 1, 2]);
});

test('endNow: a socket is told at once, if it is watched, and not again', async () => {
  const told = [];
  const { live, end, watched } = liveSessionsOf((socket, reason) => told.push([socket.name, reason]));
  const [ann, bob] = [
    { name: 'ann', nsp: {}, connected: true },
    { name: 'bob', nsp: {}, connected: true },
  ];
  live.begin(ann, { id: 'ann', identity: '1' });
  end(...watched[0], 'expired');
  assert.equal(live.endNow(ann, 'logged-out'), true);
  assert.equal(live.endNow(ann, 'logged-out'), false);
  assert.equal(live.endNow(bob, 'logged-out'), false);
  await turns(5);
  assert.deepEqual(told, [['ann', 'logged-out']]);
  assert.equal(live.stats().ended['logged-out'], 1);
  assert.equal(live.stats().ended.expired, 0);
});

function spend(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Live sessions over a watch whose ends the test brings. */
function liveSessionsOf(onSessionEnd) {
  const watched = [];
  let onEnd;
  const watch = {
    watch: (slot, slotTurn) => watched.push([slot, slotTurn]),
    unwatch() {},
    close() {},
  };
  const openWatch = (settings) => {
    onEnd = settings.onEnd;
    return watch;
  };
  const live = LiveSessions.of({ onSessionEnd }, { openWatch });
  return { live, watched, end: (...args) => onEnd(...args) };
}

test('at most 16 sessions are asked for at a time, and each of them', async () => {
  const { connect, store, authorizer } = crowdOf({ timeout: 60_000 });
  const { get } = store;
  const waiting = [];
  const asked = new Set();
  const sockets = Array.from({ length: 100 }, (_, i) => connect(`sid ${i}`));
  let most = 0;
  store.get = (sid, done) => {
    asked.add(sid);
    waiting.push(() => get(sid, done));
    most = Math.max(most, waiting.length);
  };
  await until(() => {
    const isFull = waiting.length === 16 || asked.size + waiting.length > 100;
    for (const answer of isFull ? waiting.splice(0, 8) : []) answer();
    return asked.size === 100;
  });
  assert.equal(most, 16);
  assert.equal(sockets.length, authorizer.stats().watch.sockets);
  authorizer.close();
});

test('a store that answers in the call is asked for few sessions in one turn', async () => {
  const { authorizer, connect, store } = crowdOf();
  const { get } = store;
  for (let i = 0; i < 1000; i++) connect(`sid ${i}`);
  const asked = new Set();
  store.get = (sid, done) => {
    asked.add(sid);
    get(sid, done);
  };
  let most = 0;
  for (let before = 0; before < 100; before = asked.size) {
    await turn();
    most = Math.max(most, asked.size - before);
  }
  assert.ok(most < 500, `${most}`);
  authorizer.close();
});

test('a socket that connects after close() is not watched', () => {
  const { authorizer, letIn } = crowdOf();
  const socket = letIn('ann');
  authorizer.close();
  enter(socket);
  assert.deepEqual(authorizer.stats().watch.sockets, 0);
});

test("neither the store nor the callback sees a client's AsyncLocalStorage", async () => {
  const storage = new AsyncLocalStorage();
  const seen = [];
  const { gone, connect, store } = crowdOf({ onSessionEnd: () => seen.push(storage.getStore()) });
  const { get } = store;
  storage.run('a client', () => connect('ann'));
  store.get = (...args) => {
    seen.push(storage.getStore());
    storage.run('a connection of the store', () => get(...args));
  };
  await until(() => seen.length >= 2);
  gone.add('ann');
  const before = seen.length;
  await until(() => seen.length >= before + 2);
  assert.deepEqual(new Set(seen), new Set([undefined]));
});

for (const index of [undefined, ['name']]) {
  const title = index ? ', with an index, which watches the Map too' : '';
  test(`a Map of sockets that the app replaces: those who have left are forgotten, and new ones are watched${title}`, () => {
    const { authorizer, namespace, connect, leave, letIn } = crowdOf({ index });
    const [ann, bob] = [connect('ann'), connect('bob')];
    const early = letIn('cat');
    namespace.sockets = new Map([
      [bob.id, bob],
      [early.id, early],
    ]);
    const dee = connect('dee');
    assert.deepEqual(authorizer.stats().watch.sockets, 3);
    if (index) assert.deepEqual([...authorizer.users('name').keys()].sort(), ['bob', 'cat', 'dee']);
    for (const socket of [ann, bob, early, dee]) leave(socket);
    assert.deepEqual(authorizer.stats().watch.sockets, 0);
    if (index) assert.equal(authorizer.users('name').size, 0);
  });
}
