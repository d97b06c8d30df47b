'use strict';

const { number } = require('./outcomes');
const { Gate } = require('./gate');
const { RequestView } = require('./request');
const { customParser } = require('./cookie-parser');
const { Connection } = require('./connection');
const { Tally } = require('./tally');
const { chooseBackend } = require('./backend');
const { textOf } = require('./errors');
const { Admission } = require('./admission');
const { dropUser, noteProperty } = require('./user');
const { usage } = require('./filter/usage');

/** One `authorize(options)`: every connection goes through `authorize()`, top to bottom. */
class Authorizer {
  #gate;
  #requests;
  closed = false;

  constructor(options) {
    this.options = options;
    this.tally = new Tally();
    this.#gate = new Gate(options);
    this.#requests = new RequestView(options, this.#gate, customParser(options, this.#gate));
    this.backend = chooseBackend(options, this.#gate);
    this.admission = new Admission(options);
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
      this.admission.announce(socket);
    }
    noteProperty(target, data, this.options.userProperty);
    const connection = new Connection(this, data, socket, socket ? done : answerFor(data, done));

    try {
      this.#gate.refresh();
    } catch (error) {
      // The store's prefix may be a getter.
      connection.fail(number.STORE_ERROR, error);
      return;
    }
    try {
      this.#requests.prepare(data);
    } catch (error) {
      // A user from another namespace: `fail` keeps one where his own `success` failed.
      dropUser(data, this.options.userProperty);
      connection.fail(number.CALLBACK_ERROR, error);
      return;
    }
    if (data.xdomain && !data.sessionID) {
      connection.fail(number.CORS_NO_SESSION);
      return;
    }
    this.#lookUp(connection);
  }

  /** One look-up less in flight. */
  settled() {
    this.tally.pending -= 1;
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

  #lookUp(connection) {
    const { maxPending } = this.options;
    if (this.closed) {
      connection.fail(number.CLOSED, 'the authorizer was closed');
      return;
    }
    if (this.tally.pending >= maxPending) {
      connection.fail(number.OVERLOADED, `${maxPending} look-ups are in flight (option maxPending)`);
      return;
    }
    const sent = this.#requests.sent(connection.data);
    if (typeof sent !== 'string') {
      // ?session_id=a&session_id=b, or a cookie parser that made an object of it: no store has such an id.
      connection.fail(number.SESSION_NOT_FOUND);
      return;
    }
    this.tally.pending += 1;
    this.backend.lookUp(connection, sent, this.#requests.credential(connection.data));
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
    if (error) done(textOf(error), false);
    else done(error, accepted);
  };
}

module.exports = { Authorizer };
