'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const express = require('express');
const session = require('express-session');
const { authorize } = require('../../..');
const { connect } = require('../socket-client');
const { serve } = require('../socket-server');
const { SECRET } = require('../visit');

/** The shortest interval, so that a test need not wait long for what only a poll shows. */
const SOON = 100;

/**
 * A real app with live sessions: Express, express-session, Passport, Socket.IO. `POST /login` with a user as JSON logs that
 * user in, who is serialized whole. Closed with the test.
 * @param {{ version?: number, passport?: string, options?: object, store?: session.Store, cookie?: object, server?: object,
 *   prepare?: (io: object, authorizer: Function) => void }} [setup] - `passport`: the name of the package; `server`: options
 *   of Socket.IO
 */
async function startLive(t, setup = {}) {
  const { version = 4, options, store = new session.MemoryStore(), server: settings } = setup;
  const { prepare = (io, authorizer) => io.use(authorizer) } = setup;
  const passport = new (require(setup.passport ?? 'passport').Passport)();
  passport.serializeUser((user, done) => done(null, user));
  // The app's own object: what it changes in it is not what was in the session.
  passport.deserializeUser((user, done) => done(null, Object(user)));
  const server = http.createServer(webApp({ passport, store, cookie: setup.cookie }));
  const io = serve(version, server, settings);

  /** What the function `onSessionEnd` was told, in order: the name of the user, and the reason. */
  const ends = [];
  const onSessionEnd = (socket, reason) => ends.push([nameOf(socket), reason]);
  const authorizer = authorize({
    ...{ secret: SECRET, store, passport, onSessionEnd, recheckEvery: SOON },
    ...options,
  });
  prepare(io, authorizer);
  greet(io);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    await io.close();
    server.closeAllConnections();
    // Socket.IO 1 and 2 give no promise.
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  t.after(close);

  const url = `http://127.0.0.1:${server.address().port}`;
  const visit = (cookie, { namespace = '/', ...more } = {}) =>
    connect(t, url + namespace, { version, cookie, ...more });
  return { io, server, authorizer, passport, store, ends, url, close, visit, ...browserOf(url) };
}

function webApp({ passport, store, cookie }) {
  const app = express();
  app.use(session({ secret: SECRET, store, cookie, resave: false, saveUninitialized: false }));
  app.use(passport.initialize(), passport.session(), express.json({ strict: false }));
  const answer = (res, next) => (error) => (error ? next(error) : res.end());
  app.post('/login', (req, res, next) => req.logIn(req.body, answer(res, next)));
  app.post('/logout', (req, res, next) => {
    req.logout(answer(res, next));
    // Up to Passport 0.5 it takes no callback.
    if (req.logout.length === 0) res.end();
  });
  app.post('/destroy', (req, res, next) => req.session.destroy(answer(res, next)));
  app.post('/regenerate', (req, res, next) => req.session.regenerate(answer(res, next)));
  app.post('/put', (req, res) => {
    req.session.passport.user = req.body;
    res.end();
  });
  app.post('/touch', (_req, res) => res.end());
  return app;
}

/** HTTP requests as from a browser, whose cookie the caller keeps. */
function browserOf(url) {
  async function post(path, cookie, body) {
    const headers = { connection: 'close', 'content-type': 'application/json', ...(cookie && { cookie }) };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(response.status, 200, `${path}: ${await response.text()}`);
    return response.headers.getSetCookie()[0]?.split(';')[0];
  }
  return { post, logIn: (user) => post('/login', undefined, user) };
}

function greet(namespace) {
  namespace.on('connection', (socket) => socket.emit('welcome', nameOf(socket)));
}

function nameOf({ request: { user } }) {
  return user?.name ?? String(user);
}

/** Resolves when each session that is watched was asked for so often, and what was answered has been told. */
async function rounds({ store, authorizer }, count = 2) {
  const { get } = store;
  const asked = new Map();
  store.get = function counted(sid, done) {
    asked.set(sid, (asked.get(sid) ?? 0) + 1);
    return get.call(store, sid, done);
  };
  const isDone = () => [...asked.values()].filter((times) => times >= count).length;
  await until(() => isDone() >= authorizer.stats().watch.sessions);
  store.get = get;
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

/** Resolves when this is so; a test that waits in vain fails, and does not hang. */
async function until(isTrue) {
  const deadline = performance.now() + 10_000;
  while (!isTrue()) {
    assert.ok(performance.now() < deadline, `not so: ${isTrue}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

module.exports = { SOON, greet, nameOf, rounds, startLive, until };
