'use strict';

// What a stranger hears: fixed texts and a code, nothing of the inside; what the app says to it arrives.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { authorize, AuthorizationError } = require('..');
const { startIndexed } = require('./support/index-app');
const { runScript } = require('./support/child');
const { freePort } = require('../scripts/support/redis-server');
const { SECRET, cookieOf, handshake, passportOf, visit } = require('./support/visit');

const INSIDE = 'getaddrinfo ENOTFOUND db-7.internal; SELECT * FROM users; /var/lib/sessions/x.json';
const SESSIONS = { get: (sid, done) => done(null, { passport: { user: sid } }) };

function authorizerOf(options) {
  return authorize({ secret: SECRET, store: SESSIONS, passport: passportOf(), ...options });
}

/** Faults with words of the inside, and what a client is told. */
const FAULTS = {
  STORE_ERROR: [{ store: { get: (sid, done) => done(new Error(INSIDE)) } }, 'Error in session store'],
  'STORE_ERROR thrown': [
    {
      store: {
        get() {
          throw new Error(INSIDE);
        },
      },
    },
    'Error in session store',
  ],
  STORE_TIMEOUT: [{ store: { get() {} }, timeout: 20 }, 'Error in session store'],
  BAD_SESSION: [
    { store: { get: (sid, done) => done(new SyntaxError(`Unexpected token in ${INSIDE}`)) } },
    'Error in session store',
  ],
  DESERIALIZE_ERROR: [
    { passport: passportOf((key, done) => done(new Error(INSIDE))) },
    'Error in deserializing the user',
  ],
  DESERIALIZE_TIMEOUT: [{ passport: passportOf(() => {}), timeout: 20 }, 'Error in deserializing the user'],
  'CALLBACK_ERROR of success': [
    {
      success() {
        throw new Error(INSIDE);
      },
    },
    'Error in authorization',
  ],
  'CALLBACK_ERROR of rooms': [
    {
      rooms() {
        throw new Error(INSIDE);
      },
    },
    'Error in authorization',
  ],
};

for (const [fault, [options, text]] of Object.entries(FAULTS)) {
  test(`${fault}: a client hears a fixed text and the code, the app the cause`, async (t) => {
    const { visit: enter } = await startIndexed(t, { users: { ann: {} }, options });
    const { refused } = await enter('ann');
    const [code] = fault.split(' ');
    assert.deepEqual([refused.message, refused.data], [text, { code }]);

    // Rooms need a socket in a namespace.
    if (options.rooms) return;
    const { error } = await visit(authorizerOf(options), cookieOf('ann'));
    assert.deepEqual([error.message, error.code], [text, code]);
    assert.ok(error.cause instanceof Error);
    let told;
    const fail = (data, message, critical, accept, info) => accept((told = info.cause));
    await visit(authorizerOf({ ...options, fail }), cookieOf('ann'));
    assert.equal(told.message, error.cause.message);
  });
}

test('a Redis that is not there, natively: no address reaches the client', async (t) => {
  const redis = `redis://app:hunter2@127.0.0.1:${await freePort()}`;
  const { visit: enter } = await startIndexed(t, { options: { store: undefined, redis } });
  const { refused } = await enter('ann');
  assert.deepEqual(JSON.parse(JSON.stringify({ message: refused.message, data: refused.data })), {
    message: 'Error in session store',
    data: { code: 'STORE_ERROR' },
  });
});

test('clients of Socket.IO 1 and 2 get the message alone', async (t) => {
  for (const version of [1, 2]) {
    const { visit: enter } = await startIndexed(t, {
      version,
      users: { ann: {} },
      options: FAULTS.STORE_ERROR[0],
    });
    assert.equal((await enter('ann')).refused, 'Error in session store');
  }
});

test('message, as fail gets it, stays that of the original', async () => {
  const told = [];
  const fail = (data, message, critical, accept) => accept(told.push(message) && null, false);
  await visit(authorizerOf({ ...FAULTS.STORE_ERROR[0], fail }), cookieOf('ann'));
  await visit(authorizerOf({ ...FAULTS.DESERIALIZE_ERROR[0], fail }), cookieOf('ann'));
  assert.equal(told[0], `Error in session store:\n${INSIDE}`);
  assert.ok(told[1] instanceof Error && told[1].message === INSIDE);
});

test('the operator hears the cause, the first at once and then at most one a minute', async () => {
  const { err } = await runScript(`
    const store = { get: (sid, done) => done(new Error('no route to host')) };
    const authorizer = authorize({ secret: SECRET, store, passport: passportOf() });
    (async () => {
      for (let i = 0; i < 50; i++) await visit(authorizer, cookieOf('ann'));
    })();
  `);
  const lines = err.split('\n').filter((line) => line.includes('PassportSocketIoWarning'));
  assert.equal(lines.length, 1, err);
  assert.match(lines[0], /STORE_ERROR: no route to host/);
});

test('visitors are nobody’s fault: the operator hears nothing', async () => {
  const { err } = await runScript(`
    const store = { get: (sid, done) => done(null, sid === 'new' ? { cookie: {} } : null) };
    const authorizer = authorize({ secret: SECRET, store, passport: passportOf() });
    (async () => {
      for (const cookie of ['', cookieOf('gone'), cookieOf('new'), cookieOf('x') + 'forged']) await visit(authorizer, cookie);
      authorizer.close();
      await visit(authorizer, cookieOf('gone'));
    })();
  `);
  assert.equal(err, '');
});

/** What an app hands to accept, and what the client is to read. */
const WORDS = [
  ['a text', 'a text'],
  [new RangeError(''), 'RangeError'],
  [new Error(''), 'Error'],
  [{ message: 'x' }, 'x'],
  [{ message: '' }, '[object Object]'],
  [7, '7'],
  [Symbol('odd'), 'Symbol(odd)'],
  [true, 'true'],
];

test('what accept is given reaches the client: a text, an error without a message its name', async (t) => {
  let answer;
  const refuse = (...args) => args.find((arg) => typeof arg === 'function')(answer);
  const { visit: enter } = await startIndexed(t, {
    users: { ann: {} },
    options: { success: refuse, fail: refuse },
  });
  for (const [given, text] of WORDS) {
    answer = given;
    for (const [name, code] of [
      ['ann', 'REFUSED'],
      [undefined, 'NO_COOKIE'],
    ]) {
      const { refused } = await enter(name);
      assert.equal(refused.message, text);
      // What has words of its own goes on as it is, data and all.
      if (typeof given !== 'object' || !given.message) assert.deepEqual(refused.data, { code });
    }
  }
});

test('what is made an Error has what was given as its cause', async () => {
  const { error } = await visit(
    authorizerOf({ success: (data, accept) => accept('banned') }),
    cookieOf('ann'),
  );
  assert.ok(error instanceof AuthorizationError);
  assert.deepEqual([error.message, error.cause, error.code], ['banned', 'banned', 'REFUSED']);
});

test('under allowRequest an object with a message is that message', async () => {
  for (const [given, text] of [
    [{ message: 'x' }, 'x'],
    ['banned', 'banned'],
  ]) {
    const request = { method: 'GET', headers: { cookie: cookieOf('ann') } };
    const authorizer = authorizerOf({ success: (data, accept) => accept(given) });
    const { error, accepted } = await handshake(authorizer, request);
    assert.deepEqual([error, accepted], [text, false]);
  }
});

test('a fail that rejects with an object with a message: its words', async () => {
  const warned = once(process, 'warning');
  const fail = () => Promise.reject({ message: 'x' });
  const { error } = await visit(authorizerOf({ fail }), '');
  await warned;
  assert.equal(error.message, 'x');
});

test('a TypeError about the option redis shows nothing of what may be a password', () => {
  const urls = [
    'redis://app:123?hunter2@host',
    'redis://app:123?a=1&hunter2=x@host',
    'redis://app:12#hunter2@host',
    'redis://app:12/hunter2@host',
    'redis://app:hunter2 x@host:y',
    'redis://hunter2%@host',
    'hunter2://app@host',
  ];
  for (const url of urls) {
    for (const redis of [
      url,
      { url },
      [url, url],
      { nodes: [url] },
      { sentinel: { name: 'm', nodes: [url] } },
    ]) {
      assert.throws(
        () => authorize({ secret: SECRET, redis, passport: passportOf() }),
        (error) => error instanceof TypeError && !`${error.message} ${error.cause}`.includes('hunter2'),
        JSON.stringify(redis),
      );
    }
  }
});

test('a session id in the words of a store is masked in what the operator hears', async () => {
  const { err } = await runScript(`
    const store = { get: (sid, done) => done(new Error("EMFILE, open '/sessions/" + sid + ".json'")) };
    const authorizer = authorize({ secret: SECRET, store, passport: passportOf() });
    visit(authorizer, cookieOf('0123456789abcdef'));
  `);
  assert.match(err, /STORE_ERROR: EMFILE, open '\/sessions\/0123….json'/);
});

test('the same in the words of callbacks that fail', async () => {
  const { err } = await runScript(`
    const store = { get: (sid, done) => done(null, sid !== 'fedcba9876543210' && { passport: { user: sid } }) };
    const options = { secret: SECRET, store, passport: passportOf() };
    const namespace = Object.assign(new (require('node:events'))(), { sockets: new Map() });
    const come = (options, sid) => authorize({ ...options })({ nsp: namespace, request: { headers: { cookie: cookieOf(sid) } } }, () => {});
    come({ ...options, fail(data) { throw new Error('no audit of ' + data.sessionID); } }, 'fedcba9876543210');
    come({ ...options, rooms(user, data) { throw new Error('no rooms of ' + data.sessionID); } }, '0123456789abcdef');
  `);
  assert.match(err, /no audit of fedc…/);
  assert.match(err, /no rooms of 0123…/);
  assert.doesNotMatch(err, /fedcba98|01234567/);
});

test('a deserializer that never answers is told to the operator', async () => {
  const { err } = await runScript(`
    const store = { get: (sid, done) => done(null, { passport: { user: sid } }) };
    visit(authorize({ secret: SECRET, store, passport: passportOf(() => {}), timeout: 20 }), cookieOf('ann'));
  `);
  assert.match(err, /DESERIALIZE_TIMEOUT: no answer within 20 ms/);
});

test('what cannot be put into words is answered all the same', async () => {
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('no words');
      },
    },
  );
  for (const given of [hostile, [], '']) {
    const authorizer = authorizerOf({ success: (data, accept) => accept(given || hostile) });
    const { error } = await visit(authorizer, cookieOf('ann'));
    assert.ok(error instanceof Error && error.message !== '');
  }
});

test('an unknown setting of redis that is a URL is not quoted', () => {
  for (const redis of [{ 'redis://app:hunter2@host': 1 }, { url: 'redis://a', 'app:hunter2': 1 }]) {
    assert.throws(
      () => authorize({ secret: SECRET, redis, passport: passportOf() }),
      (error) => error instanceof TypeError && !error.message.includes('hunter2'),
    );
  }
});
