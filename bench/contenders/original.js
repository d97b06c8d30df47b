'use strict';

const { SECRET } = require('../support/sessions');
const { appPassport } = require('./app');

/** @param {(url: string) => object | Promise<object>} makeStore */
function openOriginal(makeStore) {
  return async ({ url }) => {
    const { authorize } = require('passport.socketio');
    const store = await makeStore(url);
    return { middleware: authorize({ secret: SECRET, passport: appPassport(), store }) };
  };
}

module.exports = { openOriginal };
