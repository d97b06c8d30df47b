'use strict';

const { noteSessionId } = require('../diagnostics');
const { OUTCOME } = require('../outcomes');
const { identityOf } = require('../sessions/watch/identity');
const { STEP } = require('./attempt');
const { carrierOf } = require('./connection-limits');
const { whyNoLookUp } = require('./precheck');
const { deserialize, lookUpById, refreshed, rejectionOf } = require('./reading');
const { causeOf } = require('./refusal');
const { queryOf } = require('./request');

/** Of a request without a socket nothing but the credential can keep it from a look-up. */
const NO_DATA = Object.freeze({});

/**
 * One `authorizer.authenticate(request)`: the steps of an authorization, as a promise. It reports as an attempt does, and puts
 * nothing on the request, which Express and its middlewares use too.
 */
class Authentication {
  step = STEP.LOOK_UP;
  outcome = OUTCOME.REFUSED;
  cause = undefined;
  /** Set by Report. */
  heard = undefined;
  queried = undefined;
  user = undefined;
  #isQueryGiven;

  /**
   * @param {import('./authorizer').Authorizer} authorizer
   * @param {object} request
   * @param {boolean} isQueryGiven - whether the app has set the option sessionIdInQuery itself
   */
  constructor(authorizer, request, isQueryGiven) {
    this.authorizer = authorizer;
    this.data = request;
    this.#isQueryGiven = isQueryGiven;
  }

  /** What stands for the client's connection. */
  get connection() {
    return carrierOf(this.data);
  }

  /**
   * @returns {Promise<{ id: string, identity: string, user: unknown }>} the session, who is in it, and the user
   * @throws {import('../errors').AuthorizationError}
   */
  async run() {
    const { report, risks, stats } = this.authorizer;
    report.began(this);
    const { outcome, value, session } = await this.#read().catch((error) => ({
      outcome: OUTCOME.CALLBACK_ERROR,
      value: error,
    }));
    if (outcome !== OUTCOME.FOUND) throw this.#refused(outcome, value);
    this.user = value;
    this.step = STEP.SUCCESS;
    stats.authorized += 1;
    report.decided(this, true);
    // Without an Origin it may be a link of another site to a route, which is no risk.
    if (this.data.headers.origin !== undefined) risks.letIn(this);
    return { ...session, user: value };
  }

  #refused(outcome, cause) {
    const { authorizer, data, queried } = this;
    this.outcome = outcome;
    this.cause = causeOf(outcome, cause);
    this.step = STEP.FAIL;
    authorizer.report.failed(this);
    authorizer.report.decided(this, false);
    return rejectionOf({ outcome, cause: this.cause, data, queried, socket: undefined, authorizer });
  }

  /** A getter of the app, or its cookie parser, may throw. */
  async #read() {
    const { authorizer } = this;
    const failure = refreshed(authorizer);
    if (failure) return failure;
    if (!(await this.#isAllowed())) return { outcome: OUTCOME.ORIGIN_NOT_ALLOWED };
    this.queried = this.#readQuery();
    const [outcome, value] = whyNoLookUp(NO_DATA, '', authorizer);
    if (outcome !== undefined) return { outcome, value };
    const id = authorizer.requests.idIn(this.data, this.queried);
    if (typeof id !== 'string') return { outcome: id };
    noteSessionId(this.data, id);
    authorizer.stats.pending += 1;
    try {
      return await this.#readUser(id);
    } finally {
      authorizer.stats.pending -= 1;
    }
  }

  async #readUser(id) {
    const { authorizer } = this;
    const found = await lookUpById(authorizer, id);
    if (found.outcome !== OUTCOME.FOUND) return found;
    if (!authorizer.isClosed) {
      // Now: the app's deserializer may change the key.
      const session = { id, identity: identityOf(found.value) };
      const user = await deserialize(authorizer, found.value, this.data);
      if (!authorizer.isClosed) return { ...user, session };
    }
    const [outcome, value] = whyNoLookUp(NO_DATA, '', authorizer);
    return { outcome, value };
  }

  async #isAllowed() {
    const { origin, deadlines } = this.authorizer;
    if (origin === null) return true;
    const { headers, _query = NO_DATA } = this.data;
    // A parameter j means JSONP to Engine.IO alone, which parses queries into `_query`.
    const isAllowed = origin.allows(headers.origin === undefined ? { headers, _query } : this.data);
    return typeof isAllowed === 'boolean' ? isAllowed : inTime(deadlines, isAllowed, false);
  }

  /**
   * What counts of the query. A bare id is a secret in a URL, and other libraries use a parameter of this name: unless the app
   * has asked for it, only a signed one is looked at.
   */
  #readQuery() {
    const { requests } = this.authorizer;
    const queried = requests.queried({ query: queryOf(this.data) });
    if (this.#isQueryGiven || !queried) return queried;
    return typeof queried === 'string' && !requests.isBare(queried) ? queried : undefined;
  }
}

/** What a promise gives that never rejects, or this where it takes too long. */
function inTime(deadlines, promise, late) {
  return new Promise((resolve) => {
    const waiting = { expire: () => resolve(late), deadline: null };
    deadlines.add(waiting);
    promise.then((value) => {
      deadlines.remove(waiting);
      resolve(value);
    });
  });
}

module.exports = { Authentication };
