'use strict';

const { isProperty } = require('../sockets/property');

const LONGEST_TIMEOUT = 2 ** 31 - 1;

const DEFAULTS = {
  userProperty: 'user',
  timeout: 5000,
  success: (data, accept) => accept(null, true),
  fail: (data, message, critical, accept) => accept(null, false),
};

/** The options that count here, each with what is wrong with its value, or undefined. */
const CHECKS = {
  userProperty: (name) => unless(typeof name === 'string' && name !== '', "must be a name, such as 'user'."),
  timeout: (ms) =>
    unless(
      typeof ms === 'number' && ms > 0 && ms <= LONGEST_TIMEOUT,
      'must be a number of milliseconds above 0.',
    ),
  success: (callback) => unless(typeof callback === 'function', 'must be a function (data, accept).'),
  fail: (callback) =>
    unless(typeof callback === 'function', 'must be a function (data, message, critical, accept, info).'),
  index: complainAboutProperties,
  share: (names) =>
    complainAboutProperties(names) ??
    unless(!names?.some((name) => name.split('.').includes('__proto__')), 'must not name __proto__.'),
  rooms: (callback) =>
    unless(callback == null || typeof callback === 'function', 'must be a function (user) => rooms.'),
  onSessionEnd: (action) =>
    unless(
      action == null || action === 'disconnect' || typeof action === 'function',
      "must be 'disconnect' or a function (socket, reason).",
    ),
};

/**
 * A checked copy of the options, with defaults: `this` in the app's callbacks. Those that say where sessions are, and how
 * cookies are read, may be given and do nothing.
 * @throws {TypeError} naming the option and what it should be
 */
function readOptions(given = {}) {
  if (typeof given !== 'object' || given === null) {
    throw new TypeError('authorizeAs(user, options): options must be an object, as authorize() takes it.');
  }
  const options = { ...DEFAULTS };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) options[name] = value;
  }
  for (const [name, check] of Object.entries(CHECKS)) {
    const complaint = check(options[name]);
    if (complaint) throw new TypeError(`authorizeAs(): option ${name} ${complaint}`);
  }
  return options;
}

function complainAboutProperties(names) {
  return unless(
    names == null || (Array.isArray(names) && Array.from(names).every(isProperty)),
    "must be an array of names of the user's properties, or paths such as 'team.id'.",
  );
}

function unless(good, complaint) {
  return good ? undefined : complaint;
}

module.exports = { CHECKS, readOptions };
