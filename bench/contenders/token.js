'use strict';

const { createSecretKey } = require('node:crypto');
const jwt = require('jsonwebtoken');
const { SECRET } = require('../support/sessions');
const { appPassport, showUser } = require('./app');

const ALGORITHMS = ['HS256'];

/** For a week, as the sessions. With the secret as a string this would take 1 ms. */
function tokenOf(user, secret) {
  return jwt.sign({ sub: user }, createSecretKey(Buffer.from(secret)), {
    algorithm: 'HS256',
    expiresIn: '7d',
  });
}

/**
 * A token in place of a session: jsonwebtoken. Nothing is looked up, so that a log-out ends nothing.
 * @param {'string' | 'KeyObject'} form - of the secret
 */
function openToken(form) {
  return () => {
    const passport = appPassport();
    const secret = form === 'string' ? SECRET : createSecretKey(Buffer.from(SECRET));
    return {
      middleware({ handshake, request }, next) {
        let payload;
        try {
          payload = jwt.verify(handshake.auth.token, secret, { algorithms: ALGORITHMS });
        } catch (error) {
          next(error);
          return;
        }
        showUser(passport, payload.sub, request, next);
      },
    };
  };
}

module.exports = { openToken, tokenOf };
