'use strict';

// Matters in which we differ from the original on purpose, where look-ups are native: real Redis, real addon.

const assert = require('node:assert/strict');
const { test, before, after } = require('node:test');
const { sign } = require('cookie-signature');
const { RedisStore } = require('connect-redis');
const { createClient } = require('redis');
const { authorize } = require('..');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');
const { startRedis } = require('../scripts/support/redis-server');

const LOGIN = (user) => JSON.stringify({ cookie: {}, passport: { user } });

let server;
let client;
const authorizers = [];

before(async () => {
  server = await startRedis();
  client = await createClient({ url: server.url }).connect();
  const sessions = {
    ada: LOGIN('ada'),
    bob: LOGIN('bob'),
    broken: '{"passport":',
    stranger: '{"cookie":{}}',
  };
  for (const [sid, text] of Object.entries(sessions)) await client.set(`sess:${sid}`, text);
  // Whoever shows no id must not find this one.
  await client.set('sess:', LOGIN('everybody'));
});

after(async () => {
  authorizers.forEach((authorizer) => authorizer.close());
  if (client?.isOpen) client.destroy();
  await server?.stop();
});

function nativeOf(options) {
  const authorizer = authorize({
    secret: SECRET,
    redis: server.url,
    passport: passportOf(),
    timeout: 60_000,
    ...options,
  });
  authorizers.push(authorizer);
  return authorizer;
}

/** The user that was let in, or the code of the refusal. */
async function outcomeOf(authorizer, request) {
  const { error, data } = await visit(authorizer, request);
  return error ? error.code : data.user.id;
}

const byQuery = (value, headers = {}) => ({ headers, _query: { session_id: value } });
const signed = (sid, secret = SECRET) => `s:${sign(sid, secret)}`;

test('an empty session id is never looked up, although the bare prefix is a key with a login', async () => {
  const authorizer = nativeOf();
  const misses = await statOf('keyspace_hits');
  for (const request of ['', 'other=1', cookieOf(''), byQuery(''), byQuery(signed('')), { headers: {} }]) {
    assert.strictEqual(await outcomeOf(authorizer, request), 'NO_COOKIE', JSON.stringify(request));
  }
  assert.strictEqual(await statOf('keyspace_hits'), misses);
});

const skip = 'bun' in process.versions && 'Bun rewrites the text of get: the store is asked';

test('the same of a store whose look-up has become native, and already before that', { skip }, async () => {
  const authorizer = nativeOf({ redis: undefined, store: new RedisStore({ client }) });
  const requests = ['', cookieOf(''), byQuery(''), byQuery(signed(''))];
  while (authorizer.backend.kind !== 'redis') {
    for (const request of requests) assert.strictEqual(await outcomeOf(authorizer, request), 'NO_COOKIE');
    assert.strictEqual(await outcomeOf(authorizer, cookieOf('ada')), 'ada');
  }
  for (const request of requests) assert.strictEqual(await outcomeOf(authorizer, request), 'NO_COOKIE');
});

test('a refusal costs no call of Redis: no cookie, an unsigned one, a forged one', async () => {
  const authorizer = nativeOf();
  assert.strictEqual(await outcomeOf(authorizer, cookieOf('ada')), 'ada');
  const [hits, misses] = [await statOf('keyspace_hits'), await statOf('keyspace_misses')];
  assert.strictEqual(await outcomeOf(authorizer, ''), 'NO_COOKIE');
  assert.strictEqual(await outcomeOf(authorizer, 'connect.sid=ada'), 'COOKIE_NOT_SIGNED');
  assert.strictEqual(await outcomeOf(authorizer, cookieOf('ada', { secret: 'forged' })), 'BAD_SIGNATURE');
  assert.strictEqual(await outcomeOf(authorizer, byQuery(['ada', 'bob'])), 'SESSION_NOT_FOUND');
  assert.deepStrictEqual([await statOf('keyspace_hits'), await statOf('keyspace_misses')], [hits, misses]);
  assert.strictEqual(await outcomeOf(authorizer, cookieOf('gone')), 'SESSION_NOT_FOUND');
  assert.strictEqual(await statOf('keyspace_misses'), misses + 1);
});

test('the session id in the query: true, signed, false', async () => {
  const cases = [
    [true, byQuery('ada'), 'ada', 'ada'],
    [true, byQuery(signed('ada')), 'ada', 'ada'],
    [true, byQuery('ada', { cookie: cookieOf('bob') }), 'ada', 'ada'],
    [true, byQuery(signed('ada', 'forged')), 'SESSION_NOT_FOUND', signed('ada', 'forged')],
    ['signed', byQuery(signed('ada')), 'ada', 'ada'],
    ['signed', byQuery('ada', { cookie: cookieOf('bob') }), 'COOKIE_NOT_SIGNED', ''],
    ['signed', byQuery(signed('ada', 'forged')), 'BAD_SIGNATURE', ''],
    ['signed', byQuery(['ada']), 'SESSION_NOT_FOUND', ['ada']],
    [false, byQuery('ada'), 'NO_COOKIE', ''],
    [false, byQuery('ada', { cookie: cookieOf('bob') }), 'bob', 'bob'],
  ];
  for (const [sessionIdInQuery, request, outcome, sessionID] of cases) {
    assert.strictEqual(await outcomeOf(nativeOf({ sessionIdInQuery }), request), outcome);
    assert.deepStrictEqual(request.sessionID, sessionID);
  }
});

test('a session that is not JSON is BAD_SESSION, critical', async () => {
  const told = [];
  const fail = (data, message, critical, accept, info) => accept(told.push([message, critical, info]));
  await visit(nativeOf({ fail }), cookieOf('broken'));
  const [[message, critical, { code, hint, cause }]] = told;
  assert.deepStrictEqual([code, critical], ['BAD_SESSION', true]);
  assert.strictEqual(message, `Error in session store:\n${cause?.message ?? ''}`);
  assert.match(hint, /not JSON/);
});

test('a key that is no string, and so no session, is a STORE_ERROR', async () => {
  await client.rPush('sess:list', 'x');
  const { error } = await visit(nativeOf(), cookieOf('list'));
  assert.strictEqual(error.code, 'STORE_ERROR');
  assert.match(error.cause.message, /WRONGTYPE/);
});

test("the app's own client is closed: native look-ups go on", { skip }, async () => {
  const own = await createClient({ url: server.url }).connect();
  const authorizer = nativeOf({ redis: undefined, store: new RedisStore({ client: own }) });
  while (authorizer.backend.kind !== 'redis')
    assert.strictEqual(await outcomeOf(authorizer, cookieOf('ada')), 'ada');
  await own.close();
  assert.strictEqual(await outcomeOf(authorizer, cookieOf('bob')), 'bob');
  assert.strictEqual(authorizer.backend.kind, 'redis');
});

test('a Redis that hangs: STORE_TIMEOUT, OVERLOADED beyond maxPending, CLOSED by close()', async () => {
  const hung = await startRedis();
  try {
    const impatient = nativeOf({ redis: hung.url, timeout: 50 });
    const patient = nativeOf({ redis: hung.url, maxPending: 2 });
    for (const authorizer of [impatient, patient]) {
      assert.strictEqual(await outcomeOf(authorizer, cookieOf('ada')), 'SESSION_NOT_FOUND');
    }
    hung.kill('SIGSTOP');
    const late = await visit(impatient, cookieOf('ada'));
    assert.deepStrictEqual(
      [late.error.code, late.error.message],
      ['STORE_TIMEOUT', 'Error in session store'],
    );

    const pending = [1, 2].map(() => outcomeOf(patient, cookieOf('ada')));
    assert.strictEqual(patient.stats().pending, 2);
    assert.strictEqual(await outcomeOf(patient, cookieOf('ada')), 'OVERLOADED');
    patient.close();
    assert.deepStrictEqual(await Promise.all(pending), ['CLOSED', 'CLOSED']);
    assert.strictEqual(await outcomeOf(patient, cookieOf('ada')), 'CLOSED');
    assert.strictEqual(patient.stats().pending, 0);
  } finally {
    await hung.stop();
  }
});

test('a Redis that is down is a STORE_ERROR that says why; nobody is let in', async () => {
  const gone = await startRedis();
  await gone.stop();
  const { error, data } = await visit(nativeOf({ redis: gone.url }), cookieOf('ada'));
  assert.strictEqual(error.code, 'STORE_ERROR');
  assert.match(error.cause.message, /refused/i);
  assert.deepStrictEqual(data.user, { logged_in: false });
});

async function statOf(name) {
  return Number(new RegExp(`${name}:(\\d+)`).exec(await client.info('stats'))[1]);
}
