'use strict';

const session = require('express-session');
const { SECRET } = require('../support/sessions');
const { appPassport } = require('./app');
const { nodeRedisStore } = require('./stores');

/**
 * The recipe of Socket.IO's guide "How to use with Passport": the middlewares of the app, as middlewares of Engine.IO. They
 * run before there is a socket, and refuse by a response.
 */
async function openRecipe({ url }) {
  const middlewares = [sessionOver(await nodeRedisStore(url)), appPassport().session(), onlyUsers];
  return { engineMiddlewares: middlewares.map(onlyForHandshake) };
}

function onlyForHandshake(middleware) {
  return (request, response, next) => {
    if (request._query.sid === undefined) middleware(request, response, next);
    else next();
  };
}

function onlyUsers(request, response, next) {
  if (request.user) {
    next();
  } else {
    response.writeHead(401);
    response.end();
  }
}

/** As in that guide, and as in the guide of express-session. */
function sessionOver(store) {
  return session({ secret: SECRET, store, resave: false, saveUninitialized: false });
}

module.exports = { openRecipe, sessionOver };
