'use strict';

// Matters in which we differ from the original on purpose: what a store is asked, and what its answers mean.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { SESSIONS, byQuery, outcomeOf, stage } = require('./support/decisions');
const { storeOf } = require('./support/oracle');
const { cookieOf, visit } = require('./support/visit');

test('nobody asks a store about a visitor without an id: the code says what was wrong with the cookie', async () => {
  // Such a store lets everybody in, with the original.
  const visitors = stage({ store: storeOf({ ...SESSIONS, '': { passport: { user: 'guest' } } }) });
  const cases = [
    ['', 'NO_COOKIE'],
    [cookieOf(''), 'NO_COOKIE'],
    [byQuery(''), 'NO_COOKIE'],
    ['connect.sid=plain', 'COOKIE_NOT_SIGNED'],
    [cookieOf('ada', { secret: 'forged' }), 'BAD_SIGNATURE'],
  ];
  for (const [request, code] of cases) assert.strictEqual(await outcomeOf(visitors, request), code);
  for (const { message, critical, hint } of visitors.told) {
    assert.deepStrictEqual([message, critical, typeof hint], ['No session found', false, 'string']);
  }
  assert.deepStrictEqual(visitors.store.asked, []);
  assert.strictEqual(await outcomeOf(visitors, cookieOf('gone')), 'SESSION_NOT_FOUND');
  assert.strictEqual(await outcomeOf(visitors, { headers: {}, xdomain: true }), 'CORS_NO_SESSION');
});

test('stores that have no answer for an empty id, as session-file-store and Firestore, are not troubled', async () => {
  const refusing = {
    get(sid, callback) {
      if (sid === '') throw new Error('Value for argument "documentPath" is not a valid resource path');
      callback(null, SESSIONS[sid]);
    },
  };
  const visitors = stage({ store: refusing });
  assert.strictEqual(await outcomeOf(visitors, ''), 'NO_COOKIE');
  assert.strictEqual(await outcomeOf(visitors, cookieOf('ada')), 'ada');
});

test('a slow store is not filled by visitors without an id', async () => {
  const waiting = [];
  const visitors = stage({ maxPending: 20, store: { get: (sid, callback) => waiting.push(callback) } });
  const ada = visit(visitors.authorizer, cookieOf('ada'));
  for (let i = 0; i < 25; i++) assert.strictEqual(await outcomeOf(visitors, ''), 'NO_COOKIE');
  assert.strictEqual(waiting.length, 1);
  waiting[0](null, SESSIONS.ada);
  assert.strictEqual((await ada).error, undefined);
});

test('a store of files that has no such file has no such session, as to express-session', async () => {
  const failing = (error) => ({ get: (sid, callback) => callback(Object.assign(new Error('x'), error)) });
  const cases = [
    [{ code: 'ENOENT' }, 'SESSION_NOT_FOUND', false],
    [{ code: 'ENOENT', syscall: 'open' }, 'SESSION_NOT_FOUND', false],
    // A Unix socket that is gone.
    [{ code: 'ENOENT', syscall: 'connect' }, 'STORE_ERROR', true],
    [{ code: 'EACCES', syscall: 'open' }, 'STORE_ERROR', true],
  ];
  for (const [error, code, critical] of cases) {
    const visitors = stage({ store: failing(error) });
    assert.strictEqual(await outcomeOf(visitors, cookieOf('ada')), code);
    assert.strictEqual(visitors.told[0].critical, critical);
  }
  const rejecting = stage({
    store: { get: async () => Promise.reject(Object.assign(new Error(), cases[0][0])) },
  });
  assert.strictEqual(await outcomeOf(rejecting, cookieOf('ada')), 'SESSION_NOT_FOUND');
});

test('a store that calls back twice: the first answer counts', async () => {
  const calls = [];
  const accept = (...args) => calls.push(args);
  const get = (sid, callback) => {
    callback(null, SESSIONS[sid]);
    callback(new Error('again'));
    setImmediate(callback, null, undefined);
  };
  stage({ store: { get } }).authorizer({ request: { headers: { cookie: cookieOf('ada') } } }, accept);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepStrictEqual(calls, [[]]);
});

test('a store whose get throws, or rejects, is a STORE_ERROR', async () => {
  const error = new Error('broken');
  const stores = [
    () => {
      throw error;
    },
    async () => {
      throw error;
    },
  ];
  for (const get of stores) {
    const visitors = stage({ store: { get } });
    assert.strictEqual(await outcomeOf(visitors, cookieOf('ada')), 'STORE_ERROR');
    const [{ message, critical, cause }] = visitors.told;
    assert.deepStrictEqual([message, critical], ['Error in session store:\nbroken', true]);
    assert.strictEqual(cause, error);
  }
});

test('a store whose prefix throws later is a STORE_ERROR, and the app goes on', async () => {
  const error = new Error('no tenant');
  let broken = false;
  const store = {
    get: (sid, callback) => callback(null, { passport: { user: sid } }),
    get prefix() {
      if (broken) throw error;
      return 'sess:';
    },
  };
  const visitors = stage({ store });
  broken = true;
  assert.strictEqual(await outcomeOf(visitors, cookieOf('ada')), 'STORE_ERROR');
  assert.strictEqual(visitors.told[0].cause, error);
});
