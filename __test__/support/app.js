'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const { RedisStore } = require('connect-redis');
const express = require('express');
const session = require('express-session');
const { Passport } = require('passport');
const { Strategy: LocalStrategy } = require('passport-local');
const { createClient } = require('redis');
const { SECRET } = require('./visit');

/**
 * A real app on a free port: Express 5, express-session, passport-local. Any user name can log in, with any password.
 * Closed with the test.
 * @param {object} options
 * @param {session.Store} options.store
 * @param {(server: http.Server, login: { secret, store, passport }) => { close(): unknown }} options.attach -
 *   puts Socket.IO on the server
 */
async function startApp(t, { store, attach }) {
  const passport = passportOfApp();
  const app = express();
  app.use(session({ secret: SECRET, store, resave: false, saveUninitialized: true }));
  app.use(passport.initialize(), passport.session());
  app.use(express.urlencoded());
  app.post('/login', passport.authenticate('local'), (req, res) => res.send(req.user.name));
  app.post('/logout', (req, res, next) => req.logout((error) => (error ? next(error) : res.send('bye'))));
  app.post('/destroy', (req, res) => req.session.destroy(() => res.send('gone')));
  app.get('/', (_req, res) => res.send('welcome'));

  const server = http.createServer(app);
  const io = attach(server, { secret: SECRET, store, passport });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    await io.close();
    server.closeAllConnections();
  });
  return { io, ...browserOf(`http://127.0.0.1:${server.address().port}`) };
}

/** HTTP requests as from a browser. Cookies are `Cookie` headers, which the caller keeps. */
function browserOf(url) {
  async function send(method, path, { cookie, body } = {}) {
    const headers = cookie ? { cookie, connection: 'close' } : { connection: 'close' };
    const response = await fetch(url + path, { method, headers, body });
    await response.text();
    assert.equal(response.status, 200, `${method} ${path}`);
    const [sent] = response.headers.getSetCookie();
    return sent?.split(';')[0];
  }
  return {
    url,
    /** @returns {Promise<string>} the session's cookie */
    logIn: (name) =>
      send('POST', '/login', { body: new URLSearchParams({ username: name, password: 'any' }) }),
    /** A session without a log-in. */
    arrive: () => send('GET', '/'),
    post: (path, cookie) => send('POST', path, { cookie }),
  };
}

function passportOfApp() {
  const passport = new Passport();
  passport.use(new LocalStrategy((name, _password, done) => done(null, { name })));
  passport.serializeUser(({ name }, done) => done(null, name));
  passport.deserializeUser((name, done) => done(null, { name }));
  return passport;
}

/** connect-redis 10 over node-redis 6; closed with the test. */
async function redisStoreFor(t, redis) {
  const client = createClient({ url: redis.url });
  await client.connect();
  t.after(() => client.destroy());
  return new RedisStore({ client });
}

/**
 * The visitors of an app, by name: each is a `Cookie` header.
 * @param {{ logIn, arrive, post }} app
 */
async function visitorsOf(app) {
  const loggedIn = await app.logIn('ann');
  const destroyed = await app.logIn('bob');
  await app.post('/destroy', destroyed);
  return {
    'logged in': loggedIn,
    'without a cookie': undefined,
    forged: forged(loggedIn),
    'whose session is gone': destroyed,
    'never logged in': await app.arrive(),
  };
}

/** Replaces the first character of the signature. */
function forged(cookie) {
  return cookie.replace(/\.([^.])([^.]*)$/, (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`);
}

module.exports = { startApp, redisStoreFor, visitorsOf, forged };
