'use strict';

const { performance } = require('node:perf_hooks');

/** The name of every warning of this package: `warning.name` of the process event `warning`. */
const TYPE = 'PassportSocketIoWarning';
/**
 * Warnings of one code in a minute; further ones are counted and named by the next one. Far more than a sound app
 * causes, and few enough where something makes an authorizer for each socket.
 */
const PER_MINUTE = 100;
const MINUTE_MS = 60_000;

/** By code: when its minute began, how many were emitted in it, and how many were held back. */
const minutes = new Map();

/**
 * Tells the operator what is the server's fault. The only place that calls `process.emitWarning`.
 * @param {string} code - stable, `warning.code`
 * @param {string} text - what happened and what to do; no secret, no session id, nothing of a session
 * @param {number} [perMinute] - how many of this code a minute has room for
 */
function warn(code, text, perMinute = PER_MINUTE) {
  const now = performance.now();
  let minute = minutes.get(code);
  if (minute === undefined) minutes.set(code, (minute = { since: now, emitted: 0, held: 0 }));
  if (now - minute.since >= MINUTE_MS) Object.assign(minute, { since: now, emitted: 0 });
  if (minute.emitted >= perMinute) {
    minute.held += 1;
    return;
  }
  minute.emitted += 1;
  const more = minute.held > 0 ? ` (${minute.held} more of these were held back)` : '';
  minute.held = 0;
  process.emitWarning(text + more, { type: TYPE, code });
}

/**
 * Words of the app's or its store's for a warning: they may name the file of a session, or its key, and whoever has the id
 * has the session.
 * @param {object} data - the request
 */
function masked(words, data) {
  const id = sessionIdOf(data);
  return typeof id === 'string' && id.length > 4 ? words.replaceAll(id, `${id.slice(0, 4)}…`) : words;
}

function sessionIdOf(data) {
  try {
    return data.sessionID;
  } catch {
    return undefined;
  }
}

/** Errors of which the operator has heard. */
const heard = new WeakSet();

/** Notes that a warning has told of an error; another one need not. */
function noteHeard(error) {
  if (typeof error === 'object' && error !== null) heard.add(error);
}

function isHeard(error) {
  return heard.has(error);
}

/** The warnings that one authorizer gives once each: its set-up does not change, and neither does the advice. */
class Warnings {
  #given = new Set();

  /** As `warn`, the first time that this authorizer has this code. */
  once(code, text) {
    if (this.#given.has(code)) return;
    this.#given.add(code);
    warn(code, text);
  }
}

module.exports = { warn, masked, noteHeard, isHeard, Warnings };
