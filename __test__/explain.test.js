'use strict';

// authorizer.explain(request): every failure code, on every backend, and nothing in it that gives access or is personal.

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { cookieOf, passportOf, visit } = require('./support/visit');
const {
  ID,
  INSIDE,
  OLD_SECRET,
  USER,
  WAYS,
  checked,
  requestWith,
  sessionOf,
  stepOf,
} = require('./support/explain');
const { sharedRedis } = require('./support/shared');

let shared;
sharedRedis((started) => (shared = started));

const WITHOUT_LOGIN = sessionOf();
delete WITHOUT_LOGIN.passport;

const failing = (value) => passportOf((key, done) => done(...value(key)));

/**
 * By code, and what else the title says: the stored session (that of USER unless given), the options, the request; the step
 * that fails, and its text.
 */
const CASES = {
  FOUND: {},
  'FOUND by a bare id in the query': { request: { cookie: null, _query: { session_id: ID } } },
  'FOUND by a signed one': {
    request: { cookie: null, _query: { session_id: valueOf(cookieOf(ID, { secret: OLD_SECRET })) } },
  },
  'NO_COOKIE: no header': {
    request: { cookie: null },
    at: 'cookies',
    says: /^No cookie came\. .*"connect\.sid"/,
  },
  'NO_COOKIE: others': {
    request: { cookie: 'theme=SENTINEL; a=b' },
    at: 'cookies',
    says: /^These came: theme, a\. The session's is "connect\.sid"/,
  },
  'NO_COOKIE: an empty id': {
    request: { cookie: cookieOf('', { secret: OLD_SECRET }) },
    at: 'cookies',
    says: /it came without a session id/,
  },
  'NO_COOKIE: an empty id in the query': {
    request: { _query: { session_id: valueOf(cookieOf('', { secret: OLD_SECRET })) } },
    at: 'cookies',
    says: /session_id of the query is empty/,
  },
  COOKIE_NOT_SIGNED: {
    request: { cookie: `connect.sid=${ID}` },
    at: 'signature',
    says: /^The cookie is not signed/,
  },
  'COOKIE_NOT_SIGNED in the query': {
    options: { sessionIdInQuery: 'signed' },
    request: { _query: { session_id: ID } },
    at: 'signature',
    says: /^The session_id of the query is not signed/,
  },
  BAD_SIGNATURE: {
    request: { cookie: cookieOf(ID, { secret: 'another' }) },
    at: 'signature',
    says: /signed by none of 2 secrets/,
  },
  SESSION_NOT_FOUND: {
    session: null,
    at: 'look-up',
    says: /with the prefix "sess:"\)?: there is no such session|"MemoryStore"\): there is/,
  },
  'SESSION_NOT_FOUND: JSON in the cookie': {
    request: { cookie: cookieOf('j:{"a":1}', { secret: OLD_SECRET }) },
    at: 'look-up',
    says: /^Nothing is looked up/,
  },
  'SESSION_NOT_FOUND: twice in the query': {
    request: { _query: { session_id: [ID, ID] } },
    at: 'query',
    says: /more than once/,
  },
  BAD_SESSION: {
    session: '{"note":"SENTINEL"',
    at: 'session',
    says: /^What is stored cannot be read: not JSON/,
  },
  'PASSPORT_NOT_INITIALIZED: no member': {
    session: WITHOUT_LOGIN,
    at: 'passport',
    says: /has no member "passport"/,
  },
  'PASSPORT_NOT_INITIALIZED: an empty one': {
    session: sessionOf(null),
    at: 'passport',
    says: /it is empty \(null\)/,
  },
  'NOT_LOGGED_IN: no user': {
    session: sessionOf({ at: 7 }),
    at: 'passport',
    says: /no user key, but at \(number\)/,
  },
  'NOT_LOGGED_IN: no key': {
    session: sessionOf({ user: '' }),
    at: 'passport',
    says: /no user key, but user \(string\)/,
  },
  DESERIALIZE_ERROR: {
    options: {
      passport: failing((key) => [Object.assign(new TypeError(`${INSIDE} ${key}`), { code: 'E_DB' })]),
    },
    at: 'user',
    says: /^deserializeUser failed: TypeError \(E_DB\)\.$/,
    cause: new RegExp(`${INSIDE} ${USER}`),
  },
  'DESERIALIZE_ERROR: no Error': {
    options: { passport: failing(() => [INSIDE]) },
    at: 'user',
    says: /^deserializeUser failed: a string, no Error\.$/,
  },
  USER_NOT_FOUND: {
    options: { passport: failing(() => [null, false]) },
    at: 'user',
    says: /knows no such user/,
  },
  DESERIALIZE_TIMEOUT: {
    options: { passport: passportOf(() => {}), timeout: 200 },
    at: 'user',
    says: /no answer within 200 ms/,
  },
  CALLBACK_ERROR: {
    options: {
      cookieParser: () => (request, response, next) =>
        request.headers.cookie === undefined ? next() : parserOf(request, next),
    },
    request: { cookie: 'bad=SENTINEL' },
    at: 'cookies',
    says: /^The option cookieParser failed: RangeError\.$/,
    cause: /SENTINEL/,
  },
  ORIGIN_NOT_ALLOWED: {
    options: { origin: 'same-host' },
    request: { headers: { origin: 'https://evil.example' } },
    at: 'origin',
    says: /^The Origin is "https:\/\/evil\.example", the Host asked for "example\.com": .* does not allow it/,
  },
  'ORIGIN_NOT_ALLOWED: no Origin': {
    options: { origin: ['https://app.example'] },
    request: { headers: { 'sec-fetch-site': 'cross-site' } },
    at: 'origin',
    says: /^The request has no Origin: /,
  },
  CORS_NO_SESSION: { request: { cookie: null, xdomain: true }, at: 'cookies', says: /another domain/ },
  OVERLOADED: {
    options: { maxPending: 1, success: (data) => data.arrived() },
    // One authorization waits for `success`.
    before: (authorizer) =>
      new Promise((arrived) => authorizer({ request: requestWith({ arrived }) }, () => {})),
    at: 'authorizer',
    says: /^Being authorized now: 1, of at most 1 connections/,
  },
  CLOSED: { before: (authorizer) => authorizer.close(), at: 'authorizer', says: /was closed/ },
};

function valueOf(cookie) {
  return decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1));
}

/** A parser of the app that fails for a bad cookie. */
function parserOf(request, next) {
  if (request.headers.cookie.startsWith('bad=')) return next(new RangeError(INSIDE));
  request.signedCookies = { 'connect.sid': ID };
  next();
}

for (const [way, open] of Object.entries(WAYS)) {
  test(`every code: ${way}`, async (t) => {
    for (const [
      title,
      { session = sessionOf(), options, request, before, at, says, cause },
    ] of Object.entries(CASES)) {
      // With one place, and that taken, nothing can be proven.
      if (title === 'OVERLOADED' && way === 'a connect-redis store, proven') continue;
      const { kind, authorizer, put } = await open(t, shared, options);
      await put(session);
      await before?.(authorizer);
      const stats = authorizer.stats();
      const explanation = checked(await authorizer.explain(requestWith(request)));
      const what = `${title}\n${explanation}`;
      assert.equal(explanation.code, /^\w+/.exec(title)[0], what);
      const failed = explanation.steps.find(({ status }) => status === 'failed');
      assert.equal(failed?.step, at, what);
      if (says) assert.match(failed.text, says, what);
      if (cause) assert.match(explanation.cause.message, cause, what);
      assert.deepEqual(authorizer.stats(), stats, title);
      const { backend } = stepOf(explanation, 'look-up');
      // Who is not found natively is asked of the store too.
      if (backend !== undefined && explanation.authorized) assert.equal(backend, kind, what);
      authorizer.close();
    }
  });
}

test('what a session is made of, and by which secret its cookie is signed', async (t) => {
  for (const [way, open] of Object.entries(WAYS)) {
    const { authorizer, put } = await open(t, shared);
    await put(sessionOf());
    const explanation = checked(await authorizer.explain(requestWith()));
    const { type, members, more } = stepOf(explanation, 'session');
    const names = Object.entries({
      ...{ cookie: 'object', cart: 'array', note: 'string', count: 'number' },
      ...{ seen: 'boolean', none: 'null', passport: 'object' },
    });
    assert.deepEqual({ type, more }, { type: 'object', more: 0 }, way);
    assert.deepEqual(
      members.map(({ name, type: kind }) => [name, kind]),
      names,
      way,
    );
    const login = stepOf(explanation, 'passport');
    assert.deepEqual([login.member, login.userKey], ['passport', 'string'], way);
    assert.deepEqual(
      login.members,
      [
        { name: 'user', type: 'string' },
        { name: 'at', type: 'number' },
      ],
      way,
    );
    const { secret, secrets } = stepOf(explanation, 'signature');
    assert.deepEqual({ secret, secrets }, { secret: 1, secrets: 2 }, way);
    const { key, names: cookies, count } = stepOf(explanation, 'cookies');
    assert.deepEqual({ key, cookies, count }, { key: 'connect.sid', cookies: ['connect.sid'], count: 1 });
    const { found, prefix, durationMs } = stepOf(explanation, 'look-up');
    assert.deepEqual([found, typeof durationMs], [true, 'number'], way);
    assert.equal(prefix, way === 'MemoryStore' ? null : 'sess:');
  }
});

test('its code is the one with which a connection is refused', async (t) => {
  for (const [way, open] of Object.entries(WAYS)) {
    for (const [title, { session = sessionOf(), options, request, before }] of Object.entries(CASES)) {
      if (title === 'OVERLOADED') continue;
      const { authorizer, put } = await open(t, shared, options);
      await put(session);
      await before?.(authorizer);
      const explained = await authorizer.explain(requestWith(request));
      const { error } = await visit(authorizer, requestWith(request));
      const code = error === undefined ? 'FOUND' : error.code;
      assert.equal(explained.code, code, `${way}, ${title}`);
      authorizer.close();
    }
  }
});
