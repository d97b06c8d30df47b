'use strict';

// authorizer.authenticate(request): who is behind a request without Socket.IO, and why nobody is.

const assert = require('node:assert/strict');
const { AsyncLocalStorage } = require('node:async_hooks');
const { once } = require('node:events');
const http = require('node:http');
const { test } = require('node:test');
const { sign } = require('cookie-signature');
const { AuthorizationError } = require('..');
const { messagesOf } = require('./support/channels');
const { authorizerOf } = require('./support/proof');
const { SECRET, cookieOf, passportOf } = require('./support/visit');
const { codesOf, warningsFrom } = require('./support/warnings');

const APP = 'https://app.example.com';
const NOT_CALLED = Object.fromEntries(
  ['success', 'fail', 'rooms'].map((name) => [name, () => assert.fail(`${name} was called`)]),
);

/** An authorizer over a store that has the sessions ann and bob, and what it was asked for. */
function stage(t, options) {
  const asked = [];
  const sessions = {
    ann: { passport: { user: 'ann' } },
    bob: { passport: { user: 'bob' } },
    out: { passport: {} },
  };
  const get = (sid, done) => {
    asked.push(sid);
    done(null, sessions[sid]);
  };
  const authorizer = authorizerOf(t, { store: { get }, ...NOT_CALLED, ...options });
  return { authorizer, asked, sessions };
}

const requestOf = (cookie, more) => ({ headers: { cookie, ...more?.headers }, url: more?.url ?? '/' });
const ANN = requestOf(cookieOf('ann'));

async function refusalOf(promise) {
  const error = await promise.then(
    () => assert.fail('was let in'),
    (reason) => reason,
  );
  assert.ok(error instanceof AuthorizationError, error.stack);
  assert.ok(error.hint, error.code);
  return error;
}

test('user and session id; success, fail and rooms are not called; nothing is put on request or user', async (t) => {
  const users = [];
  const passport = passportOf((key, done) => done(null, users[users.push(Object.freeze({ id: key })) - 1]));
  const { authorizer } = stage(t, { passport });
  const request = Object.freeze(requestOf(cookieOf('ann')));
  const answer = await authorizer.authenticate(request);
  assert.deepEqual(answer, { user: { id: 'ann' }, sessionID: 'ann' });
  assert.equal(answer.user, users[0]);
  const { authorized, refused, pending, latency } = authorizer.stats();
  assert.deepEqual([authorized, refused, pending, latency.count], [1, 0, 0, 1]);
});

test('a request of Node as it is, whose other members stay', async (t) => {
  const { authorizer } = stage(t);
  const server = http.createServer(async (req, res) => {
    Object.assign(req, { user: 'of the app', sessionID: 'of the app' });
    const { user } = await authorizer.authenticate(req);
    res.end(JSON.stringify([user, req.user, req.sessionID, req.cookie ?? null]));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const headers = { cookie: cookieOf('ann'), connection: 'close' };
  const response = await fetch(`http://127.0.0.1:${server.address().port}`, { headers });
  assert.deepEqual(await response.json(), [{ id: 'ann' }, 'of the app', 'of the app', null]);
});

const REFUSALS = {
  NO_COOKIE: requestOf(undefined),
  COOKIE_NOT_SIGNED: requestOf('connect.sid=ann'),
  BAD_SIGNATURE: requestOf(cookieOf('ann', { secret: 'other' })),
  SESSION_NOT_FOUND: requestOf(cookieOf('nobody')),
  NOT_LOGGED_IN: requestOf(cookieOf('out')),
  ORIGIN_NOT_ALLOWED: requestOf(cookieOf('ann'), { headers: { origin: 'https://evil.example' } }),
};

test('what a visitor lacks: code, hint, counted, and nothing is warned of', async (t) => {
  const warnings = await warningsFrom(t);
  const { authorizer } = stage(t, { origin: APP });
  for (const [code, request] of Object.entries(REFUSALS)) {
    const error = await refusalOf(authorizer.authenticate(request));
    assert.deepEqual([error.code, error.data], [code, undefined]);
  }
  const counted = Object.fromEntries(Object.keys(REFUSALS).map((code) => [code, 1]));
  assert.deepEqual(authorizer.stats().failures, counted);
  assert.equal(authorizer.stats().authorized, 0);
  assert.deepEqual(await codesOf(warnings), []);
});

test('faults: code and cause, a warning without the session id, and what is pending', async (t) => {
  const warnings = await warningsFrom(t);
  const cause = new Error('no file /sessions/a-long-session-id.json');
  const broken = stage(t, { store: { get: (_sid, done) => done(cause) } }).authorizer;
  const error = await refusalOf(broken.authenticate(requestOf(cookieOf('a-long-session-id'))));
  assert.deepEqual([error.code, error.cause], ['STORE_ERROR', cause]);
  assert.deepEqual(await codesOf(warnings), ['STORE_ERROR']);
  assert.match(warnings[0].message, /\/sessions\/a-lo…\.json/);

  const failing = stage(t, { passport: passportOf((_key, done) => done(cause)) }).authorizer;
  assert.equal((await refusalOf(failing.authenticate(ANN))).code, 'DESERIALIZE_ERROR');
  const nobody = stage(t, { passport: passportOf((_key, done) => done(null, false)) }).authorizer;
  assert.equal((await refusalOf(nobody.authenticate(ANN))).code, 'USER_NOT_FOUND');
  const slow = stage(t, { timeout: 20, passport: passportOf(() => {}) }).authorizer;
  assert.equal((await refusalOf(slow.authenticate(ANN))).code, 'DESERIALIZE_TIMEOUT');
  const parser = () => () => {
    throw cause;
  };
  const parsing = stage(t, { cookieParser: parser }).authorizer;
  assert.deepEqual((await refusalOf(parsing.authenticate(ANN))).cause, cause);
  for (const each of [broken, failing, nobody, slow, parsing]) assert.equal(each.stats().pending, 0);
});

test('maxPending holds, and close ends what is under way', async (t) => {
  const { authorizer } = stage(t, { maxPending: 1, store: { get() {} } });
  const first = authorizer.authenticate(ANN);
  const overloaded = await refusalOf(authorizer.authenticate(requestOf(cookieOf('bob'))));
  assert.deepEqual([overloaded.code, authorizer.stats().pending], ['OVERLOADED', 1]);
  authorizer.close();
  assert.equal((await refusalOf(first)).code, 'CLOSED');
  assert.equal((await refusalOf(authorizer.authenticate(ANN))).code, 'CLOSED');

  let finish;
  const passport = passportOf((_key, done) => (finish = done));
  const deserializing = stage(t, { passport }).authorizer;
  const late = deserializing.authenticate(ANN);
  while (finish === undefined) await new Promise(setImmediate);
  deserializing.close();
  finish(null, { id: 'ann' });
  assert.equal((await refusalOf(late)).code, 'CLOSED');
});

test('origin: as of a connection; a parameter j means JSONP to Engine.IO alone', async (t) => {
  const from = (headers, more) => ({ ...requestOf(cookieOf('ann'), { headers }), ...more });
  const isLetIn = async (authorizer, request) =>
    authorizer.authenticate(request).then(
      () => true,
      ({ code }) => (assert.equal(code, 'ORIGIN_NOT_ALLOWED'), false),
    );
  const { authorizer: sameHost } = stage(t, { origin: 'same-host' });
  assert.ok(await isLetIn(sameHost, from({})));
  assert.ok(await isLetIn(sameHost, from({ origin: APP, host: 'app.example.com' })));
  assert.ok(await isLetIn(sameHost, from({ origin: APP, ':authority': 'app.example.com' })));
  assert.ok(await isLetIn(sameHost, from({ 'sec-fetch-site': 'same-origin' })));
  assert.ok(await isLetIn(sameHost, from({}, { query: { j: '1' } })));
  assert.ok(!(await isLetIn(sameHost, from({}, { _query: { j: '1' } }))));
  assert.ok(!(await isLetIn(sameHost, from({ 'sec-fetch-site': 'cross-site' }))));
  assert.ok(!(await isLetIn(sameHost, from({ origin: 'https://evil.example', host: 'app.example.com' }))));

  const given = [];
  const origin = (name, request) => Promise.resolve(given.push(request) && name === APP);
  const { authorizer: asking } = stage(t, { origin });
  const request = from({ origin: APP });
  assert.ok(await isLetIn(asking, request));
  assert.equal(given[0], request);
  assert.ok(!(await isLetIn(asking, from({ origin: 'https://evil.example' }))));
  const { authorizer: silent, asked } = stage(t, { origin: () => new Promise(() => {}), timeout: 20 });
  assert.ok(!(await isLetIn(silent, from({ origin: APP }))));
  assert.deepEqual(asked, []);
});

test('a page of another origin that is let in for want of the option is warned of once; a link is not', async (t) => {
  const warnings = await warningsFrom(t);
  const { authorizer } = stage(t);
  const come = (headers) => authorizer.authenticate(requestOf(cookieOf('ann'), { headers }));
  await come({ origin: APP, host: 'app.example.com' });
  await come({ 'sec-fetch-site': 'cross-site' });
  assert.deepEqual(await codesOf(warnings), []);
  for (let i = 0; i < 2; i++) await come({ origin: 'https://evil.example', host: 'app.example.com' });
  assert.deepEqual(await codesOf(warnings), ['ORIGIN_UNCHECKED']);
});

test('session_id: a signed one counts, a bare one only where the option says so outright', async (t) => {
  const signed = `s:${sign('bob', SECRET)}`;
  const bare = requestOf(cookieOf('ann'), { url: '/events?session_id=bob' });
  const inUrl = requestOf(cookieOf('ann'), { url: `/events?session_id=${encodeURIComponent(signed)}` });
  const idBy = (options, request) =>
    stage(t, options)
      .authorizer.authenticate(request)
      .then(
        ({ sessionID }) => sessionID,
        ({ code }) => code,
      );
  // A payment service, for example, has a parameter of this name.
  assert.equal(await idBy({}, bare), 'ann');
  assert.equal(await idBy({}, requestOf(undefined, { url: '/?session_id=bob' })), 'NO_COOKIE');
  assert.equal(await idBy({}, inUrl), 'bob');
  assert.equal(await idBy({ sessionIdInQuery: true }, bare), 'bob');
  assert.equal(await idBy({ sessionIdInQuery: true }, inUrl), 'bob');
  assert.equal(await idBy({ sessionIdInQuery: 'signed' }, inUrl), 'bob');
  assert.equal(await idBy({ sessionIdInQuery: 'signed' }, bare), 'COOKIE_NOT_SIGNED');
  assert.equal(await idBy({ sessionIdInQuery: false }, inUrl), 'ann');
  for (const name of ['query', '_query']) {
    assert.equal(await idBy({ sessionIdInQuery: true }, { ...ANN, [name]: { session_id: 'bob' } }), 'bob');
    assert.equal(await idBy({}, { ...ANN, [name]: { session_id: { a: 1 } } }), 'ann');
  }
  const twice = requestOf(cookieOf('ann'), { url: '/?session_id=bob&session_id=ann' });
  assert.equal(await idBy({ sessionIdInQuery: true }, twice), 'SESSION_NOT_FOUND');
});

test('a cookie parser of the app, and a secret that is added, count', async (t) => {
  const cookieParser = () => (request, _response, next) => {
    request.signedCookies = { 'connect.sid': request.headers.cookie };
    next();
  };
  const { authorizer } = stage(t, { cookieParser });
  assert.equal((await authorizer.authenticate(requestOf('bob'))).sessionID, 'bob');
  const secret = [SECRET];
  const rotating = stage(t, { secret }).authorizer;
  const request = requestOf(cookieOf('ann', { secret: 'new' }));
  assert.equal((await refusalOf(rotating.authenticate(request))).code, 'BAD_SIGNATURE');
  secret.unshift('new');
  assert.equal((await rotating.authenticate(request)).sessionID, 'ann');
});

test("the store and deserializeUser see the caller's AsyncLocalStorage", async (t) => {
  const tenants = new AsyncLocalStorage();
  const seen = [];
  const store = {
    get: (_sid, done) => {
      seen.push(tenants.getStore());
      setImmediate(done, null, { passport: { user: 'ann' } });
    },
  };
  const passport = passportOf((key, done) => {
    seen.push(tenants.getStore());
    done(null, { id: key });
  });
  const { authorizer } = stage(t, { store, passport });
  await Promise.all(['a', 'b'].map((tenant) => tenants.run(tenant, () => authorizer.authenticate(ANN))));
  assert.deepEqual(seen.sort(), ['a', 'a', 'b', 'b']);
});

test('channels: authorized with the user, refused with the code', async (t) => {
  const [authorized, refused] = ['authorized', 'refused'].map((name) => messagesOf(t, name));
  const { authorizer } = stage(t);
  await authorizer.authenticate(ANN);
  await refusalOf(authorizer.authenticate(REFUSALS.NO_COOKIE));
  const [{ user, request }] = authorized;
  assert.deepEqual([authorized.length, user], [1, { id: 'ann' }]);
  assert.equal(request, ANN);
  const [{ code, hint, durationMs }] = refused;
  assert.deepEqual(
    [refused.length, code, typeof hint, typeof durationMs],
    [1, 'NO_COOKIE', 'string', 'number'],
  );
});

test('what is no request is a TypeError that says what to give', async (t) => {
  const { authorizer } = stage(t);
  for (const [given, says] of [
    [undefined, /not undefined/],
    ['connect.sid=1', /not 'connect.sid=1'/],
    [{ request: ANN }, /give its request/],
    [{}, /has no headers/],
    [new Request('http://localhost'), /Object\.fromEntries/],
  ]) {
    await assert.rejects(authorizer.authenticate(given), (error) => {
      assert.equal(error.name, 'TypeError');
      assert.match(error.message, says);
      return true;
    });
  }
  assert.equal(authorizer.stats().refused, 0);
});
