'use strict';

const assert = require('node:assert/strict');
const { authorize } = require('../..');
const { SECRET, cookieOf, passportOf } = require('./visit');

/** An authorizer, the queries of its store, and the arguments of its `fail`. */
function stage(options) {
  const asked = [];
  const told = [];
  const authorizer = authorize({
    secret: SECRET,
    store: { get: (sid, done) => asked.push(sid) && done(null, { passport: { user: sid } }) },
    passport: passportOf(),
    fail(data, message, critical, accept, info) {
      told.push({ message, critical, user: data.user, cookie: data.cookie, ...info });
      accept(null, false);
    },
    ...options,
  });
  return { authorizer, asked, told };
}

const requestOf = (origin, host = 'chat.example.com', more = {}) => ({
  headers: { cookie: cookieOf('ann'), host, ...(origin !== undefined && { origin }), ...more },
  _query: {},
});

/** Whether a request is admitted. A refusal must come without a look-up. */
async function isLetIn(options, request, server) {
  const { authorizer, asked, told } = stage(options);
  const socket = { request, ...(server && { nsp: { server } }) };
  const error = await new Promise((resolve) => authorizer(socket, resolve));
  if (error === undefined) return true;
  assert.deepEqual([error.code, error.message], ['ORIGIN_NOT_ALLOWED', 'Origin not allowed']);
  assert.deepEqual([asked, told.length], [[], 1]);
  return false;
}

module.exports = { isLetIn, requestOf, stage };
