'use strict';

// authorizer.recheck(socket): what each outcome does to the socket, and what could not be asked about.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { AuthorizationError, filterSocketsByUser } = require('..');
const { rechecked, roomsOf, sessionOf } = require('./support/recheck');
const { passportOf } = require('./support/visit');
const { warningsDuring } = require('./support/proof');

const options = { index: ['id'], share: ['id'], rooms: ({ id }) => `user:${id}` };

/** Everything that shows whose socket it is. */
function shownBy({ namespace, socket }) {
  const [byIndex] = filterSocketsByUser(namespace, { id: 'ann' });
  return {
    user: socket.request.user.id,
    isIndexed: byIndex === socket,
    data: socket.data,
    rooms: roomsOf(socket),
  };
}

const ANN = { user: 'ann', isIndexed: true, data: { user: { id: 'ann' } }, rooms: ['user:ann'] };
const GUEST = { user: undefined, isIndexed: false, data: {}, rooms: [] };

/** What ends the user of a socket, on a world of `rechecked`. */
const ENDS = {
  'the session is gone': ({ sessions }) => delete sessions.ann,
  'there is no Passport in it': ({ sessions }) => (sessions.ann = {}),
  'nobody is logged in': ({ sessions }) => (sessions.ann = { passport: {} }),
  'the user is banned': ({ users }) => (users.ann = null),
  'it cannot be read': ({ store }) => (store.error = new SyntaxError('Unexpected token')),
};

for (const [what, end] of Object.entries(ENDS)) {
  test(`${what}: the socket is a guest's, and nobody is the user`, async () => {
    const world = rechecked(options);
    const socket = world.connect('ann');
    assert.deepEqual(shownBy({ ...world, socket }), ANN);
    end(world);
    assert.equal(await world.authorizer.recheck(socket), undefined);
    assert.deepEqual(shownBy({ ...world, socket }), GUEST);
    assert.deepEqual(socket.request.user, { logged_in: false });
  });
}

test('another user in the session: the socket is theirs', async () => {
  const world = rechecked(options);
  const socket = world.connect('ann');
  world.sessions.ann = sessionOf('bob');
  assert.equal((await world.authorizer.recheck(socket)).id, 'bob');
  assert.deepEqual(roomsOf(socket), ['user:bob']);
  assert.deepEqual(socket.data, { user: { id: 'bob' } });
  assert.deepEqual(filterSocketsByUser(world.namespace, { id: 'bob' }), [socket]);
});

/** What keeps the session or the user from being read: the code, and the cause where it is the app's. */
const FAULTS = {
  'the store errs': ['STORE_ERROR', ({ store, cause }) => (store.error = cause)],
  'the store does not answer': ['STORE_TIMEOUT', ({ store }) => (store.isSlow = true)],
  'the prefix of the store throws': [
    'STORE_ERROR',
    ({ store, cause }) =>
      Object.defineProperty(store, 'prefix', {
        get() {
          throw cause;
        },
      }),
  ],
  'the authorizer was closed': ['CLOSED', ({ authorizer }) => authorizer.close()],
  'deserializeUser errs': [
    'DESERIALIZE_ERROR',
    ({ answers, cause }) => (answers.deserialize = (done) => done(cause)),
  ],
  'deserializeUser throws': [
    'DESERIALIZE_ERROR',
    ({ answers, cause }) => {
      answers.deserialize = () => {
        throw cause;
      };
    },
  ],
  'deserializeUser does not answer': [
    'DESERIALIZE_TIMEOUT',
    ({ answers }) => (answers.deserialize = () => {}),
  ],
  'the option rooms throws': [
    'CALLBACK_ERROR',
    ({ answers, cause }) => {
      answers.rooms = () => {
        throw cause;
      };
    },
  ],
  'the option rooms gives a promise': [
    'CALLBACK_ERROR',
    ({ answers }) => (answers.rooms = async () => 'later'),
  ],
};

for (const [what, [code, prepare]] of Object.entries(FAULTS)) {
  test(`${what}: rejected, and nothing has changed`, async (t) => {
    const answers = {};
    const codes = warningsDuring(t);
    const world = rechecked({
      ...options,
      timeout: 50,
      passport: passportOf((key, done) => (answers.deserialize ?? ((then) => then(null, { id: key })))(done)),
      rooms: (user) => answers.rooms?.() ?? options.rooms(user),
    });
    const socket = world.connect('ann');
    const { user } = socket.request;
    const cause = new Error('out of reach');
    prepare({ ...world, answers, cause });
    const error = await world.authorizer.recheck(socket).then(assert.fail, (reason) => reason);
    assert.ok(error instanceof AuthorizationError);
    assert.deepEqual([error.code, error.name, error.data], [code, 'AuthorizationError', undefined]);
    assert.equal(typeof error.hint, 'string');
    if (code === 'STORE_ERROR' || code === 'DESERIALIZE_ERROR') assert.equal(error.cause, cause);
    assert.equal(socket.request.user, user);
    assert.deepEqual(shownBy({ ...world, socket }), ANN);
    // The app has the error: no warning is needed.
    await new Promise(setImmediate);
    assert.deepEqual(codes, []);
  });
}

test('a guest who was never logged in stays one: without a cookie, with a forged one, without a session', async () => {
  const world = rechecked({ ...options, fail: (_data, _message, _critical, accept) => accept() });
  const guests = [world.connect('nobody')];
  for (const cookie of [undefined, 'connect.sid=s%3Aann.forged', 'connect.sid=ann']) {
    guests.push(world.connect('ann', { headers: { cookie } }));
  }
  for (const socket of guests) {
    const { user } = socket.request;
    assert.equal(await world.authorizer.recheck(socket), undefined);
    assert.equal(socket.request.user, user);
  }
});

test('a guest that fail has made is not ended, whatever that guest looks like', async () => {
  const bot = { id: 'bot' };
  const fail = (data, _message, _critical, accept) => {
    data.user = bot;
    accept();
  };
  const world = rechecked({ ...options, fail });
  const socket = world.connect('nobody');
  assert.equal(await world.authorizer.recheck(socket), undefined);
  assert.equal(await world.authorizer.recheck(), undefined);
  assert.equal(socket.request.user, bot);
  world.sessions.nobody = sessionOf('ann');
  assert.equal((await world.authorizer.recheck(socket)).id, 'ann');
  assert.deepEqual(shownBy({ ...world, socket }), ANN);
});

test('what is no socket: a promise that is rejected, and says what to give', async () => {
  const { authorizer, namespace, connect } = rechecked();
  const wrong = [
    [undefined, /is undefined: the socket may have left/],
    [Promise.resolve(connect('ann')), /is a promise/],
    [null, /not null/],
    ['an id', /not 'an id'/],
    [namespace, /must be a socket .*, not a RoomyNamespace\.$/],
    // A RemoteSocket, which has no request.
    [{ id: 'far away', handshake: {}, rooms: new Set(), data: {} }, /must be a socket of this server/],
  ];
  for (const [given, message] of wrong) {
    const result = authorizer.recheck(given);
    await assert.rejects(result, { name: 'TypeError', message });
  }
});
