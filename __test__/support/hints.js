'use strict';

const { createHmac } = require('node:crypto');
const { authorize } = require('../..');
const { SECRET, passportOf, visit } = require('./visit');

/** What the store of the tests has: ann's session, and one of a visitor. */
const store = {
  get: (sid, done) => done(null, { ann: { passport: { user: sid } }, visitor: { cookie: {} } }[sid]),
};

/**
 * What `fail` is told of one visit.
 * @param {object} options - of authorize()
 * @param {string | object} request - a Cookie header, or a request
 */
async function infoOf(options, request, more) {
  let told;
  const fail = (data, message, critical, accept, info) => accept((told = info) && null, false);
  const authorizer = authorize({
    secret: SECRET,
    store,
    passport: passportOf(),
    origin: false,
    fail,
    ...options,
  });
  try {
    if (more) await new Promise((resolve) => authorizer({ request, ...more }, resolve));
    else await visit(authorizer, request);
  } finally {
    authorizer.close();
  }
  return told;
}

async function hintOf(...given) {
  return (await infoOf(...given)).hint;
}

/** The two cookies of koa: Keygrip signs name and value. */
function koaCookies(name, value, key) {
  const signature = createHmac('sha1', key).update(`${name}=${value}`).digest('base64url');
  return `${name}=${value}; ${name}.sig=${signature}`;
}

/** The value of a cookie of @fastify/session, as @fastify/cookie signs it. */
function fastifyCookie(id, secret) {
  return `${id}.${createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '')}`;
}

module.exports = { fastifyCookie, hintOf, infoOf, koaCookies };
