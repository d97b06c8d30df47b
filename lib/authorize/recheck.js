'use strict';

const { OUTCOME } = require('../outcomes');
const { isLoggedIn, keepShown, putGuest, putUser } = require('../request-user');
const { deserialize, lookUpById, refreshed, rejectionOf } = require('./reading');
const { requestOf } = require('./request');

/** What outcomes say about the session of somebody who was logged in. Any other says nothing about it. */
const REASONS = new Map([
  [OUTCOME.SESSION_NOT_FOUND, 'destroyed'],
  [OUTCOME.BAD_SESSION, 'destroyed'],
  [OUTCOME.NOT_LOGGED_IN, 'logged-out'],
  [OUTCOME.PASSPORT_NOT_INITIALIZED, 'logged-out'],
  [OUTCOME.USER_NOT_FOUND, 'logged-out'],
]);
/** The socket has no session id. */
const NO_ID = new Set([OUTCOME.NO_COOKIE, OUTCOME.COOKIE_NOT_SIGNED, OUTCOME.BAD_SIGNATURE]);

/**
 * One reading of the session and the user of a socket. It changes nothing until `apply` is called, which is when it is known
 * that it counts.
 */
class Recheck {
  #authorizer;
  #socket;
  #data;
  #id;
  /** What is to be watched from now on, where sessions are watched and this one is not. */
  #expected;
  #user;
  /** Why the socket has no user any more. */
  #reason;
  /** Why session or user could not be read. */
  #error;

  /** @param {import('./authorizer').Authorizer} authorizer */
  constructor(authorizer, socket) {
    this.#authorizer = authorizer;
    this.#socket = socket;
    this.#data = requestOf(socket);
  }

  /** Asks for the session, then for the user. Never rejects. */
  async read() {
    try {
      const wasWatched = this.#authorizer.live?.isWatched(this.#socket);
      const { outcome, value } = await this.#lookUp();
      // The session has ended meanwhile, and the socket was told. What was found may be older than that.
      if (wasWatched && !this.#authorizer.live.isWatched(this.#socket)) await this.read();
      else if (outcome === OUTCOME.FOUND) await this.#readUser(value);
      else this.#conclude(outcome, value);
    } catch (error) {
      // A getter of the app, or its cookie parser.
      this.#conclude(OUTCOME.CALLBACK_ERROR, error);
    }
  }

  /**
   * The socket, its rooms, the index and what is shared follow.
   * @returns {Promise<unknown>} the user; undefined where there is none
   * @throws {AuthorizationError} where session or user could not be read, or the option `rooms` fails; nothing has changed
   */
  async apply() {
    if (this.#error !== undefined) throw this.#error;
    if (this.#reason === undefined) return this.#putUser();
    if (!this.#isLoggedIn) return undefined;
    await this.#end();
    return undefined;
  }

  /** What is read does not count: the promise of `apply` is rejected. */
  fail(outcome, cause) {
    this.#error = this.#errorOf(outcome, cause);
  }

  get #isLoggedIn() {
    return isLoggedIn(this.#socket, this.#authorizer.joiner.userProperty);
  }

  /** By the id, as nothing else of the credential is needed any more. */
  async #lookUp() {
    const failure = refreshed(this.#authorizer);
    if (failure) return failure;
    this.#id = this.#authorizer.requests.idOf(this.#socket, this.#data);
    return typeof this.#id === 'string' ? lookUpById(this.#authorizer, this.#id) : { outcome: this.#id };
  }

  async #readUser(userKey) {
    const { live } = this.#authorizer;
    if (live) {
      const isOther = await live.isOther(this.#socket, userKey);
      if (isOther) {
        this.#reason = 'user-changed';
        return;
      }
      // Now: the app's deserializer may change the key.
      if (isOther === undefined) this.#expected = live.expect(userKey, this.#id);
    }
    const { outcome, value } = await deserialize(this.#authorizer, userKey, this.#data);
    if (outcome === OUTCOME.FOUND) this.#user = value;
    else this.#conclude(outcome, value);
  }

  /** A guest may have no session id at all. */
  #conclude(outcome, cause) {
    if (REASONS.has(outcome)) this.#reason = REASONS.get(outcome);
    else if (NO_ID.has(outcome) && !this.#isLoggedIn) this.#reason = 'logged-out';
    else this.fail(outcome, cause);
  }

  #putUser() {
    const { joiner, live } = this.#authorizer;
    const putBack = keepShown(this.#socket, this.#data, joiner.userProperty);
    // The option `rooms` gets the request as it does at an authorization.
    putUser(this.#socket, this.#data, joiner.userProperty, this.#user);
    try {
      joiner.follow(this.#socket, this.#user, this.#data);
    } catch (error) {
      putBack();
      throw this.#errorOf(OUTCOME.CALLBACK_ERROR, error);
    }
    if (this.#expected) live.letIn({ socket: this.#socket, expected: this.#expected });
    return this.#user;
  }

  /** With the option `onSessionEnd` as it says; without it, the socket stays as a guest. */
  async #end() {
    const { joiner, live } = this.#authorizer;
    if (live) {
      await live.endNow(this.#socket, this.#reason);
    } else {
      putGuest(this.#socket, this.#data, joiner.userProperty);
      joiner.joinGuest(this.#socket, this.#data);
    }
  }

  #errorOf(outcome, cause) {
    const authorizer = this.#authorizer;
    const queried = authorizer.requests.queried(this.#data);
    return rejectionOf({ outcome, cause, data: this.#data, queried, socket: this.#socket, authorizer });
  }
}

module.exports = { Recheck };
