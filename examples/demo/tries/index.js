'use strict';

const { onlyAdmins, onlyLoggedIn } = require('../guard');
const { ban, pardon } = require('./ban');
const { flood } = require('./flood');
const { forge, noCookie } = require('./strangers');
const { redisStart, redisStop } = require('./redis');
const { expire, switchUser } = require('./session');
const { cannot } = require('./words');

// The buttons of the page: each does one thing that could go wrong in an app, and says in words what happened.

/** @typedef {{ ok: boolean, steps: string[], code?: string, hint?: string, ms?: number }} Result */

/** These do not ask who it is: somebody may have no session, or nobody can tell. */
function addTriesWithoutLogin(app, demo) {
  app.post('/try/no-cookie', button('Connect without a cookie', noCookie, demo));
  app.post('/try/redis-start', button('Start Redis', redisStart, demo));
}

function addTries(app, demo) {
  app.post('/try/forge', onlyLoggedIn, button('Forge my cookie', forge, demo));
  app.post('/try/expire', onlyLoggedIn, button('Expire my session in 3 s', expire, demo));
  app.post('/try/switch', onlyLoggedIn, button('Switch my user', switchUser, demo));
  app.post('/try/redis-stop', onlyLoggedIn, button('Stop Redis', redisStop, demo));
  app.post('/try/flood', onlyLoggedIn, button('1,000 connections at once', flood, demo));
  app.post('/try/ban', onlyAdmins, button('Ban a user', ban, demo));
  app.post('/try/pardon', onlyAdmins, button('Pardon a user', pardon, demo));
}

/** @param {(demo: object, request: object, title: string) => Promise<Result>} action */
function button(title, action, demo) {
  return async (request, response) => {
    let result;
    try {
      result = await action(demo, request, title);
    } catch (error) {
      // In words: what a button breaks on purpose may also break the button.
      result = cannot(`It did not work: ${error.message || error.code}.`);
    }
    response.json({ title, ...result });
  };
}

module.exports = { addTries, addTriesWithoutLogin };
