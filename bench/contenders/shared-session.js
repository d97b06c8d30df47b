'use strict';

const sharedSession = require('express-socket.io-session');
const { appPassport, refusal, showUser } = require('./app');
const { sessionOver } = require('./recipe');
const { nodeRedisStore } = require('./stores');

/** express-socket.io-session, and by hand what is missing to the user. */
async function openSharedSession({ url }) {
  const passport = appPassport();
  const share = sharedSession(sessionOver(await nodeRedisStore(url)));
  return {
    middleware(socket, next) {
      share(socket, (error) => {
        const key = socket.handshake.session?.passport?.user;
        if (error) next(error);
        else if (key === undefined) next(refusal('Not logged in'));
        else showUser(passport, key, socket.request, next);
      });
    },
  };
}

module.exports = { openSharedSession };
