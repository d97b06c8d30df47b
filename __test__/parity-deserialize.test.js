'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Passport } = require('passport');
const { passportOf } = require('./support/visit');
const { SESSIONS, assertSameFlow, requestOf } = require('./support/flow');

/** One visit of Ada with these deserializers, by a store that answers at once and by one that does not. */
async function assertSameVisit(...deserializers) {
  let log;
  for (const answer of [(callback, ...args) => callback(...args), setImmediate]) {
    log = await assertSameFlow(({ authorize, connect }) => {
      const passport = new Passport();
      for (const deserializer of deserializers) passport.deserializeUser(deserializer);
      const store = { get: (sid, callback) => answer(callback, null, SESSIONS[sid]) };
      return connect(authorize({ passport, store }), requestOf('ada'));
    });
  }
  return log;
}

/** A deserializer that gives these, at once and later. */
function giving(...args) {
  return [(key, done) => done(...args), (key, done) => setImmediate(done, ...args)];
}

test('errors of deserializeUser reach fail as they are', async () => {
  for (const error of [
    new Error('db down'),
    'a text',
    { code: 7 },
    ['x'],
    1,
    true,
    new TypeError(),
    Symbol('odd'),
  ]) {
    for (const deserializer of giving(error)) await assertSameVisit(deserializer);
    for (const deserializer of giving(error, { id: 1 })) await assertSameVisit(deserializer);
  }
});

test('a deserializer that throws', async () => {
  for (const error of [new Error('thrown'), 'a text', { code: 7 }]) {
    await assertSameVisit(() => {
      throw error;
    });
  }
});

test('no user: null and false are not found, undefined and the falsy rest are an error of Passport', async () => {
  for (const user of [null, false, undefined, 0, '', NaN]) {
    for (const deserializer of giving(null, user)) await assertSameVisit(deserializer);
  }
  for (const deserializer of giving()) await assertSameVisit(deserializer);
  await assertSameVisit();
});

test('deserializers with the request, and without', async () => {
  await assertSameVisit((request, key, done) =>
    done(null, { key, seen: Object.keys(request), sessionID: request.sessionID }),
  );
  await assertSameVisit((request, key, done) => setImmediate(done, null, { key, user: request.user }));
  await assertSameVisit(
    (key, done = null) => done?.(null, { key }),
    (key, done) => done(null, { second: key }),
  );
  await assertSameVisit((...args) => args.at(-1)(null, { count: args.length }));
  await assertSameVisit((request, key, done) => done(new Error(request.headers.cookie)));
});

test('several deserializers, of which some pass', async () => {
  for (const pass of giving('pass')) {
    await assertSameVisit(pass, (key, done) => done(null, { second: key }));
    await assertSameVisit(pass, pass, (request, key, done) => done(null, { third: key }));
    await assertSameVisit(pass, pass);
  }
  await assertSameVisit(
    (key, done) => done(null, undefined),
    (key, done) => done(null, { second: key }),
  );
  await assertSameVisit(
    (key, done) => done(null, false),
    (key, done) => done(null, { second: key }),
  );
  await assertSameVisit(
    (key, done) => done(new Error('first')),
    (key, done) => done(null, { second: key }),
  );
});

test('users that take no `logged_in` are users', async () => {
  class Getter {
    get logged_in() {
      return 'as before';
    }
  }
  const refusing = new Proxy({ id: 1 }, { set: () => false });
  const frozen = Object.freeze({ id: 1 });
  const sealed = Object.seal({ id: 1 });
  const bare = Object.assign(Object.create(null), { id: 1 });
  for (const user of [
    'ada',
    true,
    7,
    7n,
    Symbol.for('ada'),
    frozen,
    sealed,
    new Getter(),
    refusing,
    bare,
    [1],
    () => {},
  ]) {
    for (const deserializer of giving(null, user)) await assertSameVisit(deserializer);
  }
});

test("`logged_in` is set on the deserializer's own object", async () => {
  await assertSameFlow(async ({ log, authorize, connect }) => {
    const user = { id: 1, logged_in: false };
    const request = await connect(authorize({ passport: passportOf((key, done) => done(null, user)) }));
    log.push(request.user === user, user);
  });
});

test('user keys of every kind are given to the deserializer, with the request', async () => {
  // null, '' and false are nobody to us: decisions-users.test.js.
  for (const user of [0, -0, 1.5, 'ada', { id: 1 }, [1], NaN, new Map()]) {
    await assertSameFlow(({ log, authorize, connect }) => {
      const passport = {
        _key: 'passport',
        deserializeUser(key, request, done) {
          log.push(['deserializeUser', key, this === passport, arguments.length, request === visitor]);
          done(null, { key });
        },
      };
      const visitor = requestOf('ada');
      const store = { get: (sid, callback) => callback(null, { passport: { user } }) };
      return connect(authorize({ passport, store }), visitor);
    });
  }
});

test('userProperty', async () => {
  for (const userProperty of ['user', 'account', 'cookie2', '__user', 'ü', '7']) {
    for (const sid of ['ada', 'visitor', 'gone']) {
      const log = await assertSameFlow(({ authorize, connect }) =>
        connect(authorize({ userProperty }), requestOf(sid)),
      );
      assert.ok(log[0].some((member) => Array.isArray(member) && member[0] === userProperty));
    }
  }
});

test('a callback may answer later, and with any error', async () => {
  const answers = [
    [],
    [null],
    [undefined],
    [new Error('no')],
    // A text is made an Error here, so that it reaches the client: strangers.test.js.
    [{ data: 1 }],
    [null, true],
    [new Error('no'), false],
  ];
  for (const answer of answers) {
    const success = (data, accept) => setImmediate(accept, ...answer);
    const fail = (data, message, critical, accept) => setImmediate(accept, ...answer);
    for (const sid of ['ada', 'gone']) {
      for (const style of ['socket', 'handshake']) {
        await assertSameFlow(({ authorize, connect }) =>
          connect(authorize({ success, fail }), requestOf(sid), style),
        );
      }
    }
  }
});
