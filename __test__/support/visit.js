'use strict';

const { sign } = require('cookie-signature');
const { Passport } = require('passport');

const SECRET = 'keyboard cat';

/** The Cookie header of a browser for a session of express-session. */
function cookieOf(sid, { secret = SECRET, key = 'connect.sid' } = {}) {
  return `${key}=${encodeURIComponent(`s:${sign(sid, secret)}`)}`;
}

/** A Passport that deserializes a key to the user `{ id: key }`. */
function passportOf(deserialize = (key, done) => done(null, { id: key })) {
  const passport = new Passport();
  passport.deserializeUser(deserialize);
  return passport;
}

/**
 * One connection through an authorizer, in the style of Socket.IO ≥ 1.0.
 * @returns {Promise<{ error: any, data: any }>} the argument of `next`, and the request
 */
function visit(authorizer, request) {
  const data = typeof request === 'string' ? { headers: { cookie: request } } : request;
  return new Promise((resolve) => authorizer({ request: data }, (error) => resolve({ error, data })));
}

/** One connection in the style of Socket.IO 0.9 and of `allowRequest`. */
function handshake(authorizer, request) {
  const data = typeof request === 'string' ? { headers: { cookie: request } } : request;
  return new Promise((resolve) => authorizer(data, (error, accepted) => resolve({ error, accepted, data })));
}

module.exports = { SECRET, cookieOf, passportOf, visit, handshake };
