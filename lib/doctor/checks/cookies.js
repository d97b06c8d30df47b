'use strict';

const { URL } = require('node:url');
const { faultOf } = require('../cookie-rules');
const { ask } = require('../http');
const { notRun, ok } = require('../result');
const { namesIn, readSetCookie } = require('../set-cookie');

const REDIRECTS = 5;
/** Cookies of Engine.IO 3 and of balancers: they name a server or a socket, not a session of a user. */
const OTHERS = /^(io|AWSALB.*|GCLB|ARRAffinity.*|SERVERID|__cf.*|XSRF-TOKEN|_csrf)$/i;
const NAMED_SO = /(^|[._-])sid$|session|sess(id)?$/i;

/** The session cookies that pages and handshake set for a visitor: whether browsers will send them with a socket. */
async function run(app) {
  const { url, origin } = app;
  const pages = [url, ...(origin && origin.hostname !== url.hostname ? [origin] : [])];
  const answers = await Promise.allSettled(pages.map((page) => cookiesOf(page, app)));
  const found = answers.flatMap(({ value }) => value ?? []);
  const engine = new URL(app.target.path, url);
  found.push(...app.engineCookies.map((header) => readSetCookie(header, engine)));
  app.cookies = unique(found.filter((cookie) => cookie && isOfSession(cookie, app)));
  if (app.cookies.length > 0) return app.cookies.map((cookie) => judged(cookie, app));
  const silent = answers.find(({ status }) => status === 'rejected');
  if (silent) throw silent.reason;
  return notRun(
    'no page sets a session cookie for a visitor, as with saveUninitialized: false',
    hintFor(app),
  );
}

function judged(cookie, app) {
  return faultOf(cookie, app) ?? ok(`the cookie ${cookie.name} is sent with sockets`);
}

/** The Set-Cookie headers of a page, and of those that it redirects to on its host. */
async function cookiesOf(page, { target: { timeout } }) {
  const cookies = [];
  let url = page;
  for (let i = 0; i <= REDIRECTS; i++) {
    const from = url;
    const { status, headers, setCookies } = await ask(url, { headers: { accept: 'text/html' }, timeout });
    cookies.push(...setCookies.map((header) => readSetCookie(header, from)));
    if (status < 300 || status > 399 || !headers.location) break;
    url = new URL(headers.location, url);
    if (url.hostname !== page.hostname || !/^https?:$/.test(url.protocol)) break;
  }
  return cookies;
}

/** A cookie of the name that is given, or one that looks like a session's: signed as by express-session, or named so. */
function isOfSession({ name, value, isDeletion }, { cookie }) {
  if (isDeletion || OTHERS.test(name)) return false;
  return namesIn(cookie).includes(name) || /^s(%3A|:)/i.test(value) || NAMED_SO.test(name);
}

/** One name may be set by page and handshake alike. */
function unique(cookies) {
  const key = ({ name, domain, path, sameSite, from }) =>
    [name, domain, path, sameSite, from.hostname].join();
  return [...new Map(cookies.map((cookie) => [key(cookie), cookie])).values()];
}

function hintFor({ url }) {
  return url.protocol === 'https:'
    ? "If a log-in sets none either: app.set('trust proxy', 1), and X-Forwarded-Proto: https from the proxy."
    : 'If a log-in sets none either: cookie.secure is true, and this URL is http.';
}

module.exports = { id: 'cookies', run };
