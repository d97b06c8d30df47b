'use strict';

// What authorizer.explain tells of cookies, secrets and sessions, as facts and in words.

const assert = require('node:assert/strict');
const { createSecretKey } = require('node:crypto');
const { test } = require('node:test');
const { ID, INSIDE, OLD_SECRET, checked, requestWith, stepOf } = require('./support/explain');
const { authorizerOf } = require('./support/proof');
const { cookieOf } = require('./support/visit');

const SESSIONS = storeOf({ cookie: {}, passport: { user: 7 } });

function storeOf(session) {
  return { get: (_id, done) => done(null, session) };
}

async function explained(t, options, request) {
  const authorizer = authorizerOf(t, { secret: OLD_SECRET, store: SESSIONS, ...options });
  return checked(await authorizer.explain(requestWith(request)));
}

test('names of cookies: each once, in the order in which they came, and cut', async (t) => {
  const { cookie } = requestWith().headers;
  const long = 'c'.repeat(61);
  const explanation = await explained(t, {}, { cookie: `b=1; a=1; b=2; ${cookie}; ${long}=1; ${cookie}` });
  const { names, count, text } = stepOf(explanation, 'cookies');
  assert.deepEqual(names, ['b', 'a', 'connect.sid', `${'c'.repeat(60)}…`]);
  assert.equal(count, 2);
  assert.match(text, /option key\)\. It came 2 times, of which the first counts\.$/);
  const cutKey = await explained(
    t,
    { key: long },
    { cookie: cookieOf(ID, { secret: OLD_SECRET, key: long }) },
  );
  assert.deepEqual([cutKey.code, stepOf(cutKey, 'cookies').key], ['FOUND', `${'c'.repeat(60)}…`]);
});

test('a query that does not count, and that it is taken before cookies', async (t) => {
  const _query = { session_id: ID };
  const off = await explained(t, { sessionIdInQuery: false }, { _query });
  assert.equal(stepOf(off, 'query').text, 'It does not count (sessionIdInQuery: false).');
  const on = await explained(t, {}, { _query });
  assert.match(stepOf(on, 'cookies').text, /^The query is taken before them\. These came: connect\.sid\.$/);
  assert.match(stepOf(on, 'signature').text, /^The session_id of the query is a bare id/);
  const cookieParser = () => (request, _response, next) => next(void (request.cookies = {}));
  const parsed = await explained(t, { cookieParser }, { _query });
  assert.match(stepOf(parsed, 'signature').text, /^The session_id of the query is a bare id/);
});

test('by which secret: of a kind that may be one, as they are now', async (t) => {
  const signer = async (secret) => stepOf(await explained(t, { secret }), 'signature');
  const bytes = Buffer.from(OLD_SECRET);
  assert.match((await signer(OLD_SECRET)).text, /^The cookie is signed by the secret\.$/);
  assert.equal((await signer(createSecretKey(bytes))).secret, 0);
  const { secret, secrets, text } = await signer(['x', bytes, OLD_SECRET]);
  assert.deepEqual({ secret, secrets }, { secret: 1, secrets: 3 });
  assert.match(text, /^The cookie is signed by secret 2 of 3\.$/);
  assert.match((await signer(['x'])).text, /^The cookie is not signed by the secret\.$/);
  const none = await signer(null);
  assert.deepEqual([none.secret, none.secrets, none.text], [null, 0, 'There is no secret (option secret).']);

  const live = ['x'];
  const authorizer = authorizerOf(t, { secret: live, store: SESSIONS });
  assert.equal(checked(await authorizer.explain(requestWith())).code, 'BAD_SIGNATURE');
  live.unshift(OLD_SECRET);
  const now = checked(await authorizer.explain(requestWith()));
  assert.deepEqual([now.code, stepOf(now, 'signature').secret], ['FOUND', 0]);
});

test('where the option cookieParser checks signatures', async (t) => {
  const cookieParser = () => (request, _response, next) => {
    request.signedCookies = { 'connect.sid': ID };
    next();
  };
  const explanation = await explained(t, { cookieParser });
  assert.equal(explanation.code, 'FOUND');
  assert.equal(stepOf(explanation, 'signature').status, 'skipped');
});

test('sessions of other kinds than objects, and members of every kind', async (t) => {
  const of = async (session) => explained(t, { store: storeOf(session) });
  const list = Object.assign([1], { passport: { user: 'u' } });
  assert.match(stepOf(await of(list), 'session').text, /^It is no object, but of the type array\.$/);
  const session = {
    passport: { user: ['u'] },
    big: 1n,
    call() {},
    sign: Symbol(INSIDE),
    nothing: undefined,
    get bad() {
      throw new Error(INSIDE);
    },
  };
  const explanation = await of(session);
  assert.deepEqual(
    stepOf(explanation, 'session').members.map(({ name, type }) => `${name} ${type}`),
    ['passport object', 'big bigint', 'call function', 'sign symbol', 'nothing undefined', 'bad unreadable'],
  );
  assert.equal(stepOf(explanation, 'passport').userKey, 'array');
  // Passport's member is inherited: it counts, and has no members of its own session.
  class Session {
    get passport() {
      return { user: 'u' };
    }
  }
  const inherited = await of(new Session());
  assert.deepEqual([inherited.code, stepOf(inherited, 'passport').members], ['FOUND', []]);
});

test('long lists: 20 names in the text, 100 in the facts, and how many more', async (t) => {
  const members = Object.fromEntries(Array.from({ length: 119 }, (_, i) => [`m${i}`, 1]));
  const explanation = await explained(t, { store: storeOf({ passport: { user: 1 }, ...members }) });
  const { members: told, more, text } = stepOf(explanation, 'session');
  assert.deepEqual([told.length, more], [100, 20]);
  assert.match(text, /m18 \(number\) and 100 more\.$/);
});

test('errors by a name or code that is none: nothing of it is told', async (t) => {
  const error = (members) => Object.assign(new Error('x'), members);
  const CASES = [
    [error({ name: `Not ${INSIDE}` }), 'an object'],
    [error({ name: 'N'.repeat(61) }), 'an object'],
    [error({ code: `${INSIDE}` }), 'Error'],
    [error({ code: 11000 }), 'Error'],
    [error({ code: 'WRONGTYPE', message: `WRONGTYPE ${INSIDE}` }), 'Error \\(WRONGTYPE\\)'],
    [error({ code: 'E_1', message: `NOAUTH ${INSIDE}` }), 'Error \\(E_1, NOAUTH\\)'],
    [null, 'no such session'],
    [() => {}, 'a function, no Error'],
  ];
  for (const [thrown, says] of CASES) {
    const explanation = await explained(t, { store: { get: (_id, done) => done(thrown) } });
    assert.match(stepOf(explanation, 'look-up').text, new RegExp(`: (?:there is )?${says}\\.$`));
  }
});

test('a parameter j without an Origin is JSONP to Engine.IO alone, as authenticate has it', async (t) => {
  const options = { secret: OLD_SECRET, store: SESSIONS, origin: 'same-host' };
  const authorizer = authorizerOf(t, options);
  const ofRoute = requestWith({ query: { j: '0' } });
  assert.equal(checked(await authorizer.explain(ofRoute)).code, 'FOUND');
  await authorizer.authenticate(ofRoute);
  const polling = checked(await authorizer.explain(requestWith({ _query: { j: '0' } })));
  assert.equal(polling.code, 'ORIGIN_NOT_ALLOWED');
});

test('the text ends with the hint, or with the last step where the user was found', async (t) => {
  const found = await explained(t, {});
  assert.ok(String(found).endsWith(`✓ user        ${stepOf(found, 'user').text}`), String(found));
  const failed = await explained(t, {}, { cookie: null });
  assert.ok(String(failed).endsWith(`· user        not reached\n\n${failed.hint}`), String(failed));
});
