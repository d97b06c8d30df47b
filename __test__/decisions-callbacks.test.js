'use strict';

// Matters in which we differ from the original on purpose: what the app's callbacks are told, and what
// becomes of what they do.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { Passport } = require('passport');
const { authorize, AuthorizationError } = require('..');
const { nextMinute } = require('./support/clock');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');
const { storeOf } = require('./support/oracle');

const SESSIONS = { ada: { passport: { user: 'ada' } }, stranger: { cookie: {} } };

function authorizerOf(options) {
  return authorize({ secret: SECRET, store: storeOf(SESSIONS), passport: passportOf(), ...options });
}

/** All calls of `next` for one connection, once everything had its chance to make more. */
async function answersOf(authorizer, cookie, style = 'socket') {
  const answers = [];
  const request = { headers: { cookie } };
  authorizer(style === 'socket' ? { request } : request, (...answer) => answers.push(answer));
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  return answers;
}

/** Ways in which a callback can fail. */
const FAILURES = {
  throws: (error) => () => {
    throw error;
  },
  rejects: (error) => () => Promise.reject(error),
  'is async and throws': (error) => async () => {
    await null;
    throw error;
  },
};

/** Ways in which a user can be found: by a deserializer that is synchronous, and by one that is not. */
const DESERIALIZERS = {
  'a synchronous deserializer': (key, done) => done(null, { id: key }),
  'an asynchronous deserializer': (key, done) => setImmediate(done, null, { id: key }),
};

test("the default fail: the original's message, a code for the operator and one for the client", async () => {
  const { error } = await visit(authorizerOf(), '');
  assert.ok(error instanceof AuthorizationError && error instanceof Error);
  assert.strictEqual(error.name, 'AuthorizationError');
  assert.strictEqual(error.message, 'No session found');
  assert.strictEqual(error.code, 'NO_COOKIE');
  assert.deepStrictEqual(error.data, { code: 'NO_COOKIE' });
  // What Socket.IO sends to the client.
  assert.deepStrictEqual(JSON.parse(JSON.stringify({ message: error.message, data: error.data })), {
    message: 'No session found',
    data: { code: 'NO_COOKIE' },
  });
});

test('the default fail tells the client of a store error that there was one, and the code; the app has the cause', async () => {
  const down = new Error('connect ECONNREFUSED');
  const { error } = await visit(
    authorizerOf({ store: { get: (sid, callback) => callback(down) } }),
    cookieOf('ada'),
  );
  assert.strictEqual(error.message, 'Error in session store');
  assert.deepStrictEqual(error.data, { code: 'STORE_ERROR' });
  assert.strictEqual(error.cause, down);
});

test('the default fail with an error of the deserializer: the same', async () => {
  for (const thrown of [new Error('db down'), 'a text', { code: 7 }, Object.create(null)]) {
    const { error } = await visit(
      authorizerOf({ passport: passportOf((key, done) => done(thrown)) }),
      cookieOf('ada'),
    );
    assert.strictEqual(error.message, 'Error in deserializing the user');
    assert.strictEqual(error.cause, thrown);
    assert.deepStrictEqual([error.code, error.data], ['DESERIALIZE_ERROR', { code: 'DESERIALIZE_ERROR' }]);
  }
});

test('the default fail in the 0.9 style refuses without an error', async () => {
  assert.deepStrictEqual(await answersOf(authorizerOf(), '', 'handshake'), [[null, false]]);
  assert.deepStrictEqual(await answersOf(authorizerOf(), cookieOf('ada'), 'handshake'), [[null, true]]);
});

test('fail is told code, hint and cause in a fifth argument', async () => {
  const told = [];
  const fail = (...args) => {
    told.push(args.slice(1, 3).concat(args[4]));
    args[3](new Error('no'));
  };
  const unknown = authorizerOf({ fail, passport: passportOf((key, done) => done(null, false)) });
  await visit(unknown, '');
  await visit(unknown, cookieOf('stranger'));
  await visit(unknown, cookieOf('ada'));
  assert.deepStrictEqual(
    told.map(([message, critical, { code, cause }]) => [message, critical, code, cause]),
    [
      ['No session found', false, 'NO_COOKIE', undefined],
      ['Passport was not initialized', true, 'PASSPORT_NOT_INITIALIZED', undefined],
      ['User not found', false, 'USER_NOT_FOUND', undefined],
    ],
  );
  for (const [, , info] of told) {
    assert.deepStrictEqual(Object.keys(info), ['code', 'hint', 'cause']);
    assert.match(info.hint, /\w+ \w+/);
  }
});

test('accept(null, false) refuses on Socket.IO ≥ 1.0, from success and from fail', async () => {
  const success = (data, accept) => accept(null, false);
  const fail = (data, message, critical, accept) => accept(null, false);
  const refused = await visit(authorizerOf({ success }), cookieOf('ada'));
  assert.ok(refused.error instanceof AuthorizationError);
  assert.deepStrictEqual([refused.error.code, refused.error.data], ['REFUSED', { code: 'REFUSED' }]);
  const failed = await visit(authorizerOf({ fail }), '');
  assert.deepStrictEqual([failed.error.message, failed.error.code], ['No session found', 'NO_COOKIE']);
});

test('fail may let a visitor in as a guest', async () => {
  for (const answer of [[], [null], [null, true]]) {
    const fail = (data, message, critical, accept) => accept(...answer);
    const { error, data } = await visit(authorizerOf({ fail }), '');
    assert.deepStrictEqual([error, data.user], [undefined, { logged_in: false }]);
  }
});

test('accept counts once', async () => {
  const success = (data, accept) => {
    accept();
    accept(new Error('changed my mind'));
    setImmediate(accept, null, false);
  };
  const fail = (data, message, critical, accept) => {
    accept(null, false);
    accept();
    setImmediate(accept);
  };
  const authorizer = authorizerOf({ success, fail });
  assert.deepStrictEqual(await answersOf(authorizer, cookieOf('ada')), [[]]);
  assert.strictEqual((await answersOf(authorizer, '')).length, 1);
  assert.deepStrictEqual(await answersOf(authorizer, '', 'handshake'), [[null, false]]);
});

test('a deserializer that calls back twice: the first answer counts', async () => {
  const passport = new Passport();
  passport.deserializeUser((key, done) => {
    done(null, { id: key });
    done(new Error('again'));
    setImmediate(done, null, false);
  });
  assert.deepStrictEqual(await answersOf(authorizerOf({ passport }), cookieOf('ada')), [[]]);
});

for (const [how, failing] of Object.entries(FAILURES)) {
  for (const [whom, deserializer] of Object.entries(DESERIALIZERS)) {
    test(`a success that ${how} goes to fail, as the original does it in one case of them; ${whom}`, async () => {
      for (const error of [new Error('app'), 'a text', { code: 7 }]) {
        const told = [];
        const fail = (data, message, critical, accept, info) => {
          told.push({ message, critical, code: info.code, cause: info.cause, user: data.user });
          accept(new Error('refused'));
        };
        const authorizer = authorizerOf({
          success: failing(error),
          fail,
          passport: passportOf(deserializer),
        });
        const refused = await visit(authorizer, cookieOf('ada'));
        assert.strictEqual(refused.error.message, 'refused');
        const user = { id: 'ada', logged_in: true };
        assert.deepStrictEqual(told, [
          { message: error, critical: true, code: 'CALLBACK_ERROR', cause: error, user },
        ]);
        const { authorized, refused: count, failures } = authorizer.stats();
        assert.deepStrictEqual([authorized, count, failures], [0, 1, { CALLBACK_ERROR: 1 }]);
      }
    });
  }

  test(`a fail that ${how}: refused with that error, once, and the process is warned`, async () => {
    for (const style of ['socket', 'handshake']) {
      const error = new Error('no such helper');
      nextMinute();
      const warned = once(process, 'warning');
      const answers = await answersOf(authorizerOf({ fail: failing(error) }), '', style);
      const [warning] = await warned;
      assert.deepStrictEqual(answers, [style === 'socket' ? [error] : [error, false]]);
      assert.strictEqual(answers[0][0], error);
      assert.deepStrictEqual(
        [warning.name, warning.code],
        ['PassportSocketIoWarning', 'FAIL_CALLBACK_ERROR'],
      );
      assert.match(warning.message, /fail callback.*authorize\(\).*no such helper/s);
    }
  });

  test(`a fail that ${how} something that is no Error: refused with an Error that says so`, async () => {
    for (const thrown of ['a text', { code: 7 }, undefined, null]) {
      nextMinute();
      const warned = once(process, 'warning');
      const { error } = await visit(authorizerOf({ fail: failing(thrown) }), '');
      await warned;
      assert.ok(error instanceof Error, String(error));
      assert.deepStrictEqual([error.message, error.code], [String(thrown), 'CALLBACK_ERROR']);
    }
  });
}

for (const [how, failing] of Object.entries(FAILURES)) {
  test(`a success that ${how} nothing: a fail that hands its message on refuses all the same`, async () => {
    for (const nothing of [undefined, null, '', 0, false]) {
      const fail = (data, message, critical, accept) => accept(message);
      const { error } = await visit(authorizerOf({ success: failing(nothing), fail }), cookieOf('ada'));
      assert.match(error.message, /without an error/);
    }
  });
}

test('a success that throws after it has accepted: the visitor is in, and fail is told', async () => {
  const told = [];
  const error = new Error('too late');
  const success = (data, accept) => {
    accept();
    throw error;
  };
  const fail = (data, message, critical, accept) => {
    told.push(message);
    accept(new Error('refused'));
  };
  assert.deepStrictEqual(await answersOf(authorizerOf({ success, fail }), cookieOf('ada')), [[]]);
  assert.deepStrictEqual(told, [error]);
});

test('success and fail both fail: refused, with a warning', async () => {
  nextMinute();
  const warned = once(process, 'warning');
  const options = {
    success: FAILURES.throws(new Error('first')),
    fail: FAILURES.throws(new Error('second')),
  };
  const answers = await answersOf(authorizerOf(options), cookieOf('ada'));
  await warned;
  assert.deepStrictEqual(
    answers.map(([error]) => error.message),
    ['second'],
  );
});

test('what cannot be made a text is no reason to crash: errors without prototype, symbols', async () => {
  const odd = [
    Object.create(null),
    Symbol('odd'),
    { toString: () => assert.fail('asked') },
    { message: Symbol('odd') },
  ];
  for (const thrown of odd) {
    const store = { get: (sid, callback) => setImmediate(callback, thrown) };
    const { error } = await visit(authorizerOf({ store }), cookieOf('ada'));
    assert.strictEqual(error.message, 'Error in session store');
    for (const failing of Object.values(FAILURES)) {
      nextMinute();
      const warned = once(process, 'warning');
      const refused = await visit(authorizerOf({ fail: failing(thrown) }), '');
      await warned;
      assert.ok(refused.error instanceof Error);
    }
    const passport = passportOf((key, done) => done(thrown));
    assert.ok((await visit(authorizerOf({ passport }), cookieOf('ada'))).error instanceof AuthorizationError);
  }
});
