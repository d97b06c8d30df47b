'use strict';

/**
 * How many attempts one client connection may have under way at a time, across all authorizers. A client may send any
 * number of CONNECT packets: without a limit 10,000 of them cause 10,000 look-ups and as many calls of `deserializeUser`.
 */

/** In one namespace. A page that connects, disconnects and connects again, as React's StrictMode does, has two. */
const PER_NAMESPACE = 4;
/** In all namespaces; further attempts wait. */
const PER_CONNECTION = 64;
/** So many may wait: more than any page has namespaces. */
const WAITING = 1000;

/**
 * On a connection of Engine.IO: the attempt under way, if it is the only one; an Attempts if there are more; IDLE if there
 * were some before.
 */
const ATTEMPTS = Symbol('passport-socketio-native: attempts');
/** An idle connection holds no attempt, and still has its one 'close' listener. */
const IDLE = Object.freeze({});

/** Several attempts of a connection. */
class Attempts {
  waiting = [];
  /** Whether waiting attempts are being begun: one that ends at once must not recurse into the next. */
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

/** What `enter` decides about an attempt. */
const BEGIN = 'begin';
const WAIT = 'wait';
const REFUSE = 'refuse';

/** By request, the object that stands for its connection. */
const carriers = new WeakMap();

/**
 * Where there is only a request, all namespaces of a client share it (`io.set('authorization')` of Socket.IO 1 and 2). Its
 * 'close' event means nothing here: a request ends before its connection does.
 */
function carrierOf(request) {
  let carrier = carriers.get(request);
  if (carrier === undefined) carriers.set(request, (carrier = {}));
  return carrier;
}

/** Whether an authorizer was given this request itself, and so decided for all namespaces (`allowRequest`). */
function wasAllowed(request) {
  return carriers.has(request);
}

/**
 * A new attempt.
 * @param {{ connection: object | undefined, namespace: unknown }} attempt - not counted without a connection: sockets in
 *   an app's unit tests may have none
 * @returns {string} BEGIN: at once; WAIT: its `begin` is called later; REFUSE: the connection has too many
 */
function enter(attempt) {
  const { connection } = attempt;
  if (connection === undefined) return BEGIN;
  const before = connection[ATTEMPTS];
  if (before === undefined || before === IDLE) {
    // One function for all connections: no closure for each.
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

/** The attempts of a socket that are under way, or wait. */
function attemptsOf(socket) {
  const attempts = socket.conn?.[ATTEMPTS];
  if (attempts === undefined || attempts === IDLE) return [];
  const all = attempts instanceof Attempts ? [...attempts.underWay, ...attempts.waiting] : [attempts];
  return all.filter((each) => each.socket === socket);
}

/** An attempt under way has ended. */
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

/** Begins waiting attempts, as many as there is room for. */
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

/** The 'close' listener of every connection. */
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

module.exports = { attemptsOf, carrierOf, wasAllowed, BEGIN, REFUSE, enter, leave, beginNext };
