'use strict';

const { once } = require('node:events');
const http = require('node:http');
const { compileFunction } = require('node:vm');
const express = require('express');
const session = require('express-session');
const passport = require('passport');
const { Strategy: LocalStrategy } = require('passport-local');
const { Server } = require('socket.io');
const ours = require('../../..');
const { browse } = require('../frameworks');
const { connect } = require('../socket-client');

const SECRET = 'keyboard cat';

/** What the app knows of its users. */
const USERS = {
  ann: { name: 'ann', id: 42, gender: 'female', age: 20, role: 'admin', admin: true, team: { id: 7 } },
  bob: { name: 'bob', id: 43, gender: 'male', age: 10, role: 'user', admin: false, team: { id: 8 } },
};

passport.use(new LocalStrategy((name, _password, done) => done(null, { name })));
passport.serializeUser((user, done) => done(null, user.name));
passport.deserializeUser((name, done) => done(null, { ...USERS[name] }));

/**
 * A site with a log-in, on which the sample of a page runs, and the cookies of its visitors. `run` gives a sample the names
 * that it does not declare. Closed with the test.
 * @param {{ withSocketIo?: boolean, withSessions?: boolean, sessionStore?: object }} [options] - false for what the sample makes itself
 */
async function openSite(t, options = {}) {
  const { withSocketIo = true, withSessions = true, sessionStore = new session.MemoryStore() } = options;
  const settings = { secret: SECRET, store: sessionStore, resave: false, saveUninitialized: true };
  const sessionMiddleware = session(settings);
  const app = express();
  if (withSessions) logInAt(app, sessionMiddleware);

  const httpServer = http.createServer(app);
  const io = withSocketIo ? new Server(httpServer) : undefined;
  httpServer.listen(0, '127.0.0.1');
  await once(httpServer, 'listening');
  t.after(async () => {
    await io?.close();
    httpServer.close();
    httpServer.closeAllConnections();
  });
  const url = `http://127.0.0.1:${httpServer.address().port}`;
  const logIn = (username) => browse(`${url}/login`, { form: { username, password: 'any' } });
  return {
    url,
    app,
    io,
    httpServer,
    sessionStore,
    ...(withSessions && {
      ann: await logIn('ann'),
      bob: await logIn('bob'),
      stranger: await browse(url),
    }),
    /** Runs a sample with these names at hand, and those of `scope`. */
    run(code, scope) {
      const given = {
        require,
        app,
        httpServer,
        io,
        passport,
        session,
        sessionMiddleware,
        sessionStore,
        ...scope,
      };
      return runWith(code, given);
    },
    authorize: (more) => io.use(ours.authorize({ secret: SECRET, store: sessionStore, ...more })),
    greet: (namespace = io) =>
      namespace.on('connection', (socket) => socket.emit('welcome', socket.request.user.name ?? 'a guest')),
    visit: (cookie, namespace = '/', more = {}) => connect(t, url + namespace, { cookie, ...more }),
  };
}

function logInAt(app, sessionMiddleware) {
  app.use(sessionMiddleware, passport.session());
  app.get('/', (_req, res) => res.send('welcome'));
  app.post('/login', express.urlencoded(), passport.authenticate('local'), (_req, res) => res.send('in'));
}

/** Runs a sample, which may await something. */
function runWith(code, given) {
  const isAsync = /^\s*await\b|[=(]\s*await\b/m.test(code);
  // In a block, where a sample may declare what it is given.
  const body = isAsync ? `return (async () => {${code}\n})();` : `{${code}\n}`;
  return compileFunction(body, Object.keys(given))(...Object.values(given));
}

/** A package as a sample requires it, with some of its exports replaced; other packages as they are. */
function requireWith(exports) {
  return (name) => (name === 'passport-socketio-native' ? { ...ours, ...exports } : require(name));
}

/** `authorize`, which notes the authorizers that a sample makes, in `made`; closed with the test. */
function notedAuthorize(t) {
  const made = [];
  t.after(() => made.forEach((authorizer) => authorizer.close()));
  const authorize = (options) => {
    made.push(ours.authorize(options));
    return made.at(-1);
  };
  return { authorize, made };
}

/** A console that keeps what a sample prints, in `lines`. */
function notedConsole() {
  const lines = [];
  const print = (...values) => lines.push(values);
  return { console: { log: print, warn: print, error: print }, lines };
}

module.exports = { SECRET, USERS, notedAuthorize, notedConsole, openSite, requireWith, runWith };
