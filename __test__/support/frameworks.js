'use strict';

const assert = require('node:assert/strict');
const { fork } = require('node:child_process');
const path = require('node:path');

const STARTS_WITHIN_MS = 60_000;

/**
 * The apps of the test, by the npm names of their parts: Express, express-session, Passport, then the store. Each version
 * of a part occurs with parts of its time. A new version is a new line.
 */
const APPS = [
  ['express-3', 'of express-3', 'passport-0.2', 'connect-redis-1', 'node-redis 2'],
  ['express-3', 'of express-3', 'passport-0.3', 'MemoryStore'],
  ['express-4', 'express-session-1.10', 'passport-0.2', 'connect-redis-2', 'node-redis 2'],
  ['express-4', 'express-session-1.10', 'passport-0.3', 'MemoryStore'],
  ['express-4', 'express-session-1.13', 'passport-0.3', 'connect-redis-3', 'node-redis 3'],
  ['express-4', 'express-session-1.13', 'passport-0.4', 'MemoryStore'],
  ['express-4', 'express-session-1.15', 'passport-0.4', 'connect-redis-4', 'ioredis 4'],
  ['express-4', 'express-session-1.15', 'passport-0.5', 'MemoryStore'],
  ['express-4', 'express-session-1.17', 'passport-0.5', 'connect-redis-6', 'node-redis 4 in legacyMode'],
  ['express-4', 'express-session-1.17', 'passport-0.6', 'MemoryStore'],
  ['express-4', 'express-session-1.18', 'passport-0.6', 'connect-redis-8', 'node-redis 5'],
  ['express', 'express-session-1.18', 'passport', 'MemoryStore'],
  ['express', 'express-session', 'passport', 'connect-redis', 'node-redis 6'],
].map(([express, session, passport, store, client]) => ({ express, session, passport, store, client }));

/** The codes with each Passport, for a visitor who never logged in, and for one who has logged out. */
const REFUSALS = {
  // Every session gets a `passport` property.
  'passport-0.2': { visitor: 'NOT_LOGGED_IN', loggedOut: 'NOT_LOGGED_IN' },
  // A log-out removes the user from it.
  'passport-0.3': { visitor: 'PASSPORT_NOT_INITIALIZED', loggedOut: 'NOT_LOGGED_IN' },
  'passport-0.4': { visitor: 'PASSPORT_NOT_INITIALIZED', loggedOut: 'NOT_LOGGED_IN' },
  'passport-0.5': { visitor: 'PASSPORT_NOT_INITIALIZED', loggedOut: 'NOT_LOGGED_IN' },
  // A log-out ends the session and starts a new one.
  'passport-0.6': { visitor: 'PASSPORT_NOT_INITIALIZED', loggedOut: 'SESSION_NOT_FOUND' },
  passport: { visitor: 'PASSPORT_NOT_INITIALIZED', loggedOut: 'SESSION_NOT_FOUND' },
};

/** Whether secrets may be an array: in express-session 1.11 and later, and in cookie-parser 1.4 and later. */
function rotatesSecrets({ express, session }) {
  return express !== 'express-3' && session !== 'express-session-1.10';
}

/**
 * Starts an app in a process of its own, which ends with the test. Passport up to 0.4 adds its methods to
 * `http.IncomingMessage.prototype`, and a later version in the same process would use them.
 * @returns {Promise<string>} its URL
 */
function startFramework(t, app, redisUrl) {
  const child = fork(path.join(__dirname, 'framework-app.js'), {
    env: {
      ...process.env,
      // Old packages use deprecated functions of Node.
      NODE_OPTIONS: '--no-deprecation',
      NO_DEPRECATION: '*',
      NODE_TEST_CONTEXT: '',
    },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (complaints += text));
  const ended = new Promise((resolve) => child.once('close', resolve));
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  child.send({ app, redisUrl });
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`the app ${why}\n${complaints}`));
    const timer = setTimeout(fail, STARTS_WITHIN_MS, `did not start within ${STARTS_WITHIN_MS} ms`);
    child.once('message', ({ url }) => {
      clearTimeout(timer);
      resolve(url);
    });
    ended.then(() => {
      clearTimeout(timer);
      fail('ended');
    });
  });
}

/**
 * One request as from a browser. Cookies are `Cookie` headers, which the caller keeps.
 * @param {{ cookie?: string, form?: object }} [request] - with a form, even an empty one, the method is POST
 * @returns {Promise<string | undefined>} the session's cookie, if the response sets one; in Koa with that of its signature
 */
async function browse(url, { cookie, form } = {}) {
  const response = await fetch(url, {
    method: form ? 'POST' : 'GET',
    redirect: 'manual',
    headers: { connection: 'close', ...(cookie && { cookie }) },
    body: form && new URLSearchParams(form),
  });
  const text = await response.text();
  assert.ok(response.status < 400, `${url}: ${response.status} ${text}`);
  const cookies = response.headers.getSetCookie().map((each) => each.split(';')[0]);
  return cookies.length > 0 ? cookies.join('; ') : undefined;
}

/** The same cookie with an invalid signature: its first character is changed. */
function forged(cookie) {
  return cookie.replace(/\.([^.])([^.]*)$/, (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`);
}

module.exports = { APPS, REFUSALS, rotatesSecrets, startFramework, browse, forged };
