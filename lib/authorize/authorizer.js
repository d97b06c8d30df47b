'use strict';

const { number } = require('../outcomes');
const { Gate } = require('../sessions/verifier');
const { RequestView } = require('./request');
const { customParser } = require('./cookie-parser');
const { Attempt } = require('./attempt');
const { BEGIN, REFUSE, enter } = require('./connection-limits');
const { Deadlines } = require('./deadlines');
const { Warnings } = require('../diagnostics');
const { hintOf } = require('./hints');
const { Notices } = require('./notices');
const { warnOfOptions } = require('./options');
const { OriginCheck } = require('./origin');
const { Tally } = require('./stats');
const { chooseBackend } = require('../sessions');
const { textOf, wordsOf } = require('../errors');
const { Admission } = require('../sockets/join');
const { announce, placeOf, putGuest } = require('../request-user');
const { usage } = require('../sockets/criteria');

/** One `authorize(options)`: every connection goes through `authorize()` and `begin()`, top to bottom. */
class Authorizer {
  #gate;
  #requests;
  /** Where every origin may connect, null. */
  #origin;
  #notices;
  closed = false;

  /**
   * @param {object} options - with their defaults
   * @param {object} given - without them
   */
  constructor(options, given) {
    this.options = options;
    this.tally = new Tally();
    this.warnings = new Warnings();
    this.deadlines = new Deadlines(options.timeout);
    /** Where its users are put. */
    this.place = placeOf(options.userProperty);
    this.#gate = new Gate(options);
    this.#requests = new RequestView(options, this.place, this.#gate, customParser(options, this.#gate));
    this.backend = chooseBackend(options, this.#gate);
    this.#origin =
      options.origin == null || options.origin === false
        ? null
        : new OriginCheck(options.origin, this.warnings);
    this.#notices = new Notices(given, this.#requests, this.warnings);
    warnOfOptions(given, this.warnings);
    this.admission = new Admission(options, this.place, this.warnings);
  }

  /**
   * @param {object} target - a socket of Socket.IO ≥ 1.0; or what carries the headers itself: the handshake
   *   data of 0.9, the request of `allowRequest`
   * @param {Function} done - `next(error)` for a socket, else `accept(error, accepted)`
   */
  authorize(target, done) {
    if (typeof done !== 'function') {
      // Under io.engine.use, which calls with (req, res, next), the request would hang.
      throw new TypeError(
        'An authorizer takes (socket, next), as io.use calls it, or (request, accept), as allowRequest calls it.',
      );
    }
    const socket = 'request' in target ? target : undefined;
    const data = socket ? requestOf(socket) : target;
    if (socket) {
      data.socketio_version_1 = true;
      announce(socket, this.place);
      this.admission.announce(socket);
    }
    const attempt = new Attempt(this, data, socket, socket ? done : answerFor(data, done));
    // Gone while an earlier middleware took its time.
    if (socket?.conn?.readyState === 'closed') {
      attempt.abandon();
      return;
    }
    switch (enter(attempt)) {
      case BEGIN:
        this.begin(attempt);
        break;
      case REFUSE:
        this.#refuse(attempt);
        break;
    }
  }

  /** An attempt has its turn, mostly at once. */
  begin(attempt) {
    const { data } = attempt;
    try {
      this.#gate.refresh();
    } catch (error) {
      // The store's prefix may be a getter.
      attempt.fail(number.STORE_ERROR, error);
      return;
    }
    try {
      this.#requests.prepare(data);
    } catch (error) {
      // Nothing is known of the client: a user from another namespace does not stay, as it does where `success` fails.
      putGuest(attempt.socket, data, this.place);
      attempt.fail(number.CALLBACK_ERROR, error);
      return;
    }
    const isAllowed = this.#origin === null || this.#origin.allows(data, attempt.socket);
    if (typeof isAllowed === 'boolean') this.judged(attempt, isAllowed);
    else attempt.awaitJudgement(isAllowed);
  }

  /** Its origin was looked at. */
  judged(attempt, isAllowed) {
    const { data } = attempt;
    if (!isAllowed) attempt.fail(number.ORIGIN_NOT_ALLOWED);
    else if (data.xdomain && !data.sessionID) attempt.fail(number.CORS_NO_SESSION);
    else this.#lookUp(attempt);
  }

  /** A user was let in. */
  admitted({ data, socket }) {
    if (!this.#notices.areOver) this.#notices.admitted(data, socket);
  }

  /** What a developer is told of a failure. */
  hintOf({ outcome, data }) {
    return hintOf(outcome, data, this.options, this.#requests.isOfQuery(data));
  }

  /** The connection has too many under way. Nothing is looked up; the request is as `fail` expects it. */
  #refuse(attempt) {
    try {
      this.#requests.prepare(attempt.data);
    } catch {
      // A custom cookie parser: those that are under way have told.
    }
    attempt.refuseTooMany();
  }

  stats() {
    const { authorized, pending } = this.tally;
    const { count, p50, p90, p99, max } = this.#gate.native.latency();
    return {
      authorized,
      ...this.tally.failures(),
      pending,
      latency: { count, p50, p90, p99, max },
      filters: { ...usage },
      reconnects: this.backend.reconnects,
    };
  }

  /** Ends the connection to Redis; whoever is on the way, and whoever comes later, fails with CLOSED. */
  close() {
    this.closed = true;
    this.backend.close();
  }

  #lookUp(attempt) {
    const { maxPending } = this.options;
    if (this.closed) {
      attempt.fail(number.CLOSED, 'the authorizer was closed');
      return;
    }
    if (this.tally.pending >= maxPending) {
      attempt.fail(number.OVERLOADED, `${maxPending} connections are being authorized (option maxPending)`);
      return;
    }
    const sent = this.#requests.sent(attempt.data);
    if (typeof sent !== 'string') {
      // ?session_id=a&session_id=b, or a cookie parser that made an object of it: no store has such an id.
      attempt.fail(number.SESSION_NOT_FOUND);
      return;
    }
    attempt.pend();
    this.backend.lookUp(attempt, sent, this.#requests.credential(attempt.data));
  }
}

/** The request of a socket. One that came over WebTransport has none (Socket.IO ≥ 4.7), and no cookies either. */
function requestOf(socket) {
  return socket.request ?? { headers: {} };
}

/**
 * Engine.IO writes what it is told about a request of `allowRequest` into the response: an Error that an app gives
 * becomes a text, as Socket.IO 2 and 3 make one of it. 1 and 4 throw in the middle of refusing an upgrade, and the
 * client hangs. And it refuses, as everywhere else; Engine.IO looks at `accepted` alone. 0.9's own handshake data,
 * which has no method, is answered as it is.
 */
function answerFor(data, done) {
  if (data.method === undefined) return done;
  return (error, accepted) => {
    if (error) done(error instanceof Error ? textOf(error) : wordsOf(error), false);
    else done(error, accepted);
  };
}

module.exports = { Authorizer };
