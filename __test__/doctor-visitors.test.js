'use strict';

// What the doctor says of CORS, of who may connect, and of pages of other sites.

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { startApp } = require('./support/doctor/apps');
const { assertFinds, diagnose } = require('./support/doctor/diagnose');

const WITHIN = { timeout: 60_000 };
const PROBLEM = 'problem';
const PAGE = 'http://127.0.0.1:1';
const byPresence = (io) =>
  io.use((socket, next) =>
    next(socket.request.headers.cookie ? undefined : Object.assign(new Error('who are you?'))),
  );

describe('CORS', { concurrency: 2 }, () => {
  for (const [title, cors, what] of [
    ['none', undefined, /are not allowed/],
    ['everybody', '*', /the origin is \*/],
    ['everybody, with credentials', { origin: '*', credentials: true }, /the origin is \*/],
    ['another page', { origin: ['http://a.test'], credentials: true }, /are not allowed/],
    ['another page by name', { origin: 'http://a.test', credentials: true }, /another origin/],
    ['without credentials', { origin: [PAGE] }, /credentials are not allowed/],
  ]) {
    test(title, WITHIN, async (t) => {
      const { url } = await startApp(t, { io: { cors } });
      assertFinds(await diagnose(url, '--origin', PAGE), 'cors', PROBLEM, what);
    });
  }

  test('two names of one machine', WITHIN, async (t) => {
    const { url } = await startApp(t);
    const origin = url.replace('127.0.0.1', 'localhost');
    assertFinds(await diagnose(url, '--origin', origin), 'cors', PROBLEM, /two names of this machine/);
  });
});

describe('visitors', { concurrency: 2 }, () => {
  for (const version of [1, 2, 3, 4]) {
    test(`Socket.IO ${version}: namespaces, guarded or not there`, WITHIN, async (t) => {
      const guard = (io, authorizer) => {
        io.of('/chat').use(authorizer);
        io.of('/open');
      };
      const { url, ann } = await startApp(t, { version, guard });
      const names = ['/chat', '/open', '/none'].flatMap((name) => ['--namespace', name]);
      const results = await diagnose(url, '--cookie', ann, ...names);
      assertFinds(results, 'guest', 'ok', /^\/chat refuses .*: \S+/);
      assertFinds(results, 'guest', 'warning', /^\/open accepts/);
      assertFinds(results, 'guest', PROBLEM, /^\/none is no namespace/);
      assertFinds(results, 'cookie', 'ok', /^\/chat accepts/);
      assertFinds(results, 'cookie', 'not-run', /^\/open accepts/);
      assertFinds(results, 'forged', 'not-run', /^\/open accepts/);
    });
  }

  test('a forged cookie is taken', WITHIN, async (t) => {
    const { url, ann } = await startApp(t, { guard: byPresence });
    assertFinds(await diagnose(url), 'forged', PROBLEM, /accepts a forged cookie/);
    assertFinds(await diagnose(url, '--cookie', ann), 'forged', PROBLEM, /accepts a forged cookie/);
  });

  test('a forged cookie whose name is guessed wrong shows nothing', WITHIN, async (t) => {
    const name = 'own.sid';
    const app = await startApp(t, {
      authorizer: { key: name },
      sessions: { name, saveUninitialized: false },
    });
    const found = assertFinds(await diagnose(app.url), 'forged', 'not-run', /connect\.sid.*shows nothing/);
    assert.match(found.advice, /--cookie/);
    const cookie = app.ann.replace('connect.sid', name);
    assertFinds(await diagnose(app.url, '--cookie', cookie), 'forged', 'ok', /BAD_SIGNATURE/);
  });

  for (const [code, authorizer, who] of [
    ['BAD_SIGNATURE', { secret: 'another' }, 'ann'],
    ['NO_COOKIE', { key: 'another' }, 'ann'],
    ['SESSION_NOT_FOUND', { store: { get: (_id, done) => done() } }, 'ann'],
    ['NOT_LOGGED_IN', {}, 'visitor'],
  ]) {
    test(`the cookie is refused: ${code}`, WITHIN, async (t) => {
      const app = await startApp(t, { authorizer });
      const results = await diagnose(app.url, '--cookie', app[who]);
      const { advice, link } = assertFinds(results, 'cookie', PROBLEM, new RegExp(`: ${code}$`));
      assertFinds([{ id: '', status: 'ok', what: `${advice} ${link}` }], '', 'ok', /docs\/troubleshooting/);
    });
  }

  test('the page of --origin is not one that may connect', WITHIN, async (t) => {
    const app = await startApp(t);
    const results = await diagnose(app.url, '--origin', PAGE, '--cookie', app.ann);
    assertFinds(results, 'cookie', PROBLEM, /ORIGIN_NOT_ALLOWED/);
  });

  test('too large cookies', WITHIN, async (t) => {
    const { url } = await startApp(t);
    const results = await diagnose(url, '--cookie', `connect.sid=${'x'.repeat(17_000)}`);
    assertFinds(results, 'cookie', PROBLEM, /too large: 431/);
  });

  test('a middleware that never answers is no fault, and hides no other namespace', WITHIN, async (t) => {
    const guard = (io, authorizer) => {
      io.of('/silent').use(() => {});
      io.of('/chat').use(authorizer);
    };
    const { url } = await startApp(t, { guard });
    const names = ['--namespace', '/silent', '--namespace', '/chat'];
    const results = await diagnose(url, '--timeout', '1000', ...names);
    assertFinds(results, 'guest', 'not-run', /^\/silent: no packet within 1000 ms/);
    assertFinds(results, 'guest', 'ok', /^\/chat refuses/);
  });
});

describe('pages of other sites', { concurrency: 2 }, () => {
  const everybody = { authorizer: { origin: false }, io: { cors: { origin: true, credentials: true } } };

  for (const version of [2, 4]) {
    test(`Socket.IO ${version}: they connect with the cookie, which has no SameSite`, WITHIN, async (t) => {
      const app = await startApp(t, { ...everybody, version, cookie: {} });
      const results = await diagnose(app.url, '--cookie', app.ann);
      for (const way of ['cors', 'websocket', 'jsonp'])
        assertFinds(results, `foreign/${way}`, 'warning', /has no SameSite/);
    });
  }

  test('with SameSite=None they do harm', WITHIN, async (t) => {
    const app = await startApp(t, { ...everybody, cookie: { sameSite: 'none' } });
    const results = await diagnose(app.url, '--cookie', app.ann);
    for (const way of ['cors', 'websocket', 'jsonp'])
      assertFinds(results, `foreign/${way}`, PROBLEM, /SameSite=None/);
  });

  test('with SameSite=Lax they come without the cookie', WITHIN, async (t) => {
    const app = await startApp(t, everybody);
    const results = await diagnose(app.url, '--cookie', app.ann);
    for (const way of ['cors', 'websocket', 'jsonp'])
      assertFinds(results, `foreign/${way}`, 'ok', /no session cookie/);
  });

  test('where no page shows the cookie, it depends', WITHIN, async (t) => {
    const app = await startApp(t, { ...everybody, sessions: { saveUninitialized: false } });
    const results = await diagnose(app.url, '--cookie', app.ann);
    assertFinds(results, 'foreign/websocket', 'warning', /depends on SameSite/);
  });
});
