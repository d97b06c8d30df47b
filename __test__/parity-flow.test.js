'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Passport } = require('passport');
const { SECRET, cookieOf, passportOf } = require('./support/visit');
const { storeOf } = require('./support/oracle');
const { SESSIONS, assertSameFlow, requestOf, shown } = require('./support/flow');

test('sessions of every kind', async () => {
  for (const sid of ['ada', 'visitor', 'stranger', 'gone']) {
    await assertSameFlow(({ authorize, connect }) => connect(authorize(), requestOf(sid)));
  }
});

test('a store that is synchronous answers before the call returns, one that is not does not', async () => {
  const [first] = await assertSameFlow(({ authorize, connect }) => connect(authorize()));
  assert.strictEqual(first[0], 'success');
  for (const sid of ['ada', 'stranger']) {
    const [returned] = await assertSameFlow(({ authorize, connect }) => {
      const store = { get: (id, callback) => setImmediate(callback, null, SESSIONS[id]) };
      return connect(authorize({ store }), requestOf(sid));
    });
    assert.strictEqual(returned[0], 'returned');
  }
});

test('errors of a store: an Error, an object with a message, of another class', async () => {
  const errors = [
    new Error('down'),
    { message: 'gone' },
    new RangeError(''),
    new Error('two\nlines'),
    { message: 7 },
  ];
  for (const error of errors) {
    await assertSameFlow(({ authorize, connect }) =>
      connect(authorize({ store: { get: (sid, callback) => callback(error, SESSIONS.ada) } })),
    );
  }
});

test('what a store may take for a session', async () => {
  const sessions = [
    null,
    undefined,
    false,
    0,
    '',
    'text',
    7,
    true,
    [],
    { passport: null },
    { passport: 'x' },
    { passport: 1 },
  ];
  const inherited = Object.create({ passport: { user: 'inherited' } });
  const logins = [undefined, 0, NaN, 'ada', {}, [], { user: 1 }].map((user) => ({
    passport: { user },
  }));
  for (const session of [...sessions, inherited, ...logins]) {
    await assertSameFlow(({ authorize, connect }) =>
      connect(authorize({ store: { get: (sid, callback) => callback(null, session) } })),
    );
  }
});

test('what is on the request when the store is asked, and in which order', async () => {
  const [asked] = await assertSameFlow(({ log, authorize, connect }) => {
    const request = { ...requestOf('ada'), url: '/', user: 'of an earlier middleware' };
    const get = function get(sid, callback) {
      log.push(['asked', sid, this === store, arguments.length, ...shown(request), { ...request }]);
      callback(null, SESSIONS[sid]);
    };
    const store = { get };
    return connect(authorize({ store, userProperty: 'account' }), request);
  });
  assert.deepStrictEqual(
    asked.slice(4, -1).map(([name]) => name),
    ['headers', 'url', 'user', 'socketio_version_1', 'cookie', 'sessionID', 'account'],
  );
});

test('what else can be seen of the request: JSON, keys, copies, own assignments', async () => {
  await assertSameFlow(async ({ log, authorize, connect }) => {
    const request = await connect(authorize());
    log.push(JSON.stringify(request), { ...request }, Object.keys(request), Object.assign({}, request));
    request.cookie = 'mine';
    request.sessionID = 'mine too';
    log.push(shown(request), delete request.cookie, 'cookie' in request, request.cookie);
    await connect(authorize(), request);
    log.push(shown(request));
  });
});

test('what the app puts on the request meanwhile changes nothing but itself', async () => {
  await assertSameFlow(async ({ log, authorize, connect }) => {
    const request = requestOf('ada');
    const get = (sid, callback) => {
      Object.assign(request, { cookie: {}, sessionID: undefined });
      delete request.sessionID;
      callback(null, SESSIONS[sid]);
    };
    await connect(authorize({ store: { get } }), request);
    const other = requestOf('ada');
    const deserialize = (req, key, done) => done(null, Object.assign(req, { cookie: 'mine' }) && { key });
    await connect(authorize({ passport: passportOf(deserialize) }), other);
    log.push(shown(request), shown(other));
  });
});

test('the same request is authorised again, for another namespace', async () => {
  await assertSameFlow(async ({ log, authorize, connect }) => {
    const request = requestOf('ada');
    const [first, second] = [authorize(), authorize({ userProperty: 'account', secret: 'another one' })];
    await connect(first, request);
    await connect(first, request);
    request.headers.cookie = cookieOf('stranger');
    await connect(first, request);
    await connect(second, request);
    log.push(shown(request));
  });
});

test('0.9 style: anything without a request', async () => {
  for (const sid of ['ada', 'visitor', 'stranger', 'gone']) {
    await assertSameFlow(({ authorize, connect }) => connect(authorize(), requestOf(sid), 'handshake'));
    await assertSameFlow(({ library, connect }) => {
      const options = { secret: SECRET, store: storeOf(SESSIONS), passport: passportOf() };
      return connect(library.authorize(options), requestOf(sid), 'handshake');
    });
  }
});

test('cross-domain requests of 0.9', async () => {
  const handshakes = [
    { headers: {}, xdomain: true },
    { headers: {}, xdomain: false },
    { headers: {}, xdomain: true, query: { session_id: 'ada' } },
    { headers: {}, xdomain: true, query: { session_id: '' } },
    { headers: { cookie: cookieOf('ada') }, xdomain: true },
    { headers: { cookie: cookieOf('ada', { secret: 'forged' }) }, xdomain: true },
    { headers: { cookie: cookieOf('') }, xdomain: true },
  ];
  for (const handshake of handshakes) {
    await assertSameFlow(({ authorize, connect }) => connect(authorize(), { ...handshake }, 'handshake'));
    await assertSameFlow(({ authorize, connect }) => connect(authorize(), { ...handshake }));
  }
});

test('the session id in the query wins over the cookie', async () => {
  const queries = [
    { query: { session_id: 'ada' } },
    { _query: { session_id: 'ada' } },
    { query: { session_id: 'ada' }, _query: { session_id: 'bob' } },
    { query: { session_id: '' }, _query: { session_id: 'ada' } },
    { query: null, _query: undefined },
    { query: {}, _query: {} },
    { query: { session_id: 'gone' } },
    { query: { session_id: 's:ada.forged' } },
    { query: { session_id: ['ada', 'bob'] } },
    { _query: { session_id: ['ada', 'ada'] } },
    { _query: { session_id: { a: '1' } } },
    { query: { session_id: '__proto__' } },
    { query: { session_id: 'a%64a' } },
  ];
  for (const query of queries) {
    for (const style of ['socket', 'handshake']) {
      await assertSameFlow(({ authorize, connect }) =>
        connect(authorize(), { ...requestOf('bob'), ...query }, style),
      );
      await assertSameFlow(({ authorize, connect }) =>
        connect(authorize(), { headers: {}, ...query }, style),
      );
    }
  }
});

test('the first of several stores that are set later, and a get that is replaced', async () => {
  await assertSameFlow(async ({ log, authorize, connect }) => {
    const store = storeOf(SESSIONS);
    const authorizer = authorize({ store });
    await connect(authorizer);
    store.get = (sid, callback) => callback(null, { passport: { user: `replaced ${sid}` } });
    await connect(authorizer);
    class Other {
      get(sid, callback) {
        log.push(this === store);
        callback(null, SESSIONS.bob);
      }
    }
    delete store.get;
    Object.setPrototypeOf(store, Other.prototype);
    await connect(authorizer);
  });
});

test('secrets and the name of the session member are read live', async () => {
  await assertSameFlow(async ({ authorize, connect }) => {
    const secret = ['new'];
    const passport = passportOf();
    const store = storeOf({
      ada: { passport: { user: 'ada' }, other: { user: 'member' }, 'ü"\\': { user: 'odd' } },
    });
    const authorizer = authorize({ secret, passport, store });
    await connect(authorizer);
    secret.push(SECRET);
    await connect(authorizer);
    secret[1] = 'changed';
    await connect(authorizer);
    secret[0] = SECRET;
    for (const key of ['other', 'ü"\\', 'none', 'passport']) {
      passport._key = key;
      await connect(authorizer);
    }
    secret.length = 0;
    await connect(authorizer);
  });
});

test('options are copied: `this` in the callbacks is the copy, extras included; inherited ones are ignored', async () => {
  await assertSameFlow(async ({ log, authorize, connect }) => {
    const note = function note() {
      const { extra, key, userProperty, secret, inherited } = this;
      log.push({ extra, key, userProperty, secret, inherited, isGiven: this === options });
      arguments[arguments.length === 2 ? 1 : 3]();
    };
    const options = { extra: { any: 'thing' }, success: note, fail: note, passport: new Passport() };
    options.passport.deserializeUser((key, done) => done(null, { key }));
    const authorizer = authorize(options);
    options.extra = 'changed later';
    options.secret = 'changed later';
    await connect(authorizer);
    await connect(authorizer, requestOf('gone'));
  });
  await assertSameFlow(({ library, log, connect }) => {
    const inherited = { userProperty: 'account', success: () => log.push('inherited') };
    const own = { secret: SECRET, store: storeOf(SESSIONS), passport: passportOf() };
    return connect(library.authorize(Object.assign(Object.create(inherited), own)));
  });
});
