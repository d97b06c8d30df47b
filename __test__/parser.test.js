'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const cookieParser = require('cookie-parser');
const { authorize } = require('..');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');
const { storeOf } = require('./support/oracle');
const { SESSIONS, assertSameFlow, requestOf } = require('./support/flow');

/** A parser of the app's own: `id=<sid>`, not signed, and not what the standard one would see. */
function ownParser(calls = []) {
  return (...args) => {
    calls.push(args);
    return (request, response, next) => {
      request.cookies = { 'connect.sid': /^id=(\w+)/.exec(request.headers.cookie)?.[1], parsedBy: 'me' };
      next();
    };
  };
}

/** What `fail` is told of one visit, and what the visitor is refused with. */
async function refusalOf(parser, options) {
  let told;
  const fail = (data, message, critical, accept, info) => {
    told = { message, critical, code: info.code, cause: info.cause };
    accept(new Error('refused'));
  };
  const { error } = await visit(
    authorize({ ...base(), fail, cookieParser: parser, ...options }),
    requestOf('ada'),
  );
  assert.strictEqual(error.message, 'refused');
  return told;
}

test('a custom parser is called with the secret at each connection, and its view is what counts', async () => {
  const calls = [];
  const authorizer = authorize({
    secret: SECRET,
    store: storeOf(SESSIONS),
    passport: passportOf(),
    cookieParser: ownParser(calls),
  });
  assert.deepStrictEqual(calls, []);
  for (const sid of ['ada', 'bob']) {
    const { error, data } = await visit(authorizer, `id=${sid}`);
    assert.strictEqual(error, undefined);
    assert.deepStrictEqual(data.cookie, { 'connect.sid': sid, parsedBy: 'me' });
    assert.deepStrictEqual([data.sessionID, data.user.id], [sid, sid]);
  }
  assert.deepStrictEqual(calls, [[SECRET], [SECRET]]);
  assert.strictEqual((await visit(authorizer, cookieOf('ada'))).error.code, 'NO_COOKIE');
});

test('custom parsers do what they do to the original', async () => {
  const views = [
    { cookies: { 'connect.sid': 'ada' } },
    { signedCookies: { 'connect.sid': 'ada' } },
    { signedCookies: { 'connect.sid': 'ada' }, cookies: { 'connect.sid': 'bob' } },
    { signedCookies: null, cookies: { 'connect.sid': 'bob' } },
    { signedCookies: {}, cookies: { 'connect.sid': 'bob' } },
    { cookies: { 'connect.sid': false } },
    { cookies: { 'connect.sid': 'gone' } },
    { cookies: [] },
    { cookies: Object.create({ 'connect.sid': 'ada' }) },
  ];
  for (const view of views) {
    const parser = () => (request, response, next) => next(void Object.assign(request, view));
    await assertSameFlow(({ authorize: make, connect }) => connect(make({ cookieParser: parser })));
  }
});

test('the query wins over what a custom parser sees', async () => {
  await assertSameFlow(({ authorize: make, connect }) =>
    connect(make({ cookieParser: ownParser() }), {
      headers: { cookie: 'id=bob' },
      _query: { session_id: 'ada' },
    }),
  );
});

test('the standard parser gives the same as none, and is not called', async () => {
  const headers = [
    '',
    cookieOf('ada'),
    cookieOf('ada', { secret: 'forged' }),
    'connect.sid=ada',
    `a=1; ${cookieOf('bob')}`,
  ];
  for (const secret of [SECRET, ['new', SECRET], null]) {
    const options = { secret, store: storeOf(SESSIONS), passport: passportOf() };
    const [standard, none] = [cookieParser, null].map((parser) =>
      authorize({ ...options, cookieParser: parser }),
    );
    for (const header of headers) {
      const [seen, expected] = [await visit(standard, header), await visit(none, header)];
      assert.deepStrictEqual({ ...seen.data }, { ...expected.data });
      assert.deepStrictEqual(seen.error?.code, expected.error?.code);
    }
  }
  // Computed when it is read: no parser has run.
  const { data } = await visit(authorize({ ...base(), cookieParser }), cookieOf('ada'));
  assert.strictEqual(typeof Object.getOwnPropertyDescriptor(data, 'cookie').get, 'function');
});

test('a parser that only wraps the standard one is called, with or without its marks', async () => {
  for (const marks of [{}, cookieParser]) {
    let calls = 0;
    const wrapped = (secret, options) => {
      const standard = cookieParser(secret, options);
      return (request, response, next) => {
        calls += 1;
        standard(request, response, () => {
          request.signedCookies['connect.sid'] = 'bob';
          next();
        });
      };
    };
    const authorizer = authorize({ ...base(), cookieParser: Object.assign(wrapped, marks) });
    calls = 0;
    const { data } = await visit(authorizer, cookieOf('ada'));
    assert.deepStrictEqual([data.user.id, calls], ['bob', 1]);
  }
});

test('a parser that fails at once refuses the visitor with its error', async () => {
  const error = new Error('cannot parse');
  const thrower = () => {
    throw error;
  };
  for (const parser of [thrower, () => thrower, () => (request, response, next) => next(error)]) {
    assert.deepStrictEqual(await refusalOf(parser), {
      message: error,
      critical: true,
      code: 'CALLBACK_ERROR',
      cause: error,
    });
  }
});

/** None of them can be used: the original reads the view in the call itself. */
const UNUSABLE = {
  'answers later': () => (request, response, next) => setImmediate(next),
  'fails later': () => (request, response, next) => setImmediate(next, new Error('too late')),
  'never answers': () => () => {},
  'answers twice, the second time with an error': () => (request, response, next) => {
    next();
    setImmediate(next, new Error('again'));
  },
  'is async': () => async (request, response, next) => {
    await null;
    next();
  },
  'is async and rejects': () => async () => {
    throw new Error('rejected');
  },
  'is async and rejects after an answer without a view': () => async (request, response, next) => {
    next();
    throw new Error('rejected');
  },
  'gives no view': () => (request, response, next) => next(),
  'gives a promise of a middleware': async () => (request, response, next) => next(),
  'gives a rejected promise': async () => {
    throw new Error('rejected');
  },
  'gives nothing': () => undefined,
};

for (const [what, parser] of Object.entries(UNUSABLE)) {
  test(`a parser that ${what} refuses the visitor, and nothing is left that could end the process`, async () => {
    const { code, critical, message } = await refusalOf(parser);
    assert.deepStrictEqual([code, critical], ['CALLBACK_ERROR', true]);
    assert.ok(message instanceof Error, String(message));
    // What comes later would be an uncaughtException or an unhandledRejection, for which this test would fail.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  });
}

test('a custom parser that fails does so on every path: nothing is looked up', async () => {
  const store = storeOf(SESSIONS);
  const parser = () => (request, response, next) => next(new Error('no'));
  await refusalOf(parser, { store });
  assert.deepStrictEqual(store.asked, []);
});

function base() {
  return { secret: SECRET, store: storeOf(SESSIONS), passport: passportOf() };
}
