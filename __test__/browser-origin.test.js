'use strict';

// Pages in a real browser: one that the server itself serves, and one of another port, whose requests have the visitor's
// cookie all the same.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const { test } = require('node:test');
const { startIndexed } = require('./support/index-app');
const { noBrowser, openBrowser } = require('./support/browser');
const { warningsDuring } = require('./support/proof');
const { cookieOf } = require('./support/visit');

const skip = noBrowser();

const PAGE = `<!doctype html><title>page</title><body>`;

/** A server with nothing but an empty page; its URL. */
async function servePage(t) {
  const server = http.createServer((req, res) => res.setHeader('content-type', 'text/html').end(PAGE));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close() && server.closeAllConnections());
  return `http://127.0.0.1:${server.address().port}/`;
}

/** A profile of a browser in which ann is logged in. */
async function visitorIn(browser) {
  const context = await browser.newContext();
  const [name, value] = cookieOf('ann').split('=');
  await context.addCookies([{ name, value, domain: '127.0.0.1', path: '/' }]);
  return context;
}

/** The app, with a page of its own, and a browser in which ann is logged in. */
async function start(t, options, cors) {
  // First, and so closed first: a server that closes waits for the connections that a browser keeps.
  const browser = await openBrowser(t);
  const { io, url } = await startIndexed(t, {
    users: { ann: {} },
    options,
    settings: () => ({ cors }),
  });
  io.httpServer.prependListener('request', (req, res) => {
    if (req.url === '/') res.setHeader('content-type', 'text/html').end(PAGE);
  });
  const context = await visitorIn(browser);
  /** What a page that is served at `from` gets of the app. */
  const connectFrom = async (from, transport = 'websocket') => {
    const page = await context.newPage();
    await page.goto(from);
    await page.addScriptTag({ url: `${url}/socket.io/socket.io.js` });
    return page.evaluate(
      ([address, transports]) =>
        new Promise((resolve) => {
          const socket = globalThis.io(address, { transports, withCredentials: true, reconnection: false });
          socket.on('welcome', (welcome) => resolve({ welcome }));
          socket.on('connect_error', (error) => resolve({ refused: error.message, code: error.data?.code }));
        }),
      [url, [transport]],
    );
  };
  return { url: `${url}/`, connectFrom };
}

test(
  'without the option a page of another port comes in as the visitor, and is announced',
  { skip },
  async (t) => {
    const codes = warningsDuring(t);
    const elsewhere = await servePage(t);
    const { url, connectFrom } = await start(t);
    assert.deepEqual(await connectFrom(url), { welcome: 'ann' });
    assert.deepEqual(codes, []);
    assert.deepEqual(await connectFrom(elsewhere), { welcome: 'ann' });
    assert.deepEqual(codes, ['ORIGIN_UNCHECKED']);
  },
);

test("'same-host': the server's own page comes in, one of another port does not", { skip }, async (t) => {
  const elsewhere = await servePage(t);
  const anything = { origin: (origin, done) => done(null, true), credentials: true };
  const { url, connectFrom } = await start(t, { origin: 'same-host' }, anything);
  for (const transport of ['websocket', 'polling']) {
    assert.deepEqual(await connectFrom(url, transport), { welcome: 'ann' }, transport);
    assert.deepEqual(
      await connectFrom(elsewhere, transport),
      { refused: 'Origin not allowed', code: 'ORIGIN_NOT_ALLOWED' },
      transport,
    );
  }
});

test("'cors': a page that the server's cors names comes in, another one does not", { skip }, async (t) => {
  const [friend, stranger] = [await servePage(t), await servePage(t)];
  const cors = { origin: [friend.slice(0, -1)], credentials: true };
  const { url, connectFrom } = await start(t, { origin: 'cors' }, cors);
  assert.deepEqual(await connectFrom(url), { welcome: 'ann' });
  for (const transport of ['websocket', 'polling']) {
    assert.deepEqual(await connectFrom(friend, transport), { welcome: 'ann' }, transport);
  }
  assert.deepEqual(await connectFrom(stranger), {
    refused: 'Origin not allowed',
    code: 'ORIGIN_NOT_ALLOWED',
  });
});

test(
  'a script element of another page (JSONP polling) opens no session, over Engine.IO 3 and 6',
  { skip },
  async (t) => {
    const elsewhere = await servePage(t);
    for (const version of [2, 4]) {
      for (const origin of ['same-host', false]) {
        const { io, authorizer, url } = await startIndexed(t, {
          version,
          users: { ann: {} },
          options: { origin },
          // Nobody answers its pings: it is not to outlive the test.
          settings: () => ({ allowEIO3: true, pingInterval: 500, pingTimeout: 500 }),
        });
        const context = await (await openBrowser(t)).newContext();
        const [name, value] = cookieOf('ann').split('=');
        await context.addCookies([{ name, value, domain: '127.0.0.1', path: '/' }]);
        const page = await context.newPage();
        await page.goto(elsewhere);
        await page.evaluate(
          (src) =>
            new Promise((resolve) => {
              globalThis.___eio = [() => {}];
              const { document } = globalThis;
              const script = Object.assign(document.createElement('script'), { src });
              script.onload = script.onerror = resolve;
              document.body.append(script);
            }),
          `${url}/socket.io/?EIO=3&transport=polling&j=0&t=1`,
        );
        // The page polls no more, which Engine.IO would wait for.
        for (const client of Object.values(io.engine.clients)) client.transport.closeTimeout = 0;
        // With Engine.IO 3 the default namespace is joined by that alone.
        const { authorized, failures } = authorizer.stats();
        assert.deepEqual(
          [authorized, failures],
          origin === false ? [1, {}] : [0, { ORIGIN_NOT_ALLOWED: 1 }],
          `Socket.IO ${version}, origin ${origin}`,
        );
      }
    }
  },
);
