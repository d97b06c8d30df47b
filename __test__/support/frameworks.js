'use strict';

const assert = require('node:assert/strict');
const { fork } = require('node:child_process');
const path = require('node:path');

const STARTS_WITHIN_MS = 60_000;

/**
 * The apps of the test, by npm's names of their parts: Express, express-session, Passport, then the store.
 * A diagonal, in which every version of a part occurs with parts of its time. A new one is a new line.
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

/** How an app of each Passport refuses: who has a session but never logged in, and who has logged out. */
const REFUSALS = {
  // Every session gets a Passport member.
  'passport-0.2': { visitor: 'NOT_LOGGED_IN', loggedOut: 'NOT_LOGGED_IN' },
  // A log-out takes the user out of it.
  'passport-0.3': { visitor: 'PASSPORT_NOT_INITIALIZED', loggedOut: 'NOT_LOGGED_IN' },
  'passport-0.4': { visitor: 'PASSPORT_NOT_INITIALIZED', loggedOut: 'NOT_LOGGED_IN' },
  'passport-0.5': { visitor: 'PASSPORT_NOT_INITIALIZED', loggedOut: 'NOT_LOGGED_IN' },
  // A log-out ends the session and begins a new one.
  'passport-0.6': { visitor: 'PASSPORT_NOT_INITIALIZED', loggedOut: 'SESSION_NOT_FOUND' },
  passport: { visitor: 'PASSPORT_NOT_INITIALIZED', loggedOut: 'SESSION_NOT_FOUND' },
};

/** Whether secrets may be an array: for express-session from 1.11 on, and for cookie-parser from 1.4 on. */
function rotatesSecrets({ express, session }) {
  return express !== 'express-3' && session !== 'express-session-1.10';
}

/**
 * Starts an app in a process of its own, ended with the test: Passport up to 0.4 puts its methods on
 * `http.IncomingMessage.prototype`, where a later version would find and use them.
 * @returns {Promise<string>} its URL
 */
function startFramework(t, app, redisUrl) {
  const child = fork(path.join(__dirname, 'framework-app.js'), {
    env: {
      ...process.env,
      // Old packages use what Node deprecates.
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
 * One request as a browser makes it; cookies are `Cookie` headers, kept by the caller.
 * @param {{ cookie?: string, form?: object }} [request] - with a form, even an empty one, it is a POST
 * @returns {Promise<string | undefined>} the session's cookie, where the answer sets one
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
  return response.headers.getSetCookie()[0]?.split(';')[0];
}

/** The same cookie under a signature that nobody made: its first character is another one. */
function forged(cookie) {
  return cookie.replace(/\.([^.])([^.]*)$/, (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`);
}

module.exports = { APPS, REFUSALS, rotatesSecrets, startFramework, browse, forged };
