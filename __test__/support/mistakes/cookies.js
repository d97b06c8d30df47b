'use strict';

// Mistakes with cookies, and with what a client sends instead.

const { MemoryStore } = require('express-session');
const { fastifyCookie, koaCookies } = require('../hints');
const { cookieOf } = require('../visit');
const { OTHER_SECRET, SECRET } = require('./secrets');

const ID = 'i'.repeat(32);
const logs = true;
const renamed = () => ({ store: new MemoryStore(), name: 'app.sid' });

module.exports = {
  'the client sends no cookie': {
    logs,
    visits: [() => ({})],
    says: [/^NO_COOKIE: The handshake has no session cookie: check the option key, the cookie's domain/],
  },
  'express-session has another name than key': {
    logs,
    sessions: renamed,
    says: [
      /^NO_COOKIE: The cookie "app\.sid" is signed with the secret, but the option key is "connect\.sid": give key: "app\.sid"/,
    ],
  },
  'key names a cookie that the page sets itself': {
    logs,
    options: (usual) => ({ ...usual, key: 'theme' }),
    visits: [({ ann }) => ({ cookie: `theme=dark; ${ann.cookie}` })],
    says: [/^COOKIE_NOT_SIGNED: .*"connect\.sid" is signed with the secret, but the option key is "theme"/],
  },
  'another name and another secret': {
    logs,
    sessions: renamed,
    options: (usual) => ({ ...usual, secret: OTHER_SECRET }),
    says: [/^NO_COOKIE: Cookies came, but none named "connect\.sid" \(option key\): "app\.sid"\./],
  },
  'another secret': {
    logs,
    options: (usual) => ({ ...usual, secret: OTHER_SECRET }),
    says: [/^BAD_SIGNATURE: None of the secrets made the cookie's signature/],
  },
  'no secret': {
    logs,
    options: ({ secret: _secret, ...usual }) => usual,
    says: [
      /^\[NO_SECRET\] .*option secret/,
      /^BAD_SIGNATURE: There is no secret \(option secret\), so that no cookie counts/,
    ],
  },
  'two apps on one host, one of which signs with another secret': {
    logs,
    visits: [() => ({ cookie: cookieOf(ID, { secret: OTHER_SECRET }) })],
    says: [/^BAD_SIGNATURE: None of the secrets/],
  },
  'a stale cookie of another path, which comes first': {
    logs,
    visits: [({ ann }) => ({ cookie: `${cookieOf(ID, { secret: OTHER_SECRET })}; ${ann.cookie}` })],
    says: [/^BAD_SIGNATURE: The cookie "connect\.sid" came 2 times, and the first one counts.*RFC 6265/],
  },
  'cookie-session': {
    logs,
    options: (usual) => ({ ...usual, key: 'session' }),
    visits: [
      () => ({ cookie: koaCookies('session', Buffer.from('{"passport":{}}').toString('base64'), SECRET) }),
    ],
    says: [/^COOKIE_NOT_SIGNED: This cookie is one of cookie-session.*cannot be used/],
  },
  'koa-session': {
    logs,
    visits: [() => ({ cookie: koaCookies('koa.sess', ID, SECRET) })],
    says: [/^NO_COOKIE: Cookies came, .*"koa\.sess".*one of koa.*cookieParser.*#cookies-of-koa-and-fastify/],
  },
  '@fastify/session': {
    logs,
    options: (usual) => ({ ...usual, key: 'sessionId' }),
    visits: [() => ({ cookie: `sessionId=${fastifyCookie(ID, SECRET)}` })],
    says: [/^COOKIE_NOT_SIGNED: This cookie is one of @fastify\/session.*cookiePrefix: 's:'/],
  },
  'a client encodes the cookie again': {
    logs,
    visits: [({ ann }) => ({ cookie: ann.cookie.replaceAll('%', '%25') })],
    says: [/^COOKIE_NOT_SIGNED: The value of this cookie is percent-encoded twice/],
  },
  'a client sends session_id=null': {
    logs,
    visits: [({ ann }) => ({ ...ann, query: { session_id: 'null' } })],
    says: [
      /^SESSION_NOT_FOUND: The query parameter session_id is taken before the cookie.*is the id of no session/,
    ],
  },
  'a client sends a session_id that is signed with another secret': {
    logs,
    visits: [
      () => ({ query: { session_id: decodeURIComponent(cookieOf(ID, { secret: OTHER_SECRET })).slice(12) } }),
    ],
    says: [/^SESSION_NOT_FOUND: .*session_id.*is signed, with none of the secrets/],
  },
  'a bare session_id lets somebody in': {
    visits: [({ ann }) => ({ query: { session_id: ann.id } })],
    says: [/^\[BARE_SESSION_ID\] .*session_id/],
  },
  'the page is on another origin': {
    logs,
    options: (usual) => ({ ...usual, origin: 'same-host' }),
    visits: [({ ann }) => ({ ...ann, origin: 'https://app.example.com' })],
    says: [
      /^ORIGIN_NOT_ALLOWED: .*Its Origin is "https:\/\/app\.example\.com", the Host asked for "127\.0\.0\.1:\d+"/,
    ],
  },
  'a page of another origin is let in': {
    visits: [({ ann }) => ({ ...ann, origin: 'https://evil.example' })],
    says: [/^\[ORIGIN_UNCHECKED\] .*origin/],
  },
};
