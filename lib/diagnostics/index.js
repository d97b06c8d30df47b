'use strict';

const { performance } = require('node:perf_hooks');
const { ifReadable } = require('../errors');

/** The name of every warning of this package: `warning.name` of the process event `warning`. */
const TYPE = 'PassportSocketIoWarning';
/**
 * At most this many warnings of one code a minute; the next warning says how many were held back. A sound app causes
 * far fewer, and an app that makes an authorizer for each socket does not flood its log.
 */
const PER_MINUTE = 100;
const MINUTE_MS = 60_000;
/** So many characters of a session id are shown. */
const SHOWN = 4;

/** A password may have an @ in it. */
const LOG_IN_OF_URL = /\/\/[^\s/]*@/g;

/** By code, or group of warnings of a code: its minute. */
const minutes = new Map();

/**
 * Warns the operator of a fault of the server. Nothing else in lib/ calls `process.emitWarning`.
 * @param {string} code - stable, `warning.code`
 * @param {string | (() => string)} text - what happened and what to do; without secrets, session ids and contents of
 *   sessions. A function is called only where the warning is emitted.
 * @param {number} [perMinute] - at most this many of this code a minute
 * @param {string} [group] - what the minute is of, where one of the code is not enough
 */
function warn(code, text, perMinute = PER_MINUTE, group = code) {
  const now = performance.now();
  let minute = minutes.get(group);
  if (minute === undefined) minutes.set(group, (minute = new Minute(now)));
  if (now - minute.since >= MINUTE_MS) Object.assign(minute, { since: now, emitted: 0 });
  if (minute.emitted >= perMinute) {
    minute.held += 1;
    return;
  }
  minute.emitted += 1;
  const words = typeof text === 'function' ? text() : text;
  const more = minute.held > 0 ? ` (${minute.held} more of these since ${minute.lastAt})` : '';
  minute.held = 0;
  minute.lastAt = timeOfDay();
  process.emitWarning(words + more, { type: TYPE, code });
}

class Minute {
  emitted = 0;
  /** How many were held back since the last one was emitted. */
  held = 0;
  lastAt = '';

  constructor(since) {
    this.since = since;
  }
}

/** As `10:02:11 UTC`. */
function timeOfDay() {
  return `${new Date().toISOString().slice(11, 19)} UTC`;
}

/**
 * A text of the app or its store without secrets, as far as they are known.
 * @param {object} [data] - the request
 */
function masked(text, data) {
  return withoutSecrets(text, sessionIdOf(data));
}

/**
 * Such a text may name the file or the key of a session, and the id gives access to the session: four characters of it are
 * shown. Or it may be a URL with user name and password.
 * @param {unknown} [id] - of the session
 */
function withoutSecrets(text, id) {
  const known = typeof id === 'string' && id.length > SHOWN ? text.replaceAll(id, () => maskedId(id)) : text;
  return known.replaceAll(LOG_IN_OF_URL, '//…@');
}

/** The first four characters of a session id, of which nothing is shown where it has no more. */
function maskedId(id) {
  return id.length > SHOWN ? `${id.slice(0, SHOWN)}…` : '…';
}

/** Of requests on which no `sessionID` is put. */
const ids = new WeakMap();

/** The session id that came with a request on which nothing is put, so that it is masked all the same. */
function noteSessionId(data, id) {
  ids.set(data, id);
}

function sessionIdOf(data) {
  return ifReadable(() => ids.get(data) ?? data.sessionID);
}

/** Errors that a warning has reported. */
const reported = new WeakSet();

/** A warning has reported this error: no second one is needed. */
function markReported(error) {
  if (typeof error === 'object' && error !== null) reported.add(error);
}

function isReported(error) {
  return reported.has(error);
}

/** The warnings that one authorizer gives once each: they advise on its options, which do not change. */
class Warnings {
  #given = new Set();

  /** As `warn`, the first time that this authorizer has this code. */
  once(code, text) {
    if (this.#given.has(code)) return;
    this.#given.add(code);
    warn(code, text);
  }
}

module.exports = {
  Warnings,
  isReported,
  markReported,
  masked,
  maskedId,
  noteSessionId,
  sessionIdOf,
  warn,
  withoutSecrets,
};
