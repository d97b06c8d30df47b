'use strict';

// authorizer.recheck() without an argument: the sessions of all sockets of users that this authorizer was asked about.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { assertPrints } = require('./support/child');
const { AuthorizationError, authorize, filterSocketsByUser } = require('..');
const { admit, disconnect, enter } = require('./support/index-sockets');
const {
  RoomyNamespace,
  rechecked,
  roomsOf,
  sessionOf,
  sessionsWith,
  socketOf,
} = require('./support/recheck');
const { until } = require('./support/recovered');
const { cookieOf } = require('./support/visit');

const asGuest = (_data, _message, _critical, accept) => accept();

/** A world with a socket of each of so many users. */
function crowd(count, options) {
  const world = rechecked(options);
  const sids = Array.from({ length: count }, (_, i) => `user${i}`);
  for (const sid of sids) world.sessions[sid] = sessionOf(sid);
  return { ...world, sockets: sids.map((sid) => world.connect(sid)) };
}

test('a hundred at once, and all of them', async () => {
  const { authorizer, sessions, store, sockets } = crowd(250);
  store.isSlow = true;
  let isDone = false;
  const result = authorizer.recheck().then(() => (isDone = true));
  for (let i = 0; i < sockets.length; i++) {
    const expected = Math.min(100 + i, 250);
    await until(() => store.asked.length === expected);
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    assert.equal(store.asked.length, expected);
    assert.equal(isDone, false);
    if (i % 2 === 0) delete sessions[`user${i}`];
    store.asked[i]();
  }
  await result;
  assert.deepEqual(
    sockets.map((socket) => socket.request.user.logged_in),
    sockets.map((_, i) => i % 2 === 1),
  );
});

test('a store that answers in the call does not keep the event loop from turning', async () => {
  const { authorizer } = crowd(1000);
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await authorizer.recheck();
  isDone = true;
  assert.ok(turns >= 10, `${turns} turns`);
});

test('neither guests, nor sockets of another authorizer, nor those that leave before their turn', async () => {
  const asked = [];
  const { given, sessions } = sessionsWith({ fail: asGuest });
  const { get } = given.store;
  given.store.get = (sid, done) => {
    asked.push(sid);
    get(sid, done);
  };
  const namespace = new RoomyNamespace();
  const first = authorize(given);
  const second = authorize({ ...given, store: { get: (sid, done) => done(null, sessionOf(sid)) } });
  const socketFor = (authorizer, sid) => {
    const socket = socketOf(namespace, cookieOf(sid));
    assert.equal(admit(authorizer, socket), undefined);
    return enter(socket);
  };
  for (const sid of ['ann', 'nobody']) socketFor(first, sid);
  const others = socketFor(second, 'tenant of another');
  const leaving = Object.assign(socketFor(first, 'bob'), { emit() {} });
  asked.splice(0);
  const result = first.recheck();
  disconnect(leaving);
  await result;
  assert.deepEqual(asked, ['ann']);
  assert.equal(others.request.user.id, 'tenant of another');
  delete sessions.ann;
  await first.recheck();
  assert.equal(others.request.user.id, 'tenant of another');
});

test('two namespaces of one client share the request: each socket has its own turn', async () => {
  const { authorizer, sessions, connect } = rechecked({ rooms: ({ id }) => `user:${id}` });
  const first = connect('ann');
  const second = socketOf(new RoomyNamespace('/chat'), cookieOf('ann'));
  second.request = first.request;
  assert.equal(admit(authorizer, second), undefined);
  enter(second);
  delete sessions.ann;
  await authorizer.recheck();
  assert.deepEqual([roomsOf(first), roomsOf(second)], [[], []]);
  assert.deepEqual(
    filterSocketsByUser([first, second], ({ id }) => id === 'ann'),
    [],
  );
});

test('some cannot be asked about: the others are done first; one error, or an AggregateError of them', async () => {
  const { authorizer, sessions, store, sockets } = crowd(4);
  const { get } = store;
  const failing = ['user0'];
  store.get = (sid, done) => {
    if (failing.includes(sid)) done(new Error(`no shard of ${sid}`));
    else get(sid, done);
  };
  delete sessions.user3;
  const user = sockets[0].request.user;
  const single = await authorizer.recheck().then(assert.fail, (error) => error);
  assert.ok(single instanceof AuthorizationError);
  assert.deepEqual([single.code, single.cause.message], ['STORE_ERROR', 'no shard of user0']);
  assert.equal(sockets[3].request.user.logged_in, false);
  assert.equal(sockets[0].request.user, user);
  failing.push('user2');
  delete sessions.user1;
  const several = await authorizer.recheck().then(assert.fail, (error) => error);
  assert.ok(several instanceof AggregateError);
  assert.match(several.message, /^2 of 3 sockets could not be rechecked: .*no shard of user0/s);
  assert.deepEqual(
    several.errors.map(({ cause }) => cause.message),
    ['no shard of user0', 'no shard of user2'],
  );
  assert.equal(sockets[1].request.user.logged_in, false);
});

test('nobody has come yet; a user whose getters throw is passed over', async () => {
  const { authorizer, connect, store } = rechecked();
  assert.equal(await authorizer.recheck(), undefined);
  const socket = connect('ann');
  Object.defineProperty(socket.request, 'user', {
    get() {
      throw new Error('not loaded');
    },
  });
  store.isSlow = true;
  assert.equal(await authorizer.recheck(), undefined);
  assert.equal(store.asked.length, 0);
});

test('nothing of an authorizer stays with its namespace', async () => {
  const script = `
    const Registry = FinalizationRegistry;
    const held = [];
    globalThis.FinalizationRegistry = class extends Registry {
      register(target, value, ...token) {
        held.push(new WeakRef(value));
        super.register(target, value, ...token);
      }
    };
    const { Rechecks } = require('./lib/authorize/rechecks');
    const namespace = {};
    new Rechecks({}).see(namespace);
    (async () => {
      for (let times = 0; times < 100 && held[0].deref() !== undefined; times++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        gc();
      }
      console.log(held.length, held[0].deref(), typeof namespace);
    })();
  `;
  await assertPrints(script, '1 undefined object', { args: ['--expose-gc'], preamble: '' });
});
