'use strict';

const path = require('node:path');
const express = require('express');
const session = require('express-session');
const { REDIS_IS_STOPPED, inWords, onlyFromThisPage, refuse } = require('./guard');
const { addTries, addTriesWithoutLogin } = require('./tries');
const { people } = require('./users');

/** Everything is from this server: the demo runs offline. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** The HTTP half of the app: the page, log-in and log-out, the panel, and the buttons. */
function addPages(app, { cookie, secret, store, passport }, demo) {
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    response.set('content-security-policy', POLICY);
    next();
  });
  addWithoutSession(app, demo);

  app.use(
    session({
      name: cookie,
      secret,
      store,
      resave: false,
      saveUninitialized: false,
      cookie: { sameSite: 'lax' },
    }),
  );
  app.use(passport.session());
  addLogin(app, passport, cookie, demo);

  addTries(app, demo);
  app.use(inWords);
}

/** Without a session, since a request prolongs the session that it uses; and so that it works while Redis is stopped. */
function addWithoutSession(app, demo) {
  const { authorizer } = demo.chat;
  app.use(express.static(path.join(__dirname, 'public')));
  app.use('/vendor', express.static(path.dirname(require.resolve('uplot'))));
  app.get('/panel', (_request, response) => demo.panel.add(response));
  app.get('/about', (_request, response) => {
    const { description, inRedis, redis } = demo.sessions;
    response.json({
      people: people.map(({ name, password, isAdmin }) => ({ name, password, isAdmin })),
      sessions: { description, inRedis, canStop: redis !== undefined },
      backend: authorizer.backend,
      watch: authorizer.stats().watch,
    });
  });
  // What would become of a connection of this browser: it needs no log-in, since it is for those who have none.
  app.get('/explain', async (request, response) => {
    const report = await authorizer.explain(request);
    response.json({ report, text: String(report) });
  });
  app.use((request, response, next) => {
    if (request.method === 'GET') next();
    else onlyFromThisPage(request, response, next);
  });
  app.use(express.urlencoded(), express.json());
  addTriesWithoutLogin(app, demo);
  app.use((request, response, next) => {
    if (demo.sessions.redisState() !== 'stopped') next();
    else refuse(response, request.path.startsWith('/try/') ? 200 : 503, REDIS_IS_STOPPED);
  });
}

function addLogin(app, passport, cookie, { ends, logins }) {
  app.post('/login', (request, response, next) => {
    const wantsJson = request.accepts(['html', 'json']) === 'json';
    const authenticated = (error, user, info) => {
      if (error) return next(error);
      if (!user && wantsJson) return refuse(response, 401, info.message);
      if (!user) return response.redirect('/?wrong');
      // Passport makes a new session, and destroys the one that was there: its sockets end.
      ends.begin(request.sessionID);
      request.logIn(user, (failed) => {
        if (failed) return next(failed);
        logins.note(request.sessionID, user.id);
        if (wantsJson) response.json({ name: user.name });
        else response.redirect('/');
      });
    };
    passport.authenticate('local', authenticated)(request, response, next);
  });

  app.post('/logout', (request, response, next) => {
    const { sessionID } = request;
    ends.begin(sessionID);
    // The whole session: `request.logout` would leave a new, empty one behind. Its sockets end by themselves.
    request.session.destroy((error) => {
      if (error) return next(error);
      logins.forget(sessionID);
      response.clearCookie(cookie);
      if (request.accepts(['html', 'json']) === 'json') response.json({});
      else response.redirect('/');
    });
  });
}

module.exports = { addPages };
