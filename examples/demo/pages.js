'use strict';

const path = require('node:path');
const express = require('express');
const session = require('express-session');
const { people } = require('./users');

/** The HTTP half of the app: the page, log-in and log-out. */
function addPages(app, { cookie, secret, store, passport }, facts) {
  app.use(express.static(path.join(__dirname, 'public')));
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

  app.get('/about', (_request, response) => {
    response.json({ people, ...facts() });
  });

  app.post(
    '/login',
    express.urlencoded(),
    passport.authenticate('local', { successRedirect: '/', failureRedirect: '/?wrong' }),
  );

  app.post('/logout', (request, response, next) => {
    // The whole session: `request.logout` would leave a new, empty one behind. Its sockets end by themselves.
    request.session.destroy((error) => {
      if (error) return next(error);
      response.clearCookie(cookie).redirect('/');
    });
  });
}

module.exports = { addPages };
