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

/**
 * On a connection of Engine.IO: the attempt that is under way, as long as it is the only one; Attempts where there are more;
 * IDLE where there were some.
 */
const ATTEMPTS = Symbol('passport-socketio-native: attempts');
/** So that an idle connection keeps nothing, and is listened to once. */
const IDLE = Object.freeze({});

/** Several attempts of a connection. */
class Attempts {
  waiting = [];
  /** Waiting ones are being begun: one that ends at once must not begin the next from within. */
  isBeginning = false;

  constructor(attempt) {
    this.underWay = [attempt];
  }

  countOf(namespace) {
    let count = 0;
    for (const attempt of this.underWay) if (attempt.namespace === namespace) count += 1;
    for (const attempt of this.waiting) if (attempt.namespace === namespace) count += 1;
    return count;
  }
}

/** What is to become of an attempt. */
const BEGIN = 'begin';
const WAIT = 'wait';
const REFUSE = 'refuse';

/** By request, what stands for its connection. */
const carriers = new WeakMap();

/**
 * Where there is only a request, all namespaces of a client come with the same one (`io.set('authorization')` of Socket.IO
 * 1 and 2). It is not listened to: a request ends sooner than its connection.
 */
function carrierOf(request) {
  let carrier = carriers.get(request);
  if (carrier === undefined) carriers.set(request, (carrier = {}));
  return carrier;
}

/**
 * An attempt comes.
 * @param {{ connection: object | undefined, namespace: unknown }} attempt - without a connection nothing is counted: the
 *   sockets of an app's unit tests may have none
 * @returns {string} BEGIN: at once; WAIT: its `begin` will be called; REFUSE: the connection has too many
 */
function enter(attempt) {
  const { connection } = attempt;
  if (connection === undefined) return BEGIN;
  const before = connection[ATTEMPTS];
  if (before === undefined || before === IDLE) {
    // One function for all, so that it costs a connection no closure.
    if (before === undefined && typeof connection.on === 'function') connection.on('close', endAll);
    connection[ATTEMPTS] = attempt;
    return BEGIN;
  }
  const attempts = before instanceof Attempts ? before : (connection[ATTEMPTS] = new Attempts(before));
  const { namespace } = attempt;
  if (namespace !== undefined && attempts.countOf(namespace) >= PER_NAMESPACE) return REFUSE;
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
  const { connection } = attempt;
  const attempts = connection[ATTEMPTS];
  if (attempts === attempt) {
    connection[ATTEMPTS] = IDLE;
  } else if (attempts instanceof Attempts) {
    const at = attempts.underWay.indexOf(attempt);
    if (at >= 0) attempts.underWay.splice(at, 1);
    if (attempts.underWay.length === 0 && attempts.waiting.length === 0) connection[ATTEMPTS] = IDLE;
  }
}

/** Those that wait have their turn, as many as there is room for. */
function beginNext(connection) {
  const attempts = connection[ATTEMPTS];
  if (!(attempts instanceof Attempts) || attempts.isBeginning) return;
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

/** The listener of every connection. */
function endAll() {
  const attempts = this[ATTEMPTS];
  this[ATTEMPTS] = IDLE;
  if (attempts instanceof Attempts) {
    for (const attempt of attempts.underWay) attempt.endWithConnection();
    for (const attempt of attempts.waiting) attempt.abandon();
  } else if (attempts !== IDLE) {
    attempts.endWithConnection();
  }
}

module.exports = { carrierOf, BEGIN, REFUSE, enter, leave, beginNext };
