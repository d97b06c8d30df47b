'use strict';

// The doctor finds nothing wrong with apps that are well.

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { setTimeout } = require('node:timers/promises');
const session = require('express-session');
const { LAX, startApp } = require('./support/doctor/apps');
const { assertFinds, assertHealthy, diagnose } = require('./support/doctor/diagnose');
const { startProxy, tunnel } = require('./support/doctor/proxies');
const { VERSIONS } = require('./support/socket-server');

const WITHIN = { timeout: 60_000 };

describe('healthy apps', { concurrency: 2 }, () => {
  for (const version of VERSIONS) {
    test(`Socket.IO ${version}`, WITHIN, async (t) => {
      const app = await startApp(t, { version });
      const namespaces = ['--namespace', '/', '--namespace', 'chat'];
      const results = await diagnose(app.url, '--origin', app.url, '--cookie', app.ann, ...namespaces);
      assertHealthy(results);
      for (const id of ['guest', 'forged', 'cookie', 'foreign/websocket', 'foreign/jsonp']) {
        assertFinds(results, id, 'ok', /^\/ /);
        assertFinds(results, id, 'ok', /^\/chat /);
      }
      assertFinds(results, 'reach', 'ok', version > 2 ? /protocol 4/ : /protocol 3/);
      assertHealthy(await diagnose(app.url), ['cors', 'cookie']);
      // It closes each session that it opens. A session that is left open lives for half a minute and more.
      const deadline = performance.now() + 20_000;
      while (app.io.engine.clientsCount > 0) {
        assert.ok(performance.now() < deadline, 'sessions are left open');
        await setTimeout(10);
      }
    });
  }

  test('old clients are let in', WITHIN, async (t) => {
    const { url } = await startApp(t, { io: { allowEIO3: true } });
    assertFinds(await diagnose(url), 'protocols', 'ok', /allowEIO3\)/);
  });

  test('a page of another host, with CORS', WITHIN, async (t) => {
    const origin = 'http://127.0.0.1:1';
    const io = { cors: { origin: [origin], credentials: true } };
    const app = await startApp(t, { io, authorizer: { origin: [origin] } });
    const results = await diagnose(app.url, '--origin', origin, '--cookie', app.ann);
    assertHealthy(results);
    assertFinds(results, 'cors', 'ok', /withCredentials/);
  });

  test('WebSockets alone', WITHIN, async (t) => {
    const app = await startApp(t, { io: { transports: ['websocket'] } });
    assertHealthy(await diagnose(app.url, '--origin', app.url, '--cookie', app.ann));
  });

  for (const [version, transports] of [
    [1, ['polling', 'websocket']],
    [2, ['polling', 'websocket']],
    [4, ['polling', 'websocket']],
    [4, ['websocket']],
  ]) {
    test(`a guarded handshake of Socket.IO ${version} by ${transports}`, WITHIN, async (t) => {
      const io = (authorizer) => ({ transports, allowRequest: authorizer });
      const app = await startApp(t, { io, guard() {}, version });
      const results = await diagnose(app.url, '--origin', app.url, '--cookie', app.ann);
      assertHealthy(results);
      assertFinds(results, 'reach', 'ok', /without the cookie: NO_COOKIE/);
      const without = await diagnose(app.url, '--origin', app.url);
      assertHealthy(without, ['cookie', 'polling', 'protocols', 'websocket']);
    });
  }

  test('two servers behind a balancer that sets a cookie of its own', WITHIN, async (t) => {
    const apps = [await startApp(t), await startApp(t)];
    let count = 0;
    const serverOf = ({ headers }) => /server=(\d)/.exec(headers.cookie ?? '')?.[1] ?? count++ % 2;
    const url = await startProxy(t, (request) => apps[(request.server = serverOf(request))].url, {
      upgrade: tunnel,
      setCookie: ({ server }) => `server=${server}`,
    });
    const results = await diagnose(url, '--origin', url);
    assertFinds(results, 'polling', 'ok', /reached their session/);
    assertFinds(results, 'websocket', 'ok', /opens/);
  });

  test('the handshake sets the session cookie', WITHIN, async (t) => {
    const settings = { secret: 'any', resave: false, saveUninitialized: true, cookie: LAX };
    const sessions = session({ ...settings, name: 'own' });
    const guard = (io, authorizer) => {
      io.engine.use(sessions);
      io.use(authorizer);
    };
    const { url } = await startApp(t, { guard, sessions: { saveUninitialized: false } });
    const results = await diagnose(url);
    assertHealthy(results, ['cors', 'cookie']);
    assertFinds(results, 'cookies', 'ok', /the cookie own /);
  });
});
