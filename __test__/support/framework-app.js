'use strict';

// The process of an app: sends its URL, and ends with its parent.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const cookieParser = require('cookie-parser');
const { Strategy: LocalStrategy } = require('passport-local');
const { Server } = require('socket.io');
const { LIBRARIES, callbacks } = require('./oracle');
const { CLIENTS } = require('./stores');
const { rotatesSecrets } = require('./frameworks');

process.once('message', async ({ app, redisUrl }) => process.send({ url: await start(app, redisUrl) }));
process.once('disconnect', () => process.exit());

async function start(app, redisUrl) {
  const express = require(app.express);
  const session = app.session === `of ${app.express}` ? express.session : require(app.session);
  const login = {
    secret: rotatesSecrets(app) ? ['first secret'] : 'first secret',
    store: await openStore(app, session, redisUrl),
    passport: passportOf(app),
    // Express 3 has its own; in later versions the getter throws.
    cookieParser: app.express === 'express-3' ? express.cookieParser : cookieParser,
  };
  const server = http.createServer(pages(express, session, login));
  attachSocketIo(server, login);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

async function openStore(app, session, url) {
  if (app.store === 'MemoryStore') return new session.MemoryStore();
  const { client } = await CLIENTS[app.client]({ url });
  const exported = require(app.store);
  // A factory up to 6, then a class: the default export in 7, a named export from 8 on.
  const RedisStore = exported.RedisStore ?? exported.default ?? exported(session);
  return new RedisStore({ client });
}

function passportOf(app) {
  const { Passport } = require(app.passport);
  const passport = new Passport();
  passport.use(new LocalStrategy((name, _password, done) => done(null, { name })));
  passport.serializeUser((user, done) => done(null, user.name));
  passport.deserializeUser((name, done) => done(null, { name }));
  return passport;
}

function pages(express, session, { secret, store, passport }) {
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.use(session({ secret, store, resave: false, saveUninitialized: true }));
  app.use(passport.initialize());
  app.use(passport.session());
  app.get('/', (_req, res) => res.send('welcome'));
  app.post('/login', passport.authenticate('local'), (req, res) => res.send(req.user.name));
  app.post('/logout', (req, res, next) => {
    const answer = (error) => (error ? next(error) : res.send('bye'));
    // Synchronous before 0.6.
    if (req.logout.length > 0) return req.logout(answer);
    req.logout();
    answer();
  });
  app.post('/rotate', (_req, res) => res.send(String(secret.unshift('second secret'))));
  app.post('/forget', (_req, res) => res.send(String(secret.pop() && secret.length)));
  return app;
}

/** If both libraries decide alike, this package admits or refuses the socket; else the app refuses it. */
function attachSocketIo(server, login) {
  const io = new Server(server);
  const judges = Object.values(LIBRARIES).map((library) =>
    library.authorize({
      ...login,
      ...callbacks(({ data, ...verdict }) => data.tell({ ...verdict, ...shown(data) })),
    }),
  );
  io.use(async (socket, next) => {
    try {
      const [original, ours] = await Promise.all(judges.map((judge) => judgement(judge, socket.request)));
      assert.deepEqual(ours, original);
      next();
    } catch (error) {
      next(error);
    }
  });
  io.use(LIBRARIES.ours.authorize(login));
  io.on('connection', (socket) => socket.emit('welcome', socket.request.user));
}

/** The decision of an authorizer about a copy of the request. */
function judgement(authorizer, request) {
  return new Promise((resolve) => {
    authorizer({ request: Object.create(request, { tell: { value: resolve } }) }, () => {});
  });
}

/** The properties that the original sets on the request. */
function shown({ user, sessionID, cookie }) {
  return { user, sessionID, cookie: { ...cookie } };
}
