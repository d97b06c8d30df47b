'use strict';

const { inspect } = require('node:util');
const { AuthorizationError } = require('../errors');
const { Authentications } = require('../authorize/authentications');
const { protect } = require('../authorize/protect');
const { enlist, see } = require('../authorize/server-guard');
const { usage } = require('../sockets/criteria');
const { filtersBy } = require('../sockets/filters');
const { TestAuthorizer } = require('./authorizer');
const { explain } = require('./explain');
const { Failure, failureError } = require('./failures');
const { readOptions } = require('./options');
const { PlainRegistry } = require('./plain-registry');
const { Rechecks } = require('./recheck');

// The package's entry for tests. Nothing here loads the addon: __test__/testing.test.js.

const REASONS = ['destroyed', 'expired', 'logged-out', 'user-changed'];

const registry = new PlainRegistry();
const { filterSocketsByUser, countSocketsByUser } = filtersBy({
  columnOf: (property) => registry.columnOf(property),
  find: (namespace, query) => registry.find(namespace, query),
  select: (sockets, query) => registry.select(sockets, query),
  countIn: (namespace, query) => registry.countIn(namespace, query),
});

/**
 * An authorizer for tests, with all members of one that `authorize` makes (lib/authorize/index.js), and `end`.
 * @param {unknown} user - of every client; or a function (request) => user. A promise of it will do. A falsy one is nobody
 * @param {object} [options] - as of `authorize`
 */
function authorizeAs(user, options) {
  const inner = new TestAuthorizer(user, readOptions(options), registry);
  const rechecks = new Rechecks(inner);
  const authentications = new Authentications(inner, (request) => inner.authenticate(request));

  function authorizer(socketOrData, done) {
    if (typeof done !== 'function') {
      throw new TypeError('An authorizer takes (socket, next), as io.use calls it, or (request, accept).');
    }
    const namespace = socketOrData?.nsp;
    if (namespace) {
      see(namespace, authorizer);
      rechecks.see(namespace);
    }
    inner.authorize(socketOrData, done);
  }
  enlist(authorizer, inner.live !== null);
  authorizer.stats = () => statsOf(inner, authentications);
  authorizer.close = () => {
    authentications.close();
    inner.close();
  };
  authorizer.protect = (io, given) => protect(authorizer, io, given);
  authorizer.reindex = (socket) => inner.joiner.reindex(socket);
  authorizer.recheck = (...given) => rechecks.recheck(...given);
  authorizer.authenticate = async (request) => {
    const found = await authentications.authenticate(request);
    return { user: found.user, sessionID: found.sessionID.id };
  };
  authorizer.watch = (request, onEnd) => authentications.watch(request, onEnd);
  authorizer.explain = (request) => explain(inner, request);
  authorizer.ready = async () => {
    if (inner.isClosed) throw failureError(new Failure('CLOSED'));
  };
  authorizer.users = (property) => inner.joiner.users(property);
  authorizer.end = (target, reason) => end(inner, authentications.live, target, reason);
  Object.defineProperty(authorizer, 'backend', { get: () => inner.description, enumerable: true });
  return authorizer;
}

/**
 * The session behind a socket, or a request, ends: all its sockets are told as the option `onSessionEnd` says, and what
 * `authorizer.watch` was given is called.
 */
function end({ sessions, watch }, live, socket, reason = 'destroyed') {
  const session = isObject(socket) ? sessions.known(socket) : undefined;
  if (session === undefined) {
    throw new TypeError(
      `authorizer.end(socket): socket must be one that this authorizer was asked about, not ${inspect(socket, { depth: 0 })}.`,
    );
  }
  if (!REASONS.includes(reason)) {
    throw new TypeError(`authorizer.end(socket, reason): reason must be one of ${REASONS.join(', ')}.`);
  }
  // Another user is in it: the session itself goes on.
  if (reason !== 'user-changed') session.end ??= reason;
  for (const each of watch?.socketsOf(session) ?? []) live.endNow(each, reason);
}

function statsOf({ authorized, pending, failures }, authentications) {
  return {
    authorized,
    refused: Object.values(failures).reduce((sum, count) => sum + count, 0),
    failures: { ...failures },
    pending,
    latency: { count: 0, p50: 0, p90: 0, p99: 0, max: 0 },
    filters: { ...usage },
    reconnects: 0,
    watch: authentications.watchStats(),
  };
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

module.exports = { AuthorizationError, authorizeAs, countSocketsByUser, filterSocketsByUser };
