'use strict';

// authorizer.explain(request): of which requests, and what it leaves alone.

const assert = require('node:assert/strict');
const { channel } = require('node:diagnostics_channel');
const { test } = require('node:test');
const { MemoryStore } = require('express-session');
const { Server } = require('socket.io');
const { authorize } = require('..');
const { startApp } = require('./support/app');
const { ID, INSIDE, OLD_SECRET, checked, requestWith, stepOf } = require('./support/explain');
const { authorizerOf } = require('./support/proof');
const { connect } = require('./support/socket-client');
const { passportOf, visit } = require('./support/visit');
const { codesOf, warningsFrom } = require('./support/warnings');

const SESSIONS = { get: (_id, done) => done(null, { cookie: {}, passport: { user: 7 } }) };

test('an Express route and the request of a socket, of a real visitor', async (t) => {
  let authorizer;
  let there;
  const app = await startApp(t, {
    store: new MemoryStore(),
    attach: (server, login) => {
      authorizer = authorize(login);
      const [express] = server.listeners('request');
      server.removeAllListeners('request');
      server.on('request', async (request, response) => {
        if (request.url !== '/explain') express(request, response);
        else response.end(String(await authorizer.explain(request)));
      });
      const io = new Server(server);
      io.use(authorizer).on('connection', (socket) => (there = socket).emit('welcome', 'ann'));
      return io;
    },
  });
  const cookie = await app.logIn('ann');
  await connect(t, app.url, { cookie });
  const of = checked(await authorizer.explain(there.request));
  assert.equal(of.code, 'FOUND');
  const response = await fetch(`${app.url}/explain`, { headers: { cookie } });
  const text = await response.text();
  assert.match(text, /^FOUND: /);
  assert.ok(!text.includes('ann'), text);
  assert.match(await (await fetch(`${app.url}/explain`)).text(), /^NO_COOKIE: .*\n✗ cookies /s);
});

test('neither the request nor a statistic, a callback, a warning or a channel knows of it', async (t) => {
  const calls = [];
  const call =
    (name, result) =>
    (...given) => {
      calls.push(name);
      return typeof result === 'function' ? result(...given) : result;
    };
  const warnings = await warningsFrom(t);
  for (const name of ['authorized', 'refused', 'session-end']) {
    const listen = () => calls.push(name);
    channel(`passport-socketio-native:${name}`).subscribe(listen);
    t.after(() => channel(`passport-socketio-native:${name}`).unsubscribe(listen));
  }
  const authorizer = authorizerOf(t, {
    secret: OLD_SECRET,
    store: SESSIONS,
    passport: passportOf(call('deserializeUser', (key, done) => done(null, { id: key }))),
    success: call('success'),
    fail: call('fail'),
    rooms: call('rooms', []),
    onSessionEnd: call('onSessionEnd'),
    origin: call('origin', false),
    index: ['id'],
  });
  const request = requestWith({ headers: { origin: 'https://a.example' } });
  const before = Reflect.ownKeys(request);
  const stats = authorizer.stats();
  const explanation = checked(await authorizer.explain(request));
  assert.equal(explanation.code, 'FOUND');
  assert.equal(stepOf(explanation, 'origin').status, 'unknown');
  checked(await authorizer.explain(requestWith({ cookie: null })));
  assert.deepEqual(calls, ['deserializeUser']);
  assert.deepEqual(Reflect.ownKeys(request), before);
  assert.deepEqual(authorizer.stats(), stats);
  assert.deepEqual(await codesOf(warnings), []);
});

test('faults are not warned of, since nobody was refused', async (t) => {
  const warnings = await warningsFrom(t);
  const authorizer = authorizerOf(t, {
    secret: OLD_SECRET,
    store: { get: (_id, done) => done(new Error('down')) },
  });
  for (let times = 0; times < 5; times++) checked(await authorizer.explain(requestWith()));
  assert.deepEqual(await codesOf(warnings), []);
});

test("origin: 'cors' is answered where the server is known, without a call of the app", async (t) => {
  const asked = requestWith({ headers: { origin: 'https://a.example' } });
  const answers = {};
  for (const [title, cors] of Object.entries({
    allowed: { origin: 'https://a.example' },
    other: { origin: ['https://b.example'] },
    function: { origin: (_origin, done) => done(null, true) },
    none: undefined,
  })) {
    const authorizer = authorizerOf(t, { secret: OLD_SECRET, store: SESSIONS, origin: 'cors' });
    const unknown = checked(await authorizer.explain(asked));
    assert.equal(stepOf(unknown, 'origin').status, 'unknown');
    const server = new Server({ cors });
    t.after(() => server.close());
    server.attach(0);
    await visitOf(authorizer, server);
    answers[title] = stepOf(checked(await authorizer.explain(asked)), 'origin').status;
  }
  assert.deepEqual(answers, { allowed: 'passed', other: 'failed', function: 'unknown', none: 'failed' });
});

/** A socket of this server is authorized, so that the authorizer knows the server. */
function visitOf(authorizer, server) {
  return new Promise((resolve) => {
    authorizer({ request: requestWith({ cookie: null }), nsp: server.of('/') }, resolve);
  });
}

test('a bare id in the query of a route: it says that authenticate does not count it, where it does not', async (t) => {
  const signed = decodeURIComponent(requestWith().headers.cookie.slice('connect.sid='.length));
  const NOTE = /authorizer\.authenticate counts the cookie instead/;
  const CASES = [
    [undefined, { url: `/x?session_id=${ID}` }, 'FOUND', 'NO_COOKIE'],
    [undefined, { url: '/x?session_id=a&session_id=b' }, 'SESSION_NOT_FOUND', 'NO_COOKIE'],
    [undefined, { url: `/x?session_id=${encodeURIComponent(signed)}` }, 'FOUND', 'FOUND'],
    [true, { url: `/x?session_id=${ID}` }, 'FOUND', 'FOUND'],
    ['signed', { url: `/x?session_id=${ID}` }, 'COOKIE_NOT_SIGNED', 'COOKIE_NOT_SIGNED'],
    [false, { url: `/x?session_id=${ID}` }, 'NO_COOKIE', 'NO_COOKIE'],
    [undefined, { _query: { session_id: ID } }, 'FOUND'],
  ];
  for (const [sessionIdInQuery, query, code, authenticated = code] of CASES) {
    const option = sessionIdInQuery === undefined ? {} : { sessionIdInQuery };
    const authorizer = authorizerOf(t, { secret: OLD_SECRET, store: SESSIONS, ...option });
    const request = requestWith({ cookie: null, ...query });
    const explanation = checked(await authorizer.explain(request));
    const what = `${sessionIdInQuery} ${JSON.stringify(query)}\n${explanation}`;
    assert.equal(explanation.code, code, what);
    assert.equal(NOTE.test(stepOf(explanation, 'query').text), authenticated !== code, what);
    if (query.url === undefined) continue;
    const { code: given = 'FOUND' } = await authorizer.authenticate(request).catch((error) => error);
    assert.equal(given, authenticated, what);
  }
});

test('a page of another origin over HTTP/2: the host asked for is told', async (t) => {
  const authorizer = authorizerOf(t, { secret: OLD_SECRET, store: SESSIONS, origin: 'same-host' });
  const headers = { ':authority': 'b.example', origin: 'https://a.example' };
  const explanation = checked(await authorizer.explain({ headers }));
  assert.match(stepOf(explanation, 'origin').text, /the Host asked for "b\.example"/);
  assert.match(explanation.hint, /the Host asked for "b\.example"/);
});

test('hostile headers and sessions: one line a step, bounded', async (t) => {
  const session = { passport: { user: 1 }, 'two\nlines\u001b[31m': 1, ['n'.repeat(500)]: 1 };
  for (let i = 0; i < 1000; i++) session[`member-${i}`] = i;
  const authorizer = authorizerOf(t, {
    secret: OLD_SECRET,
    store: { get: (_id, done) => done(null, session) },
  });
  const { cookie } = requestWith().headers;
  const odd = ['a\u001b[2Jb=1', `${'c'.repeat(300)}=1`, 'constructor=1', '__proto__=1'].join('; ');
  const explanation = checked(await authorizer.explain(requestWith({ cookie: `${odd}; ${cookie}` })));
  const { members, more } = stepOf(explanation, 'session');
  assert.deepEqual([members.length, more], [100, 903]);
  assert.ok(members.every(({ name }) => /^[\x20-\x7e]{1,60}…?$/.test(name)));
  // eslint-disable-next-line no-control-regex -- it is what must not be there
  assert.doesNotMatch(String(explanation), /\u001b/);
  assert.ok(String(explanation).length < 6000);
});

test('a cookie parser of the app that gives no session, or no text', async (t) => {
  const CASES = {
    'no cookies': [{}, 'NO_COOKIE', 'cookies', /the option cookieParser does not give it/],
    'a forged one': [{ 'connect.sid': false }, 'NO_COOKIE', 'cookies', /does not give it/],
    'an object': [{ 'connect.sid': { a: 1 } }, 'SESSION_NOT_FOUND', 'look-up', /^Nothing is looked up/],
  };
  for (const [title, [signedCookies, code, at, says]] of Object.entries(CASES)) {
    const asked = [];
    const authorizer = authorizerOf(t, {
      store: { get: (id, done) => done(null, { passport: { user: asked.push(id) } }) },
      cookieParser: () => (request, _response, next) => next(void (request.signedCookies = signedCookies)),
    });
    const explanation = checked(await authorizer.explain(requestWith()));
    assert.equal(explanation.code, code, title);
    assert.match(stepOf(explanation, at).text, says, title);
    assert.equal((await visit(authorizer, requestWith())).error.code, code, title);
    await assert.rejects(authorizer.authenticate(requestWith()), { code });
    const ofOtherDomain = requestWith({ xdomain: true });
    const { code: other } = checked(await authorizer.explain(ofOtherDomain));
    assert.equal(other, code === 'NO_COOKIE' ? 'CORS_NO_SESSION' : code, title);
    assert.equal((await visit(authorizer, ofOtherDomain)).error.code, other, title);
    assert.deepEqual(asked, [], 'the store was asked');
  }
});

test('a getter of the request that throws fails the step that reads it', async (t) => {
  const authorizer = authorizerOf(t, { secret: OLD_SECRET, store: SESSIONS });
  const request = Object.defineProperty(requestWith(), 'query', {
    get() {
      throw new RangeError(INSIDE);
    },
  });
  const explanation = checked(await authorizer.explain(request));
  assert.equal(explanation.code, 'CALLBACK_ERROR');
  assert.match(stepOf(explanation, 'query').text, /^An object of the app threw: RangeError\.$/);
  assert.equal(explanation.cause.message, INSIDE);
  await assert.rejects(authorizer.authenticate(request), { code: 'CALLBACK_ERROR' });
});

test('a name that looks like several is quoted', async (t) => {
  const session = { 'cart (array), passport': 1, größe: 1, passport: { user: 1 } };
  const authorizer = authorizerOf(t, {
    secret: OLD_SECRET,
    store: { get: (_id, done) => done(null, session) },
  });
  const { cookie } = requestWith().headers;
  const explanation = checked(
    await authorizer.explain(requestWith({ cookie: `theme, lang. It is "x"=1; ${cookie}` })),
  );
  assert.match(
    stepOf(explanation, 'cookies').text,
    /^These came: "theme, lang\. It is \\"x\\"", connect\.sid\. The/,
  );
  assert.equal(
    stepOf(explanation, 'session').text,
    'Its members: "cart (array), passport" (number), größe (number), passport (object).',
  );
});

test('of a header with very many cookies, or a very long one, it says that it shows the first ones', async (t) => {
  const authorizer = authorizerOf(t, { secret: OLD_SECRET, store: SESSIONS });
  const { cookie } = requestWith().headers;
  const many = (count) => Array.from({ length: count }, (_, i) => `c${i}=1`).join('; ');
  const CASES = [
    [many(49), false],
    [many(50), true],
    [`a=${'x'.repeat(8192)}`, true],
  ];
  for (const [before, isCut] of CASES) {
    const explanation = checked(await authorizer.explain(requestWith({ cookie: `${before}; ${cookie}` })));
    assert.equal(explanation.code, 'FOUND');
    const { text, names } = stepOf(explanation, 'cookies');
    assert.equal(/of a long header, the first ones/.test(text), isCut, text);
    assert.ok(names.length <= 50);
  }
});

test('what is no request is a TypeError; a closed authorizer says so', async (t) => {
  const authorizer = authorizerOf(t, { secret: OLD_SECRET, store: SESSIONS });
  for (const wrong of [undefined, null, 'x', {}, { request: {} }, new Request('http://localhost')]) {
    await assert.rejects(authorizer.explain(wrong), {
      name: 'TypeError',
      message: /^authorizer\.explain\(request\): request /,
    });
  }
  authorizer.close();
  assert.equal(checked(await authorizer.explain(requestWith())).code, 'CLOSED');
});

test('many at once, beside connections', async (t) => {
  const authorizer = authorizerOf(t, { secret: OLD_SECRET, store: SESSIONS });
  const all = await Promise.all(
    Array.from({ length: 200 }, (_, i) =>
      i % 2 ? authorizer.explain(requestWith()) : visit(authorizer, requestWith()),
    ),
  );
  assert.ok(all.every((each, i) => (i % 2 ? each.authorized : each.error === undefined)));
  assert.equal(authorizer.stats().authorized, 100);
});
