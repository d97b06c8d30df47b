'use strict';

const { debuglog } = require('node:util');
const { messageOf } = require('../errors');
const { masked, maskedId, sessionIdOf } = require('./index');
const { indented, oneLine, quoted, stackOf } = require('./words');

/**
 * The log that `NODE_DEBUG=passport-socketio-native` turns on: one line for each decision, and what becomes of connections
 * to Redis. What clients sent is cut and quoted; values of cookies are not shown.
 */
const log = debuglog('passport-socketio-native');
/** Read once: the variable does not change while the process runs. */
const isLogging = log.enabled;

/** At most so many names of cookies are shown, of so many characters, from so much of the header. */
const COOKIES = 10;
const NAME_LENGTH = 40;
const HEADER_LENGTH = 8192;

/**
 * An attempt is decided.
 * @param {{ code?: string, durationMs: number, request: object, socket?: object, cause?: unknown, backend: object }} message -
 *   without a code where a user was let in
 * @param {string} result - `let-in`, `guest`, `refused`, or `left`
 */
function logDecision({ code = 'AUTHORIZED', durationMs, request, socket, cause, backend }, result) {
  const parts = [
    result === 'left' ? 'LEFT' : code,
    result,
    `${durationMs.toFixed(1)} ms`,
    `namespace=${textOrNone(() => socket.nsp.name)}`,
    `transport=${textOrNone(() => transportOf(socket, request))}`,
    `cookies=${cookieNamesOf(request)}`,
    `session=${sessionOf(request)}`,
    `backend=${nameOf(backend)}`,
  ];
  if (cause !== undefined) parts.push(`cause=${quoted(masked(messageOf(cause), request))}`);
  log('%s', parts.join(' '));
}

/**
 * The session of a socket has ended, and the socket is told.
 * @param {{ reason: string, request: object, socket: object, backend: object }} message
 */
function logSessionEnd({ reason, request, socket, backend }) {
  const namespace = textOrNone(() => socket.nsp.name);
  log(
    '%s',
    `SESSION_END ${reason} namespace=${namespace} session=${sessionOf(request)} backend=${nameOf(backend)}`,
  );
}

/**
 * The connection to Redis has another state.
 * @param {object} backend - as `authorizer.backend`
 * @param {string} state
 * @param {unknown} [cause]
 */
function logBackendState(backend, state, cause) {
  if (!isLogging) return;
  const why = cause == null ? '' : `: ${oneLine(messageOf(cause))}`;
  log('%s', `BACKEND ${nameOf(backend)} is ${state}${why}`);
}

/** The stack of what a callback of the app failed with. The warning has its first line. */
function logFailure(code, error, data) {
  log('%s', indented(`${code} ${masked(stackOf(error), data)}`));
}

/** What the app has put there may be a getter that throws. */
function textOrNone(read, show = (text) => quoted(text, NAME_LENGTH)) {
  try {
    const text = read();
    return typeof text === 'string' && text !== '' ? show(text) : 'none';
  } catch {
    return 'none';
  }
}

function transportOf(socket, request) {
  return socket ? socket.conn.transport.name : (request._query ?? request.query).transport;
}

function cookieNamesOf(request) {
  return textOrNone(() => request.headers.cookie, namesIn);
}

function namesIn(header) {
  const names = header
    .slice(0, HEADER_LENGTH)
    .split(';', COOKIES + 1)
    .map(nameIn);
  if (names.length > COOKIES) names[COOKIES] = '…';
  return names.join(',');
}

/** What has no `=` may be a value. */
function nameIn(pair) {
  const end = pair.indexOf('=');
  return end < 0 ? '?' : quoted(pair.slice(0, end).trim(), NAME_LENGTH);
}

function sessionOf(request) {
  return textOrNone(
    () => sessionIdOf(request),
    (id) => quoted(maskedId(id)),
  );
}

function nameOf({ kind, address }) {
  return address === undefined ? kind : oneLine(address);
}

module.exports = { isLogging, logBackendState, logDecision, logFailure, logSessionEnd };
