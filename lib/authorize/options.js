'use strict';

const { findPassport } = require('./passport');
const { acceptByDefault, refuseByDefault } = require('./accept');
const { isSecret } = require('../sessions/verifier');
const { isProperty } = require('../sockets/property');
const { misnamed } = require('./option-names');
const { complainAboutOrigin } = require('./origin');

const DEFAULTS = {
  key: 'connect.sid',
  secret: null,
  store: null,
  userProperty: 'user',
  timeout: 5000,
  maxPending: 10_000,
  sessionIdInQuery: true,
  recheckEvery: 30_000,
  success: acceptByDefault,
  fail: refuseByDefault,
};

/** Milliseconds. A poll is for sessions that change by hand, and must not become a load. */
const SHORTEST_POLL = 100;
/** setTimeout's longest; a longer one would fire at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * A checked copy of the options, with defaults. It has own properties only, unknown ones included: the copy is `this` in
 * the app's callbacks. The option redis is checked where it is read (lib/redis/option.js).
 * @throws {TypeError} naming the option and what it should be
 */
function readOptions(given) {
  if (!isObject(given)) {
    throw new TypeError('authorize() needs an object of options: authorize({ secret, store }).');
  }
  if (Object.hasOwn(given, 'secret') && given.secret === undefined) {
    throw new TypeError(
      'authorize(): option secret is undefined. Is it an environment variable that is not set? Give the secret given to ' +
        'express-session; null means none, on purpose.',
    );
  }
  const options = { ...DEFAULTS };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) options[name] = value;
  }
  options.passport ??= findPassport();
  for (const [name, check] of Object.entries(CHECKS)) {
    const complaint = check(options[name], options);
    if (complaint) throw new TypeError(`authorize(): option ${name} ${complaint}`);
  }
  return options;
}

/** Warns of what is probably a mistake. */
function warnOfOptions(given, warnings) {
  const text = misnamed(given, OPTIONS);
  if (text) warnings.once('OPTION_NOT_KNOWN', text);
  if (!('secret' in given) && given.cookieParser == null) {
    warnings.once(
      'NO_SECRET',
      'authorize() has no option secret, so that no cookie gives a session: give the secret given to express-session; ' +
        'null, if that is on purpose.',
    );
  }
}

/** For each option: what is wrong with its value, or undefined. */
const CHECKS = {
  key: (key) =>
    unless(isText(key), 'must be the name of the session cookie, as given to express-session (name).'),
  secret: complainAboutSecret,
  store: complainAboutStore,
  client: complainAboutClient,
  prefix: (prefix) =>
    unless(
      prefix == null || typeof prefix === 'string',
      "must be the store's key prefix, a string such as 'sess:'.",
    ),
  passport: complainAboutPassport,
  cookieParser: complainAboutCookieParser,
  userProperty: (name) => unless(isText(name), "must be the name of a property, such as 'user'."),
  success: (callback) => unless(typeof callback === 'function', 'must be a function (data, accept).'),
  fail: (callback) =>
    unless(typeof callback === 'function', 'must be a function (data, message, critical, accept, info).'),
  timeout: (ms) =>
    unless(
      typeof ms === 'number' && ms > 0 && ms <= LONGEST_TIMEOUT,
      'must be a number of milliseconds above 0.',
    ),
  maxPending: (count) => unless(Number.isSafeInteger(count) && count > 0, 'must be a whole number above 0.'),
  origin: complainAboutOrigin,
  sessionIdInQuery: (mode) =>
    unless([true, false, 'signed'].includes(mode), "must be true, 'signed' or false."),
  index: (properties) =>
    unless(
      properties == null || (Array.isArray(properties) && Array.from(properties).every(isProperty)),
      "must be an array of names of the user's properties, or paths such as 'team.id'.",
    ),
  share: (properties) =>
    unless(
      properties == null || (Array.isArray(properties) && Array.from(properties).every(isShareable)),
      "must be an array of names of the user's properties, or paths such as 'team.id'.",
    ),
  rooms: (callback) =>
    unless(callback == null || typeof callback === 'function', 'must be a function (user) => rooms.'),
  onSessionEnd: (action) =>
    unless(
      action == null || action === 'disconnect' || typeof action === 'function',
      "must be 'disconnect' or a function (socket, reason).",
    ),
  recheckEvery: (ms) =>
    unless(
      typeof ms === 'number' && ms >= SHORTEST_POLL && ms <= LONGEST_TIMEOUT,
      `must be a number of milliseconds, at least ${SHORTEST_POLL}.`,
    ),
};

/** The names of all options. */
const OPTIONS = [...Object.keys(CHECKS), 'redis'];

function complainAboutSecret(secret) {
  if (secret == null) return undefined;
  if (Array.isArray(secret) && secret.length === 0)
    return 'is an empty array: give the secrets of express-session.';
  const good = (Array.isArray(secret) ? secret : [secret]).every(isSecret);
  return unless(
    good,
    'must be the secret given to express-session: a string that is not empty, a Buffer, a KeyObject, or an array of these.',
  );
}

function complainAboutStore(store, { redis }) {
  if (store == null) {
    return unless(
      redis != null,
      "is missing: give express-session's store, or the option redis (a URL). Sessions that cookie-session keeps in the cookie itself cannot be used.",
    );
  }
  if (typeof store === 'function' && typeof store.prototype?.get === 'function') {
    return 'is a class: give the instance that express-session has (new Store(…)).';
  }
  return unless(
    typeof store.get === 'function',
    "must be express-session's store: it has no method get(sid, callback).",
  );
}

/** Whether the addon can follow the client turns out later; if not, look-ups stay with the store. */
function complainAboutClient(client, { store, redis }) {
  if (client == null) return undefined;
  if (redis != null)
    return 'contradicts the option redis: each says where the sessions are. Give one of them.';
  if (store == null) return 'needs the option store: it is the client that the store hides.';
  if (typeof client.then === 'function') return 'is a promise: await it, and give the client.';
  return unless(
    isObject(client) && typeof client.get === 'function',
    'must be the Redis client that was given to the store (node-redis or ioredis).',
  );
}

function complainAboutPassport(passport) {
  if (typeof passport?.deserializeUser !== 'function')
    return "must be the app's Passport: require('passport'), or a new Passport() of it.";
  // The Authenticator of @fastify/passport has no `_key`: every session would count as not logged in.
  return unless(
    typeof passport._key === 'string',
    "must name the session's member in _key, as Passport 0.2 to 0.7 does ('passport').",
  );
}

function complainAboutCookieParser(parser) {
  if (parser == null) return undefined;
  if (typeof parser === 'function' && parser.length === 3) {
    return "is a middleware, the result of calling it: give cookieParser itself, require('cookie-parser').";
  }
  return unless(typeof parser === 'function', "must be a function like require('cookie-parser').");
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/** As a name of this kind, `__proto__` would reach the prototype of all objects. */
function isShareable(name) {
  return isProperty(name) && !name.split('.').includes('__proto__');
}

function isText(value) {
  return typeof value === 'string' && value !== '';
}

function unless(good, complaint) {
  return good ? undefined : complaint;
}

module.exports = { OPTIONS, readOptions, warnOfOptions };
