'use strict';

// The two session middlewares of Koa that keep sessions in a store, and what an authorizer has to know of each.

const Cookies = require('cookies');
const genericSession = require('koa-generic-session');
const { createSession } = require('koa-session');

// SameSite: pages of other sites cannot connect with the visitor's cookie.
const COOKIE = { sameSite: 'lax' };

/**
 * By name: the cookie, what keys in Redis have before its value (the option `prefix`), and the middlewares.
 */
const KINDS = {
  'koa-session': {
    key: 'koa.sess',
    // The value of the cookie is the whole key: the option prefix of koa-session becomes a part of both.
    prefix: '',
    middlewares: (app, store) => [createSession({ store, prefix: 'koa:sess:', ...COOKIE }, app)],
  },
  'koa-generic-session': {
    key: 'koa.sid',
    prefix: 'koa:sess:',
    middlewares: (_app, store) => [genericSession({ store, cookie: COOKIE }), forPassport],
  },
};

/**
 * For the option `cookieParser`. Koa signs name and value of a cookie, and keeps the signature in a second one (`….sig`). Both
 * are read and checked by the very package that Koa does it with.
 * @param {string} key - the name of the cookie
 * @param {string[] | object} keys - `app.keys`: an array, or a Keygrip
 */
function koaCookies(key, keys) {
  // Cookies signed with an old key would be signed anew in the response; here there is none.
  const response = { getHeader() {}, setHeader() {} };
  return () => (request, _response, next) => {
    const id = new Cookies(request, response, { keys, secure: true }).get(key, { signed: true });
    request.signedCookies = id ? { [key]: id } : {};
    next();
  };
}

/** Passport 0.6 and newer calls two methods of express-session, which koa-generic-session has on the context, if at all. */
function forPassport(ctx, next) {
  const regenerate = (done) =>
    ctx
      .regenerateSession()
      .then(equip)
      .then(() => done(), done);
  // Saved at the end of the request, before the response is sent.
  const save = (done) => done();
  // Not enumerable: no part of what is stored.
  const equip = () =>
    Object.defineProperties(ctx.session, { regenerate: { value: regenerate }, save: { value: save } });
  equip();
  return next();
}

module.exports = { KINDS, koaCookies };
