'use strict';

// Options that are left out, misspelt or undefined: said at once, and what they lead to says so too.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { test } = require('node:test');
const { sign } = require('cookie-signature');
const { authorize } = require('..');
const { warningsDuring } = require('./support/proof');
const { SECRET, cookieOf, passportOf, visit } = require('./support/visit');

const SESSIONS = { get: (sid, done) => done(null, sid === 'ann' && { passport: { user: sid } }) };
const BASE = { store: SESSIONS, passport: passportOf() };

const settled = () => new Promise(setImmediate);

/** What `fail` is told of one visit. */
async function infoOf(options, request) {
  let told;
  const fail = (data, message, critical, accept, info) => accept((told = info) && null, false);
  await visit(authorize({ ...BASE, secret: SECRET, origin: false, fail, ...options }), request);
  return told;
}

const byQuery = (value, cookie) => ({ headers: { cookie }, _query: { session_id: value } });

test('a secret that is undefined is a TypeError that says what it may be; null is none, on purpose', async (t) => {
  const warnings = warningsDuring(t);
  assert.throws(() => authorize({ ...BASE, secret: process.env.NO_SUCH_SECRET }), {
    name: 'TypeError',
    message: /option secret is undefined.*environment variable.*null/s,
  });
  authorize({ ...BASE, secret: null });
  await settled();
  assert.deepEqual(warnings, []);
});

test('a secret that is left out: one warning, and the refusal says that there is none', async (t) => {
  const codes = warningsDuring(t);
  const warned = once(process, 'warning');
  let hint;
  const fail = (data, message, critical, accept, info) => accept((hint = info.hint) && null, false);
  const authorizer = authorize({ ...BASE, fail });
  for (let i = 0; i < 3; i++) await visit(authorizer, cookieOf('ann'));
  assert.match((await warned)[0].message, /no option secret/);
  await settled();
  assert.deepEqual(codes, ['NO_SECRET']);
  assert.match(hint, /There is no secret/);
  for (const secret of [null, undefined].slice(0, 1)) {
    assert.match((await infoOf({ secret }, cookieOf('ann'))).hint, /There is no secret/);
  }
});

const MISNAMED = {
  name: ['connect.sid', 'key'],
  cookie: ['sid', 'key'],
  secrets: [['a'], 'secret'],
  sessionSecret: ['a', 'secret'],
  sessionStore: [SESSIONS, 'store'],
  origins: ['*', 'origin'],
  onAuthorizeFail: [() => {}, 'fail'],
  userproperty: ['account', 'userProperty'],
  sucess: [() => {}, 'success'],
  timeouts: [7, 'timeout'],
};

for (const [name, [value, meant]] of Object.entries(MISNAMED)) {
  test(`the option ${name} is none: one warning that says that ${meant} was meant`, async (t) => {
    const codes = warningsDuring(t);
    const warned = once(process, 'warning');
    const options = { ...BASE, secret: SECRET, redis: 'redis://127.0.0.1:1', [name]: value };
    if (meant === 'secret') delete options.secret;
    if (meant === 'store') delete options.store;
    authorize(options);
    assert.match((await warned)[0].message, new RegExp(`${name} \\(was ${meant} meant\\?\\)`));
    await settled();
    assert.deepEqual(codes, meant === 'secret' ? ['OPTION_NOT_KNOWN', 'NO_SECRET'] : ['OPTION_NOT_KNOWN']);
  });
}

test('options of the app’s own are no mistake: they are found in `this` of its callbacks', async (t) => {
  const warnings = warningsDuring(t);
  authorize({
    ...BASE,
    secret: SECRET,
    log: console.log,
    tenants: {},
    io: {},
    keystore: 1,
    name: 'x',
    key: 'sid',
  });
  await settled();
  assert.deepEqual(warnings, []);
});

test('cookie-session has no store: the TypeError says that its sessions cannot be used', () => {
  assert.throws(() => authorize({ name: 'session', keys: ['a'], secret: 'a', passport: passportOf() }), {
    name: 'TypeError',
    message: /option store is missing.*cookie-session/,
  });
});

test('a cookie of cookie-session is told from one that is not signed', async () => {
  const { code, hint } = await infoOf({ key: 'session' }, 'session=eyJhIjoxfQ==; session.sig=abc');
  assert.equal(code, 'COOKIE_NOT_SIGNED');
  assert.match(hint, /cookie-session/);
  assert.doesNotMatch((await infoOf({ key: 'session' }, 'session=abc')).hint, /cookie-session/);
});

for (const [value, code] of [
  ['null', 'SESSION_NOT_FOUND'],
  ['undefined', 'SESSION_NOT_FOUND'],
  [`s:${sign('ann', 'another')}`, 'SESSION_NOT_FOUND'],
]) {
  test(`?session_id=${value} beside a good cookie: the hint speaks of session_id`, async () => {
    const info = await infoOf({}, byQuery(value, cookieOf('ann')));
    assert.equal(info.code, code);
    assert.match(info.hint, /session_id/);
    assert.doesNotMatch(info.hint, /The cookie/);
  });
}

for (const [value, code] of [
  ['ann', 'COOKIE_NOT_SIGNED'],
  [`s:${sign('ann', 'another')}`, 'BAD_SIGNATURE'],
  [`s:${sign('', SECRET)}`, 'NO_COOKIE'],
]) {
  test(`the same with sessionIdInQuery 'signed': ${code}`, async () => {
    const info = await infoOf({ sessionIdInQuery: 'signed' }, byQuery(value, cookieOf('ann')));
    assert.equal(info.code, code);
    assert.match(info.hint, /session_id/);
  });
}

test('hints of a cookie do not speak of session_id where the query has none', async () => {
  assert.match((await infoOf({}, `${cookieOf('ann')}x`)).hint, /cookie/);
  assert.doesNotMatch((await infoOf({}, `${cookieOf('ann')}x`)).hint, /session_id/);
  assert.doesNotMatch(
    (await infoOf({ sessionIdInQuery: false }, byQuery('null', `${cookieOf('ann')}x`))).hint,
    /session_id/,
  );
});

test('a bare session id that lets somebody in is warned of once, unless the option was set', async (t) => {
  const codes = warningsDuring(t);
  const warned = once(process, 'warning');
  const byDefault = authorize({ ...BASE, secret: SECRET });
  // Neither a signed one, nor one that lets nobody in.
  await visit(byDefault, byQuery(`s:${sign('ann', SECRET)}`));
  await visit(byDefault, byQuery('bob'));
  await settled();
  assert.deepEqual(codes, []);
  for (let i = 0; i < 3; i++) assert.equal((await visit(byDefault, byQuery('ann'))).error, undefined);
  assert.match((await warned)[0].message, /session_id.*'signed' or false/s);
  assert.equal(
    (await visit(authorize({ ...BASE, secret: SECRET, sessionIdInQuery: true }), byQuery('ann'))).error,
    undefined,
  );
  await settled();
  assert.deepEqual(codes, ['BARE_SESSION_ID']);
});
