'use strict';

const { number } = require('./outcomes');
const { Gate } = require('./gate');
const { RequestView } = require('./request');
const { customParser } = require('./cookie-parser');
const { Connection } = require('./connection');
const { Tally } = require('./tally');
const { chooseBackend } = require('./backend');

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
  }

  /**
   * @param {object} target - a socket of Socket.IO ≥ 1.0; or what carries the headers itself: the handshake
   *   data of 0.9, the request of `allowRequest`
   * @param {Function} done - `next(error)` for a socket, else `accept(error, accepted)`
   */
  authorize(target, done) {
    const socket = 'request' in target ? target : undefined;
    const data = socket ? requestOf(socket) : target;
    if (socket) data.socketio_version_1 = true;
    const connection = new Connection(this, data, socket, done);

    this.#gate.refresh();
    try {
      this.#requests.prepare(data);
    } catch (error) {
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

module.exports = { Authorizer };
