'use strict';

// Sessions that are in the cookie itself, of real libraries where they are installed: what a developer is told who gives the
// authorizer such a cookie. docs/frameworks.md says the same.

const assert = require('node:assert/strict');
const { once } = require('node:events');
const http = require('node:http');
const { test } = require('node:test');
const cookieSession = require('cookie-session');
const express = require('express');
const jwt = require('jsonwebtoken');
const Koa = require('koa');
const { createSession } = require('koa-session');
const { koaCookies } = require('../examples/koa/sessions');
const { browse } = require('./support/frameworks');
const { infoOf } = require('./support/hints');
const { textOf } = require('./support/pages/blocks');
const { SECRET } = require('./support/visit');

/** What Passport puts into a session. */
const LOGIN = { passport: { user: 'ann' } };

/** By the first word of a row in the page: the cookie's name, and what a client of such an app sends. */
const LIBRARIES = {
  'cookie-session': {
    key: 'session',
    cookie: (t) => {
      const app = express();
      app.use(cookieSession({ keys: [SECRET] }));
      app.get('/', (req, res) => {
        Object.assign(req.session, LOGIN);
        res.end();
      });
      return cookieOf(t, app);
    },
    says: /^This cookie is one of cookie-session/,
  },
  'koa-session': {
    key: 'koa.sess',
    cookie: (t) => cookieOf(t, koaApp().callback()),
    says: /koa-session without a store.*cannot be used/,
  },
  '@fastify/secure-session': {
    key: 'session',
    cookie: () => 'session=9mCeXbFPc%3D%3BdGhlIG5vbmNl',
    says: /^This cookie is one of @fastify\/secure-session.*cannot be used/,
  },
  'iron-session': {
    key: 'sid',
    cookie: () => 'sid=Fe26.2*1*6f3a*aXY*dGV4dA*1700000000000*c2FsdA*bWFj~2',
    says: /iron-session.*cannot be used/,
  },
  'next-auth': {
    key: 'next-auth.session-token',
    cookie: () => `next-auth.session-token=${jwt.sign(LOGIN, SECRET)}`,
    says: /^The value of this cookie is a JSON Web Token/,
  },
};

for (const [library, { key, cookie, says }] of Object.entries(LIBRARIES)) {
  test(`${library}: refused, and the hint names it`, async (t) => {
    const sent = await cookie(t);
    assert.match(sent, new RegExp(`^${key.replaceAll('.', '\\.')}=`));
    const { code, hint } = await infoOf({ key }, sent);
    assert.equal(code, 'COOKIE_NOT_SIGNED');
    assert.match(hint, says);
    const without = await infoOf({}, sent);
    assert.equal(without.code, 'NO_COOKIE');
    assert.match(without.hint, new RegExp(`"${key.replaceAll('.', '\\.')}"`));
    assert.ok(rowOf(library).includes(`\`${code}\``), library);
  });
}

test('koa-session without a store, read as with one: there is no such session', async (t) => {
  const cookie = await cookieOf(t, koaApp().callback());
  const cookieParser = koaCookies('koa.sess', [SECRET]);
  const { code } = await infoOf({ key: 'koa.sess', cookieParser }, cookie);
  assert.equal(code, 'SESSION_NOT_FOUND');
  assert.ok(rowOf('koa-session').includes(`\`${code}\``));
});

function koaApp() {
  const app = new Koa();
  app.keys = [SECRET];
  app.use(createSession({}, app));
  app.use((ctx) => {
    Object.assign(ctx.session, LOGIN);
    ctx.body = 'in';
  });
  return app;
}

/** The cookies that an app sets. */
async function cookieOf(t, app) {
  const server = http.createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return browse(`http://127.0.0.1:${server.address().port}`);
}

function rowOf(library) {
  return textOf('docs/frameworks.md')
    .split('\n')
    .find((line) => line.startsWith(`| ${library} `));
}
