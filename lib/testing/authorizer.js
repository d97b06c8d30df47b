'use strict';

const { Warnings, isReported, warn } = require('../diagnostics');
const { failureOf } = require('../diagnostics/words');
const { LiveSessions } = require('../live');
const { adoptUser, announce, expectUser, putGuest, putUser, userPropertyOf } = require('../request-user');
const { identityOf } = require('../sessions/watch/identity');
const { Joiner } = require('../sockets/join');
const { acceptOnce } = require('../authorize/accept-once');
const { carrierOf } = require('../authorize/connection-limits');
const { Deadlines } = require('../authorize/deadlines');
const { answerSocketIo } = require('./accept');
const { Failure, failureError } = require('./failures');
const { PlayedSessions, PlayedWatch } = require('./sessions');
const { UserSource } = require('./user-source');

/**
 * One `authorizeAs(user, options)`: what lib/authorize/authorizer.js does from the user on, with a played session instead of
 * a look-up.
 *
 *   authorize ─► (user) ─► #succeed ─► success() ─┐
 *                  └──────────┴─► #fail ─► fail() ─┴─► #decide
 */
class TestAuthorizer {
  isClosed = false;
  authorized = 0;
  pending = 0;
  /** Failures by code. */
  failures = {};
  sessions = new PlayedSessions();
  /** @type {PlayedWatch | null} null as long as no socket is watched */
  watch = null;

  /**
   * @param {unknown} user - or a function that gives it for a request, or a promise of it
   * @param {object} options - with their defaults
   * @param {object} registry - of the indexed sockets
   */
  constructor(user, options, registry) {
    this.options = options;
    this.warnings = new Warnings();
    this.userProperty = userPropertyOf(options.userProperty);
    this.deadlines = new Deadlines(options.timeout);
    this.users = new UserSource(user, this);
    this.joiner = new Joiner(options, this.userProperty, this.warnings, () => registry);
    const openWatch = ({ onEnd }) => (this.watch = new PlayedWatch(onEnd));
    this.backend = { openWatch, description: this.description };
    this.live = LiveSessions.of(options, this.backend);
  }

  /** The value of `backend`. */
  get description() {
    const state = this.isClosed ? 'down' : 'up';
    return { kind: 'store', reason: 'passport-socketio-native/testing', state, lastError: null };
  }

  /** A connection arrives: a socket of Socket.IO 1.0 or later with `next`, or a request with `accept`. */
  authorize(target, done) {
    const socket = 'request' in target ? target : undefined;
    const data = requestOf(target);
    if (socket) {
      data.socketio_version_1 = true;
      announce(socket, this.userProperty);
      this.joiner.announce(socket);
      this.live?.announce(socket);
    } else {
      carrierOf(data);
    }
    const session = this.sessions.of(target);
    data.cookie ??= Object.create(null);
    data.sessionID ??= session.id;
    expectUser(data, this.userProperty);
    const { warnings } = this;
    const attempt = { socket, data, done, session, warnings, failure: new Failure('REFUSED') };
    attempt.accept = acceptOnce(attempt, this);
    this.pending += 1;
    this.users.read(data, session, (result) => this.#settle(attempt, result));
  }

  /**
   * Who is behind a request that Socket.IO does not know: for `authorizer.authenticate`.
   * @returns {Promise<{ user: unknown, id: object, identity: string }>} the id is the session itself
   */
  async authenticate(request) {
    const session = this.sessions.of(request);
    const { user, failure } = await new Promise((resolve) => this.users.read(request, session, resolve));
    if (failure !== undefined) {
      this.failures[failure.code] = (this.failures[failure.code] ?? 0) + 1;
      throw failureError(failure);
    }
    this.authorized += 1;
    return { user, id: session, identity: identityOf(keyOf(user)) };
  }

  /** @param {{ user: unknown } | { failure: Failure }} result */
  #settle(attempt, { user, failure }) {
    // The client has left. The app is not asked; Socket.IO gets an answer, so that it drops the socket.
    if (attempt.socket?.conn?.readyState === 'closed') attempt.accept(null, false);
    else if (failure) this.#fail(attempt, failure);
    else this.#succeed(attempt, user);
  }

  #succeed(attempt, user) {
    const { socket, data, session, accept } = attempt;
    const failed = (error) => {
      this.authorized -= 1;
      this.#fail(attempt, new Failure('CALLBACK_ERROR', error));
    };
    putUser(socket, data, this.userProperty, user);
    attempt.expected = this.live?.expect(keyOf(user), session);
    attempt.user = user;
    this.authorized += 1;
    attempt.step = 'success';
    try {
      this.joiner.joinUser(socket, user, data);
      const result = this.options.success(data, accept);
      if (typeof result?.then === 'function') result.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }

  #fail(attempt, failure) {
    const { data, accept } = attempt;
    const { code, message, critical, info } = failure;
    attempt.failure = failure;
    attempt.user = undefined;
    this.failures[code] = (this.failures[code] ?? 0) + 1;
    if (code !== 'CALLBACK_ERROR') this.#becomeGuest(attempt);
    attempt.shown = data[this.userProperty.name];
    attempt.step = 'fail';
    if (critical && code !== 'CLOSED' && !isReported(failure.cause)) {
      warn(code, () => `${failure.hint} ${failureOf(failure.cause, data)}`);
    }
    try {
      const result = this.options.fail(data, message, critical, accept, info);
      if (typeof result?.then === 'function') result.then(undefined, (error) => failFailed(attempt, error));
    } catch (error) {
      failFailed(attempt, error);
    }
  }

  /** `success` or `fail` has called `accept`. */
  decide(attempt, isYes, error, accepted) {
    const { socket, data, user, expected, shown } = attempt;
    this.pending -= 1;
    if (isYes && user === undefined) {
      this.#becomeGuest(attempt, shown);
    } else if (isYes) {
      adoptUser(socket, data, this.userProperty, user);
      this.joiner.letIn(socket);
      this.live?.letIn({ socket, expected });
    }
    answerSocketIo(attempt, isYes, error, accepted);
  }

  #becomeGuest({ socket, data }, before) {
    putGuest(socket, data, this.userProperty, before);
    this.joiner.joinGuest(socket, data);
    this.live?.forget(socket);
  }

  close() {
    this.isClosed = true;
    this.live?.close();
  }
}

/** The callback `fail` itself failed: the client is refused with that error, and the operator gets a warning. */
function failFailed({ accept, data, failure }, error) {
  accept(error || new Error('fail failed without an error'), false);
  if (error !== undefined && error === failure.cause) return;
  warn(
    'FAIL_CALLBACK_ERROR',
    () => `The fail callback failed; the connection was refused. ${failureOf(error, data)}`,
  );
}

/** The request of a socket, or what carries the headers itself. A socket over WebTransport has none. */
function requestOf(target) {
  return 'request' in target ? (target.request ?? { headers: {} }) : target;
}

/** By what a user is known again: as by the user key of a session, which the app makes of its `id` or `_id`, mostly. */
function keyOf(user) {
  const id = user?.id ?? user?._id;
  return id === undefined ? undefined : String(id);
}

module.exports = { TestAuthorizer, keyOf, requestOf };
