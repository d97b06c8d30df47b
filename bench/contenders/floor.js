'use strict';

const { appPassport, showUser } = require('./app');

/** What refuses costs nothing here either. */
const REFUSED = new Error('refused');

/** No authorization at all. */
function openNoAuth() {
  return { middleware: (socket, next) => next() };
}

/**
 * Passport and the app's deserializer alone, with the user's key known beforehand: no authorization with Passport can cost
 * less. Visitors without a key are refused.
 */
function openFloor() {
  const passport = appPassport();
  return {
    middleware({ visitor, request }, next) {
      if (visitor.key === undefined) next(REFUSED);
      else showUser(passport, visitor.key, request, next);
    },
  };
}

module.exports = { openFloor, openNoAuth };
