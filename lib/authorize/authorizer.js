'use strict';

const { CLOSED, OUTCOME, outcomes } = require('../outcomes');
const { Warnings } = require('../diagnostics');
const { LiveSessions } = require('../live');
const { adoptUser, announce, putGuest, putUser, userPropertyOf } = require('../request-user');
const { chooseBackend } = require('../sessions');
const { Verifier } = require('../sessions/verifier');
const { joinerOf } = require('../sockets');
const { answerSocketIo, warnOfSilence } = require('./accept');
const { acceptOnce, isThenable } = require('./accept-once');
const { Attempt, STEP } = require('./attempt');
const { BEGIN, REFUSE, beginNext, enter } = require('./connection-limits');
const { Deadlines } = require('./deadlines');
const { warnOfOptions } = require('./options');
const { OriginCheck } = require('./origin');
const { causeOf, failFailed, failMessageOf, showsUser } = require('./refusal');
const { RequestView, requestOf } = require('./request');
const { Report } = require('./report');
const { RiskWarnings } = require('./risk-warnings');
const { whyNoLookUp } = require('./precheck');
const { Stats } = require('./stats');

/**
 * One `authorize(options)`. This file leads: each method is one step of an attempt, in the order in which they run.
 *
 *   authorize ─► begin ─► #lookUp ─► (backend) ─► settle ─► #deserialize ─► #succeed ─► success() ─┐
 *                  └─────────┴─────────────────────┴────────────┴─────────────┴─► #fail ─► fail() ─┴─► decide
 *
 * An Attempt holds the state and brings back what happens later: its turn, the outcome of the look-up, the end of its
 * time, the end of its connection.
 */
class Authorizer {
  #userProperty;
  isClosed = false;

  /**
   * @param {object} options - with their defaults
   * @param {object} given - without them
   */
  constructor(options, given) {
    this.options = options;
    this.stats = new Stats();
    this.warnings = new Warnings();
    this.deadlines = new Deadlines(options.timeout);
    this.#userProperty = userPropertyOf(options.userProperty);
    this.verifier = new Verifier(options);
    this.requests = new RequestView(options, this.#userProperty, this.verifier);
    this.backend = chooseBackend(options, this.verifier);
    /** @type {OriginCheck | null} null where every origin may connect */
    this.origin = options.origin ? new OriginCheck(options.origin, this.warnings) : null;
    this.risks = new RiskWarnings(given, this.requests, this.warnings);
    /** @type {LiveSessions | null} null where sessions are not watched */
    this.live = LiveSessions.of(options, this.backend);
    this.report = new Report(options, this);
    this.joiner = joinerOf(options, this.#userProperty, this.warnings);
    warnOfOptions(given, this.warnings);
  }

  /**
   * A connection arrives.
   * @param {object} target - a socket of Socket.IO 1.0 or later; or what carries the headers itself: the handshake data
   *   of 0.9, the request of `allowRequest`
   * @param {Function} done - `next(error)` for a socket, else `accept(error, accepted)`
   * @param {import('./heard').Heard} [heard]
   */
  authorize(target, done, heard) {
    const socket = 'request' in target ? target : undefined;
    const data = socket ? requestOf(socket) : target;
    if (socket) {
      data.socketio_version_1 = true;
      announce(socket, this.#userProperty);
      this.joiner.announce(socket);
      this.live?.announce(socket);
    }
    const attempt = new Attempt(this, data, socket, done, heard);
    attempt.accept = acceptOnce(attempt, this);
    // An earlier middleware took its time, and the client has left.
    if (socket?.conn?.readyState === 'closed') {
      attempt.abandon();
      return;
    }
    const turn = enter(attempt);
    if (turn === BEGIN) this.begin(attempt);
    else if (turn === REFUSE) this.#refuse(attempt);
  }

  /** The attempt has its turn, mostly at once: is the request readable, and its origin allowed? */
  begin(attempt) {
    const { data, socket } = attempt;
    this.report.began(attempt);
    try {
      this.verifier.refresh();
    } catch (error) {
      // The store's prefix may be a getter that throws.
      this.#fail(attempt, OUTCOME.STORE_ERROR, error);
      return;
    }
    try {
      this.requests.prepare(data, socket);
    } catch (error) {
      // The client is unknown: unlike where `success` fails, a user that another namespace has put there does not stay.
      putGuest(socket, data, this.#userProperty);
      this.#fail(attempt, OUTCOME.CALLBACK_ERROR, error);
      return;
    }
    const isAllowed = this.origin === null || this.origin.allows(data, socket);
    if (typeof isAllowed === 'boolean') {
      this.#judge(attempt, isAllowed);
      return;
    }
    attempt.waitIn(STEP.ORIGIN);
    isAllowed.then((is) => {
      if (attempt.step !== STEP.ORIGIN) return;
      attempt.resume();
      this.#judge(attempt, is);
    });
  }

  #judge(attempt, isAllowed) {
    if (isAllowed) this.#lookUp(attempt);
    else this.#fail(attempt, OUTCOME.ORIGIN_NOT_ALLOWED);
  }

  /** The backend gets what the client sent. It answers by `attempt.deliver`, in the call or later. */
  #lookUp(attempt) {
    const { data } = attempt;
    const queried = this.requests.queried(data);
    const sent = queried || this.requests.sent(data);
    attempt.queried = queried;
    const [outcome, cause] = whyNoLookUp(data, sent, this);
    if (outcome !== undefined) {
      this.#fail(attempt, outcome, cause);
    } else {
      attempt.pend();
      this.backend.lookUp(attempt, sent, this.requests.kindOf(queried));
    }
  }

  /**
   * The look-up has an outcome.
   * @param {number} outcome - index into the table of outcomes
   * @param {unknown} value - the user key where a session was found, else the cause of the failure
   * @param {string} [id] - of the session that was found
   */
  settle(attempt, outcome, value, id) {
    // The client has left. The app is not asked; Socket.IO gets an answer, so that it drops the socket.
    if (attempt.step === STEP.ABANDONED) attempt.accept(null, false);
    else if (outcome !== OUTCOME.FOUND) this.#fail(attempt, outcome, value);
    else if (!this.#isTooLate(attempt)) this.#deserialize(attempt, value, id);
  }

  /** Passport makes a user of the user key. */
  #deserialize(attempt, userKey, id) {
    const done = (error, user) => {
      // Passport calls again where a callback throws; an app's deserializer may call twice, or too late.
      if (attempt.step !== STEP.DESERIALIZE) return;
      attempt.resume();
      if (this.#isTooLate(attempt)) return;
      if (error) this.#fail(attempt, OUTCOME.DESERIALIZE_ERROR, error);
      else if (!user) this.#fail(attempt, OUTCOME.USER_NOT_FOUND);
      else this.#succeed(attempt, user);
    };
    // The app may change the key.
    attempt.expected = this.live?.expect(userKey, id);
    attempt.step = STEP.DESERIALIZE;
    try {
      this.options.passport.deserializeUser(userKey, attempt.data, done);
    } catch (error) {
      done(error ?? new Error('deserializeUser threw nothing'));
    }
    if (attempt.step === STEP.DESERIALIZE) attempt.waitIn(STEP.DESERIALIZE);
  }

  /** The user is known: `success` decides. */
  #succeed(attempt, user) {
    const { data, socket, accept } = attempt;
    const failed = (error) => {
      this.stats.authorized -= 1;
      this.#fail(attempt, OUTCOME.CALLBACK_ERROR, error);
    };
    putUser(socket, data, this.#userProperty, user);
    attempt.shown = user;
    this.stats.authorized += 1;
    attempt.step = STEP.SUCCESS;
    try {
      this.joiner.joinUser(socket, user, data);
      const result = this.options.success(data, accept);
      if (isThenable(result)) result.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
    if (attempt.step === STEP.SUCCESS && !attempt.isDecided) attempt.waitIn(STEP.SUCCESS);
  }

  /** Something is missing or wrong: `fail` decides. */
  #fail(attempt, outcome, cause) {
    const { data, accept } = attempt;
    const { critical } = outcomes[outcome];
    attempt.outcome = outcome;
    attempt.cause = causeOf(outcome, cause);
    attempt.resume();
    attempt.step = STEP.FAIL;
    if (!showsUser(outcome)) this.#becomeGuest(attempt);
    attempt.shown = data[this.#userProperty.name];
    const info = this.report.failed(attempt);
    try {
      const result = this.options.fail(data, failMessageOf(outcome, attempt.cause), critical, accept, info);
      if (isThenable(result)) result.then(undefined, (error) => failFailed(attempt, error));
    } catch (error) {
      failFailed(attempt, error);
    }
    if (!attempt.isDecided && attempt.deadline === null) attempt.waitIn(STEP.FAIL);
  }

  /** The connection has too many attempts under way: nothing is looked up. */
  #refuse(attempt) {
    this.report.began(attempt);
    this.requests.prepareIfPossible(attempt.data);
    this.#fail(attempt, OUTCOME.TOO_MANY_ATTEMPTS);
    // `fail` gets no time to answer: under a flood, refused attempts would pile up.
    attempt.accept(null, false);
  }

  /** `success` or `fail` has called `accept`: Socket.IO gets the decision, and the next attempt its turn. */
  decide(attempt, isYes, error, accepted) {
    const { connection } = attempt;
    attempt.isDecided = true;
    const isIn = isYes && this.#letIn(attempt);
    attempt.release();
    this.report.decided(attempt, isIn);
    if (isIn === isYes) answerSocketIo(attempt, isYes, error, accepted);
    else answerSocketIo(attempt, false, null, false);
    if (connection !== undefined) beginNext(connection);
  }

  /** @returns {boolean} false where an object of the app throws: the client must not wait for ever */
  #letIn(attempt) {
    const { data, socket, step, shown } = attempt;
    try {
      if (step === STEP.FAIL) this.#becomeGuest(attempt, shown);
      if (step === STEP.SUCCESS) {
        adoptUser(socket, data, this.#userProperty, shown);
        this.joiner.letIn(socket);
        this.live?.letIn(attempt);
        this.risks.letIn(attempt);
      }
      return true;
    } catch (error) {
      this.report.broke(attempt, error);
      return false;
    }
  }

  /** The step under way has taken longer than the option `timeout` allows. */
  expire(attempt) {
    const { timeout } = this.options;
    const { step } = attempt;
    if (step === STEP.ORIGIN) {
      this.#fail(attempt, OUTCOME.ORIGIN_NOT_ALLOWED);
    } else if (step === STEP.DESERIALIZE) {
      this.#fail(attempt, OUTCOME.DESERIALIZE_TIMEOUT, new Error(`no answer within ${timeout} ms`));
    } else if (step === STEP.SUCCESS && !attempt.isGone) {
      // It may still let the client in; it no longer counts.
      warnOfSilence(attempt, timeout);
      attempt.release();
      if (attempt.connection !== undefined) beginNext(attempt.connection);
    } else {
      if (step === STEP.FAIL) warnOfSilence(attempt, timeout);
      attempt.accept(null, false);
    }
  }

  /** Ends the connection to Redis. Attempts under way, and those that arrive later, fail with CLOSED. */
  close() {
    this.isClosed = true;
    this.live?.close();
    this.backend.close();
  }

  /** After `close()` every attempt fails, also one under way. */
  #isTooLate(attempt) {
    if (this.isClosed) this.#fail(attempt, OUTCOME.CLOSED, CLOSED);
    return this.isClosed;
  }

  /** A client that `fail` lets in has no user, no rooms and no index entry, whatever failed. */
  #becomeGuest({ socket, data }, before) {
    putGuest(socket, data, this.#userProperty, before);
    this.joiner.joinGuest(socket, data);
    this.live?.forget(socket);
  }
}

module.exports = { Authorizer };
