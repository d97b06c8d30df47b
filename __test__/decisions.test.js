'use strict';

// Matters in which we differ from the original on purpose: session ids, stores and options. What concerns
// the app's callbacks is in decisions-callbacks.test.js.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { sign } = require('cookie-signature');
const { SESSIONS, byQuery, outcomeOf, stage } = require('./support/decisions');
const { SECRET, cookieOf, visit } = require('./support/visit');

const signed = (sid, secret = SECRET) => `s:${sign(sid, secret)}`;

test('sessionIdInQuery true, the default: a bare id, or the value of the cookie', async () => {
  for (const options of [{}, { sessionIdInQuery: true }]) {
    const visitors = stage(options);
    assert.strictEqual(await outcomeOf(visitors, byQuery('ada')), 'ada');
    assert.strictEqual(await outcomeOf(visitors, byQuery(signed('ada'))), 'ada');
    assert.strictEqual(await outcomeOf(visitors, byQuery('ada', { cookie: cookieOf('bob') })), 'ada');
    assert.strictEqual(await outcomeOf(visitors, byQuery(signed('ada', 'forged'))), 'SESSION_NOT_FOUND');
    assert.deepStrictEqual(visitors.store.asked, ['ada', 'ada', 'ada', signed('ada', 'forged')]);
  }
});

test("sessionIdInQuery 'signed': the value of the cookie and nothing else", async () => {
  const visitors = stage({ sessionIdInQuery: 'signed' });
  assert.strictEqual(await outcomeOf(visitors, byQuery(signed('ada'))), 'ada');
  assert.strictEqual(await outcomeOf(visitors, byQuery(signed('ada'), { cookie: cookieOf('bob') })), 'ada');
  assert.strictEqual(await outcomeOf(visitors, byQuery('ada')), 'COOKIE_NOT_SIGNED');
  assert.strictEqual(await outcomeOf(visitors, byQuery(signed('ada', 'forged'))), 'BAD_SIGNATURE');
  assert.strictEqual(
    await outcomeOf(visitors, byQuery('ada', { cookie: cookieOf('bob') })),
    'COOKIE_NOT_SIGNED',
  );
  assert.strictEqual(await outcomeOf(visitors, byQuery(undefined, { cookie: cookieOf('bob') })), 'bob');
  assert.deepStrictEqual(visitors.store.asked, ['ada', 'ada', 'bob']);
});

test('sessionIdInQuery false: the query is not looked at', async () => {
  const visitors = stage({ sessionIdInQuery: false });
  assert.strictEqual(await outcomeOf(visitors, byQuery('ada')), 'NO_COOKIE');
  assert.strictEqual(await outcomeOf(visitors, byQuery(signed('ada'))), 'NO_COOKIE');
  assert.strictEqual(await outcomeOf(visitors, byQuery('ada', { cookie: cookieOf('bob') })), 'bob');
  assert.strictEqual(await outcomeOf(visitors, byQuery(['ada', 'bob'], { cookie: cookieOf('bob') })), 'bob');
});

test('sessionID on the request is the id that was looked up', async () => {
  const cases = [
    [{}, byQuery(signed('ada')), 'ada'],
    [{}, byQuery('ada'), 'ada'],
    [{ sessionIdInQuery: 'signed' }, byQuery(signed('ada')), 'ada'],
    [{ sessionIdInQuery: 'signed' }, byQuery('ada'), ''],
    [{ sessionIdInQuery: false }, byQuery('ada', { cookie: cookieOf('bob') }), 'bob'],
  ];
  for (const [options, request, sessionID] of cases) {
    const { data } = await visit(stage(options).authorizer, request);
    assert.strictEqual(data.sessionID, sessionID);
  }
});

test('a session id that is an array is refused and not looked up', async () => {
  for (const id of [['ada', 'bob'], ['ada'], { 0: 'ada' }]) {
    for (const sessionIdInQuery of [true, 'signed']) {
      const visitors = stage({ sessionIdInQuery });
      assert.strictEqual(await outcomeOf(visitors, byQuery(id)), 'SESSION_NOT_FOUND');
      assert.deepStrictEqual(visitors.store.asked, []);
      assert.strictEqual(visitors.told[0].message, 'No session found');
    }
  }
});

test("a session without a login keeps the original's message and has a hint that says what it means", async () => {
  const visitors = stage();
  assert.strictEqual(await outcomeOf(visitors, cookieOf('stranger')), 'PASSPORT_NOT_INITIALIZED');
  const [{ message, critical, hint, cause }] = visitors.told;
  assert.deepStrictEqual(
    { message, critical, cause },
    { message: 'Passport was not initialized', critical: true, cause: undefined },
  );
  assert.match(hint, /visitor who has not logged in/);
  assert.strictEqual(await outcomeOf(visitors, cookieOf('loggedOut')), 'NOT_LOGGED_IN');
});

test('what is no secret and gets into a live array of secrets has signed nothing, and breaks nothing', async () => {
  const secret = ['old', SECRET];
  const visitors = stage({ secret });
  secret.unshift(7, undefined, '', {});
  assert.strictEqual(await outcomeOf(visitors, cookieOf('ada')), 'ada');
  secret.pop();
  assert.strictEqual(await outcomeOf(visitors, cookieOf('ada')), 'BAD_SIGNATURE');
  assert.strictEqual(await outcomeOf(visitors, cookieOf('ada', { secret: 'old' })), 'ada');
  assert.strictEqual(await outcomeOf(visitors, cookieOf('ada', { secret: 'undefined' })), 'BAD_SIGNATURE');
});

test('an option that is undefined is the default', async () => {
  const names = [
    'key',
    'userProperty',
    'cookieParser',
    'timeout',
    'maxPending',
    'sessionIdInQuery',
    'success',
    'fail',
    'prefix',
  ];
  const undefinedOptions = Object.fromEntries(names.map((name) => [name, undefined]));
  const { authorizer } = stage({ ...undefinedOptions, redis: undefined });
  assert.deepStrictEqual((await visit(authorizer, cookieOf('ada'))).data.user, {
    id: 'ada',
    logged_in: true,
  });
  assert.strictEqual((await visit(authorizer, '')).error.message, 'No session found');
});

test('a session that is not JSON is BAD_SESSION, never a crash', async () => {
  const get = (sid, callback) => {
    try {
      callback(null, JSON.parse('{'));
    } catch (error) {
      callback(error);
    }
  };
  const visitors = stage({ store: { get } });
  assert.strictEqual(await outcomeOf(visitors, cookieOf('ada')), 'BAD_SESSION');
  assert.match(visitors.told[0].message, /^Error in session store:\n./);
  assert.strictEqual(visitors.told[0].critical, true);
});

test('a store that never answers is a STORE_TIMEOUT; its late answer is not heard', async () => {
  let late;
  const visitors = stage({ timeout: 50, store: { get: (sid, callback) => (late = callback) } });
  assert.strictEqual(await outcomeOf(visitors, cookieOf('ada')), 'STORE_TIMEOUT');
  const [{ message, critical, cause }] = visitors.told;
  assert.deepStrictEqual([message, critical], [`Error in session store:\n${cause.message}`, true]);
  assert.match(cause.message, /50 ms/);
  late(null, SESSIONS.ada);
  assert.strictEqual(visitors.told.length, 1);
  const { pending, authorized } = visitors.authorizer.stats();
  assert.deepStrictEqual({ pending, authorized }, { pending: 0, authorized: 0 });
});

test('more than maxPending look-ups in flight are OVERLOADED at once', async () => {
  const waiting = [];
  const visitors = stage({ maxPending: 2, store: { get: (sid, callback) => waiting.push(callback) } });
  const first = [visit(visitors.authorizer, cookieOf('ada')), visit(visitors.authorizer, cookieOf('ada'))];
  assert.strictEqual(await outcomeOf(visitors, cookieOf('ada')), 'OVERLOADED');
  assert.deepStrictEqual([visitors.told[0].critical, waiting.length], [true, 2]);
  assert.match(visitors.told[0].message, /^Error in session store:\n.*maxPending/);
  waiting.forEach((callback) => callback(null, SESSIONS.ada));
  assert.deepStrictEqual(
    (await Promise.all(first)).map(({ error }) => error),
    [undefined, undefined],
  );
  const later = visit(visitors.authorizer, cookieOf('ada'));
  waiting.at(-1)(null, SESSIONS.ada);
  assert.strictEqual((await later).error, undefined);
});

test('a closed authorizer refuses with CLOSED', async () => {
  const visitors = stage();
  visitors.authorizer.close();
  visitors.authorizer.close();
  assert.strictEqual(await outcomeOf(visitors, cookieOf('ada')), 'CLOSED');
  assert.deepStrictEqual(visitors.store.asked, []);
  assert.deepStrictEqual([visitors.told[0].critical, visitors.authorizer.stats().pending], [true, 0]);
  assert.match(visitors.told[0].message, /^Error in session store:\n/);
});

test('cookie-parser is not needed: nothing loads it', async () => {
  const loaded = Object.keys(require.cache).filter((file) =>
    /node_modules[\\/]cookie-parser[\\/]/.test(file),
  );
  // The oracle loads it, when it authorizes; nobody has here.
  assert.strictEqual(await outcomeOf(stage(), cookieOf('ada')), 'ada');
  assert.deepStrictEqual(loaded, []);
});
