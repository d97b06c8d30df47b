'use strict';

/**
 * Whether a Socket.IO server allows the Origin of a request. From 3.0 on the option `cors` says so, in all forms of the
 * package cors 2.8, which Engine.IO uses from 4.0 on; in Socket.IO 1 and 2 the option `origins`.
 * @param {object} server - of Socket.IO
 * @param {object} request
 * @returns {boolean | Promise<boolean>}
 */
function allowedByCors(server, request) {
  const cors = corsOf(server);
  if (!cors) return allowedByOrigins(server, request);
  if (typeof cors !== 'function') return allowsOrigin(cors, request);
  return answerOf((done) => cors(request, done)).then((options) => allowsOrigin(options, request));
}

/** As `allowedByCors`, where it takes no function of the app; else undefined. */
function allowedByStaticCors(server, request) {
  const cors = corsOf(server);
  // Socket.IO 3 and later without cors: no page of another host is allowed.
  if (!cors) return typeof server.checkRequest === 'function' ? undefined : false;
  if (typeof cors === 'function' || typeof originIn(cors) === 'function') return undefined;
  return allowsOrigin(cors, request);
}

/** Whether these options allow every origin, so that they check nothing. */
function allowsEverybody(server) {
  const cors = corsOf(server);
  if (!cors) return typeof server?._origins === 'string' && server._origins.includes('*:*');
  const origin = originIn(cors);
  return origin === '*' || origin === true;
}

function corsOf(server) {
  return (server?.engine ?? server?.eio)?.opts?.cors;
}

/** Without `origin` everybody is allowed; any other falsy value turns cors off. */
function originIn(options) {
  return options && 'origin' in options ? options.origin : '*';
}

function allowsOrigin(options, request) {
  const origin = originIn(options);
  const { origin: asking } = request.headers;
  if (typeof origin !== 'function') return origin === '*' || isAllowed(asking, origin);
  return answerOf((done) => origin(asking, done)).then(
    (allowed) => allowed === '*' || isAllowed(asking, allowed),
  );
}

/** As in cors (lib/index.js, isOriginAllowed), except that a RegExp's `lastIndex` is ignored. */
function isAllowed(asking, allowed) {
  if (Array.isArray(allowed)) return allowed.some((each) => isAllowed(asking, each));
  if (typeof allowed === 'string') return allowed === asking;
  if (allowed instanceof RegExp) return asking.search(allowed) !== -1;
  return Boolean(allowed);
}

/** `checkRequest` is called, not `origins` read: an app's own allowRequest replaces it. */
function allowedByOrigins(server, request) {
  if (typeof server.checkRequest !== 'function') return false;
  return answerOf((done) => server.checkRequest(request, done));
}

function answerOf(ask) {
  return new Promise((resolve, reject) => {
    ask((error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

module.exports = { allowedByCors, allowedByStaticCors, allowsEverybody };
