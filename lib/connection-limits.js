'use strict';

/**
 * What one client connection may have under way at a time, across all authorizers. A client may send as many CONNECT
 * packets as it likes: without a limit 10,000 of them were 10,000 look-ups and as many calls of `deserializeUser`.
 */

/** For one namespace. A page that connects, disconnects and connects again, as React's StrictMode does, has two. */
const PER_NAMESPACE = 4;
/** In all; further ones wait their turn. */
const PER_CONNECTION = 64;
/** So many may wait. More namespaces at once than this, no page has. */
const WAITING = 1000;

/** On a connection of Engine.IO: its attempts, or IDLE where it has none now but had some. */
const ATTEMPTS = Symbol('passport-socketio-native: attempts');

/** The attempts of a connection. */
class Attempts {
  underWay = [];
  waiting = [];
  /** Waiting ones are being begun: one that ends at once must not begin the next from within. */
  isBeginning = false;

  countOf(namespace) {
    let count = 0;
    for (const attempt of this.underWay) if (attempt.namespace === namespace) count += 1;
    for (const attempt of this.waiting) if (attempt.namespace === namespace) count += 1;
    return count;
  }
}

/** So that an idle connection keeps nothing, and is listened to once. */
const IDLE = Object.freeze({});

/** What is to become of an attempt. */
const BEGIN = 'begin';
const WAIT = 'wait';
const REFUSE = 'refuse';

/**
 * An attempt comes.
 * @param {{ connection: object | undefined, namespace: unknown }} attempt - without a connection nothing is counted:
 *   Socket.IO 0.9 and `allowRequest` have a request each, and the sockets of an app's unit tests may have nothing else
 * @returns {string} BEGIN: at once; WAIT: its `begin` will be called; REFUSE: the connection has too many
 */
function enter(attempt) {
  const { connection } = attempt;
  if (connection === undefined) return BEGIN;
  const attempts = attemptsOf(connection);
  if (attempts.countOf(attempt.namespace) >= PER_NAMESPACE) return REFUSE;
  if (attempts.underWay.length < PER_CONNECTION) {
    attempts.underWay.push(attempt);
    return BEGIN;
  }
  if (attempts.waiting.length >= WAITING) return REFUSE;
  attempts.waiting.push(attempt);
  return WAIT;
}

/** An attempt that was begun is over, and makes room. */
function leave(attempt) {
  const attempts = attempt.connection?.[ATTEMPTS];
  if (attempts === undefined || attempts === IDLE) return;
  const at = attempts.underWay.indexOf(attempt);
  if (at >= 0) attempts.underWay.splice(at, 1);
  if (attempts.underWay.length === 0 && attempts.waiting.length === 0) attempt.connection[ATTEMPTS] = IDLE;
}

/** Those that wait have their turn, as many as there is room for. */
function beginNext(connection) {
  const attempts = connection?.[ATTEMPTS];
  if (attempts === undefined || attempts === IDLE || attempts.isBeginning) return;
  attempts.isBeginning = true;
  try {
    while (attempts.waiting.length > 0 && attempts.underWay.length < PER_CONNECTION) {
      const attempt = attempts.waiting.shift();
      attempts.underWay.push(attempt);
      attempt.begin();
    }
  } finally {
    attempts.isBeginning = false;
  }
}

function attemptsOf(connection) {
  const attempts = connection[ATTEMPTS];
  if (attempts !== undefined && attempts !== IDLE) return attempts;
  if (attempts === undefined && typeof connection.on === 'function') connection.on('close', endAll);
  return (connection[ATTEMPTS] = new Attempts());
}

/** The listener of every connection: one function, so that it costs a connection no closure. */
function endAll() {
  const attempts = this[ATTEMPTS];
  if (attempts === undefined || attempts === IDLE) return;
  this[ATTEMPTS] = IDLE;
  for (const attempt of attempts.underWay) attempt.endWithConnection();
  for (const attempt of attempts.waiting) attempt.abandon();
}

module.exports = { BEGIN, REFUSE, enter, leave, beginNext };
