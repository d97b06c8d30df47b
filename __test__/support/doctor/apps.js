'use strict';

const { once } = require('node:events');
const http = require('node:http');
const express = require('express');
const session = require('express-session');
const { authorize } = require('../../..');
const { SECRET, cookieOf, passportOf } = require('../visit');
const { serve } = require('../socket-server');

const LAX = { sameSite: 'lax' };

/** Puts a server on a free port, and ends it with the test. */
async function listen(t, server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/**
 * An app with sessions and Socket.IO, healthy where nothing else is said. Closed with the test.
 * @param {object} [options]
 * @param {number} [options.version] - of Socket.IO
 * @param {object} [options.cookie] - for express-session
 * @param {object} [options.sessions] - more for express-session
 * @param {object} [options.io] - for Socket.IO
 * @param {object} [options.authorizer] - for `authorize`
 * @param {(io: object, authorizer: Function) => void} [options.guard]
 * @param {(app: object) => void} [options.pages] - comes before the sessions
 * @returns {Promise<{ io: object, url: string, ann: string, visitor: string }>} `ann` is the cookie of somebody who is
 *   logged in, `visitor` that of somebody who is not
 */
async function startApp(t, options = {}) {
  const { version = 4, cookie = LAX, sessions, pages } = options;
  const store = new session.MemoryStore();
  const app = express();
  pages?.(app);
  app.use(
    session({ secret: SECRET, store, resave: false, saveUninitialized: true, cookie, ...sessions }),
    (_req, res) => res.send('a page'),
  );
  const server = http.createServer(app);
  const url = await listen(t, server);
  const authorizer = authorize({
    secret: SECRET,
    store,
    passport: passportOf(),
    origin: [url],
    ...options.authorizer,
  });
  const io = serve(
    version,
    server,
    typeof options.io === 'function' ? options.io(authorizer) : { ...options.io },
  );
  const guard = options.guard ?? guardAll;
  guard(io, authorizer);
  t.after(() => io.close());
  store.set('ann', { cookie: {}, passport: { user: 'ann' } });
  store.set('visitor', { cookie: {}, passport: {} });
  return { io, url, ann: cookieOf('ann'), visitor: cookieOf('visitor') };
}

function guardAll(io, authorizer) {
  io.use(authorizer);
  io.of('/chat').use(authorizer);
}

module.exports = { LAX, listen, startApp };
