'use strict';

const { authorize: tracing } = require('../diagnostics/channels');
const { usage } = require('../sockets/criteria');
const { Authentication } = require('./authenticate');
const { Authentications } = require('./authentications');
const { Authorizer } = require('./authorizer');
const { explain } = require('./explain');
const { ready } = require('./health');
const { readOptions } = require('./options');
const { protect } = require('./protect');
const { Rechecks } = require('./rechecks');
const { enlist, see } = require('./server-guard');
const { authorizeTraced } = require('./tracing');

/**
 * Makes the middleware that lets a connection in when its session has a Passport user.
 * See index.d.ts for the options.
 * @throws {TypeError} for an option that cannot be right
 */
function authorize(options) {
  const inner = new Authorizer(readOptions(options), options);
  const rechecks = new Rechecks(inner);
  const isQueryGiven = options.sessionIdInQuery !== undefined;
  const authentications = new Authentications(inner, (request) =>
    new Authentication(inner, request, isQueryGiven).run(),
  );

  let lastNamespace;

  function authorizer(socketOrData, done) {
    if (typeof done !== 'function') throw misused(inner.warnings);
    const namespace = socketOrData?.nsp;
    if (namespace !== lastNamespace && namespace) {
      see((lastNamespace = namespace), authorizer);
      rechecks.see(namespace);
    }
    rechecks.overtake(socketOrData);
    if (tracing.hasSubscribers) authorizeTraced(inner, socketOrData, done);
    else inner.authorize(socketOrData, done);
  }
  enlist(authorizer, inner.live !== null);
  authorizer.stats = () => statsOf(inner, authentications);
  authorizer.close = () => {
    rechecks.close();
    authentications.close();
    inner.close();
  };
  authorizer.protect = (io, given) => protect(authorizer, io, given);
  authorizer.reindex = (socket) => inner.joiner.reindex(socket);
  authorizer.recheck = (...given) => rechecks.recheck(...given);
  authorizer.authenticate = (request) => authentications.authenticate(request);
  authorizer.watch = (request, onEnd) => authentications.watch(request, onEnd);
  authorizer.explain = (request) => explain(inner, request, { server: lastNamespace?.server, isQueryGiven });
  authorizer.ready = (given) => ready(inner, given);
  authorizer.users = (property) => inner.joiner.users(property);
  Object.defineProperty(authorizer, 'backend', { get: () => inner.backend.description, enumerable: true });
  return authorizer;
}

/** Engine.IO drops what its middlewares throw, and lets the request hang; Express answers 500 to each. */
function misused(warnings) {
  const takes = 'takes (socket, next), as io.use calls it, or (request, accept), as allowRequest calls it';
  warnings.once(
    'NO_HTTP_MIDDLEWARE',
    `An authorizer was called as a middleware of HTTP, with (req, res, next): it ${takes}. Instead of io.engine.use(authorizer) ` +
      'or app.use(authorizer), use io.use(authorizer).',
  );
  return new TypeError(`An authorizer ${takes}.`);
}

function statsOf({ stats, verifier, backend }, authentications) {
  const { count, p50, p90, p99, max } = verifier.native.latency();
  return {
    ...stats.counts(),
    latency: { count, p50, p90, p99, max },
    filters: { ...usage },
    reconnects: backend.reconnects,
    watch: authentications.watchStats(),
  };
}

module.exports = { authorize };
