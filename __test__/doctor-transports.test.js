'use strict';

// What the doctor says of servers that cannot be reached, of wrong paths, and of proxies that break transports.

const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { once } = require('node:events');
const { describe, test } = require('node:test');
const { makeCertificates } = require('./support/certificates');
const { freePort } = require('../scripts/support/redis-server');
const { listen, startApp } = require('./support/doctor/apps');
const { assertFinds, diagnose } = require('./support/doctor/diagnose');
const { startProxy, tunnel } = require('./support/doctor/proxies');

const WITHIN = { timeout: 60_000 };
const PROBLEM = 'problem';

/** A server that answers everything alike. */
const answering = (t, status, headers, text) =>
  listen(
    t,
    http.createServer((_request, response) => response.writeHead(status, headers).end(text)),
  );
const HTML = { 'content-type': 'text/html' };

describe('no Engine.IO', { concurrency: 2 }, () => {
  test('nobody listens', WITHIN, async () => {
    const results = await diagnose(`http://127.0.0.1:${await freePort()}`);
    assertFinds(results, 'reach', PROBLEM, /does not answer: .*ECONNREFUSED/);
    assertFinds(results, 'guest', 'not-run', /does not answer/);
  });

  for (const [title, status, headers, text, what] of [
    ['a page of another server', 200, HTML, '<p>a page', /answers 200 \(a page\)/],
    ['another path', 404, HTML, 'Cannot GET', /answers 404 \(a page\)/],
    ['a redirect', 308, { location: 'https://127.0.0.1/' }, '', /answers 308.*redirects to https/],
    ['a plain WebSocket server', 426, {}, 'Upgrade Required', /answers 426.*plain WebSocket server/],
    ['a proxy without an app', 502, HTML, '<p>Bad Gateway', /answers 502/],
    ['too many cookies for the proxy', 400, HTML, 'Request Header Or Cookie Too Large', /too large/],
    ['text that is no handshake', 200, {}, '\x1b[31mred', /: \[31mred$/],
  ]) {
    test(title, WITHIN, async (t) => {
      const results = await diagnose(await answering(t, status, headers, text));
      assertFinds(results, 'reach', PROBLEM, what);
    });
  }

  test('a server that never answers', WITHIN, async (t) => {
    const results = await diagnose(
      await listen(
        t,
        http.createServer(() => {}),
      ),
      '--timeout',
      '300',
    );
    assertFinds(results, 'reach', PROBLEM, /no answer within 300 ms/);
  });

  test('the path is that of another option', WITHIN, async (t) => {
    const { url } = await startApp(t);
    assertFinds(await diagnose(url, '--path', '/chat'), 'reach', PROBLEM, /but \/socket\.io\/ does/);
    const other = await startApp(t, { io: { path: '/chat' } });
    assertFinds(await diagnose(other.url), 'reach', PROBLEM, /answers 200/);
    assertFinds(await diagnose(other.url, '--path', '/chat/'), 'reach', 'ok', /\/chat\/ answers/);
  });

  test('a certificate of nobody', WITHIN, async (t) => {
    const { dir, cert, key } = makeCertificates();
    t.after(() => fs.rmSync(dir, { recursive: true }));
    const server = https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const results = await diagnose(`https://127.0.0.1:${server.address().port}`);
    assertFinds(results, 'reach', PROBLEM, /certificate/);
    assertFinds(results, 'cookies', 'not-run', /certificate/);
  });

  test('the middleware of the engine refuses', WITHIN, async (t) => {
    const guard = (io) =>
      io.engine.use((_request, response) => {
        response.writeHead(401).end('who are you?');
      });
    const { url } = await startApp(t, { guard });
    assertFinds(await diagnose(url), 'reach', 'warning', /refuses a handshake without a cookie: who are you/);
  });
});

describe('proxies', { concurrency: 2 }, () => {
  test('the header Upgrade does not pass', WITHIN, async (t) => {
    const { url } = await startApp(t);
    const results = await diagnose(await startProxy(t, () => url));
    assertFinds(results, 'websocket', PROBLEM, /Upgrade does not reach the server/);
    assertFinds(results, 'polling', 'ok', /reached their session/);
  });

  for (const [title, upgrade, what] of [
    ['502', (_request, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'), /502/],
    ['an end', (_request, socket) => socket.destroy(), /closed without an answer/],
    ['silence', () => {}, /no answer within 1000 ms/],
  ]) {
    test(`an upgrade is answered with ${title}`, WITHIN, async (t) => {
      const { url } = await startApp(t);
      const results = await diagnose(await startProxy(t, () => url, { upgrade }), '--timeout', '1000');
      assertFinds(results, 'websocket', PROBLEM, what);
      assertFinds(results, 'guest', 'ok', /NO_COOKIE/);
    });
  }

  test('two servers, and no sticky sessions', WITHIN, async (t) => {
    const apps = [await startApp(t), await startApp(t)];
    let count = 0;
    const url = await startProxy(t, () => apps[count++ % 2].url, { upgrade: tunnel });
    assertFinds(await diagnose(url), 'polling', PROBLEM, /6 of 12 polling requests/);
  });

  for (const [title, upgrade] of [
    ['lost', undefined],
    ['cut off', (_request, socket) => socket.destroy()],
  ]) {
    test(`a server of WebSockets alone, and upgrades are ${title}`, WITHIN, async (t) => {
      const { url } = await startApp(t, { io: { transports: ['websocket'] } });
      const results = await diagnose(await startProxy(t, () => url, { upgrade }));
      assertFinds(results, 'reach', PROBLEM, /polling is off and no WebSocket opens/);
    });
  }

  test('a server without WebSockets', WITHIN, async (t) => {
    const { url } = await startApp(t, { io: { transports: ['polling'] } });
    const results = await diagnose(url);
    assertFinds(results, 'websocket', 'warning', /offers no WebSocket/);
    assertFinds(results, 'guest', 'ok', /NO_COOKIE/);
  });
});
