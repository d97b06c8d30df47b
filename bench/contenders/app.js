'use strict';

const { Passport } = require('passport');
const { userOf } = require('../support/sessions');

/** So many users the app has, and so many sessions there are. */
const USERS = 10_000;

/**
 * The part of an app that all contenders share: a Passport whose deserializer looks a user up in a Map.
 * @returns {{ passport: Passport }}
 */
function appPassport() {
  const users = new Map();
  for (let index = 0; index < USERS; index++) {
    const id = userOf(index);
    users.set(id, { id, name: `user ${index}`, role: index % 10 === 0 ? 'mod' : 'user', locale: 'en-GB' });
  }
  const passport = new Passport();
  passport.deserializeUser((id, done) => done(null, users.get(id) ?? false));
  return passport;
}

/**
 * The end of every authorization that has found a user key: Passport gives the user, and the request shows them.
 * @param {object} passport
 * @param {object} request
 * @param {(error?: unknown) => void} next
 */
function showUser(passport, userKey, request, next) {
  passport.deserializeUser(userKey, request, (error, user) => {
    if (error || !user) {
      next(error ?? refusal('User not found'));
      return;
    }
    request.user = user;
    user.logged_in = true;
    next();
  });
}

/** An error without a stack, which would be most of its cost. */
function refusal(message) {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = new Error(message);
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

module.exports = { USERS, appPassport, refusal, showUser };
