'use strict';

const { FakeNamespace, enter, visitorOf } = require('../index-sockets');
const { until } = require('../redis-cluster');
const { cookieOf } = require('../visit');
const { WATCHED } = require('./visitors');

/** 1,000 connected sockets, each with a session of its own that is watched. */
class Crowd {
  /** What `onSessionEnd` was told, in order: the session ids. */
  ended = [];
  #authorizer;

  /** @param {object} authorizer - which calls `tell` */
  constructor(authorizer) {
    this.#authorizer = authorizer;
  }

  /** For the option `onSessionEnd`. */
  tell(socket) {
    this.ended.push(socket.sid);
  }

  /** Resolves when all are connected. */
  async connect() {
    const namespace = new FakeNamespace();
    this.ended = [];
    await Promise.all(WATCHED.map((sid) => this.#connect(namespace, sid)));
  }

  #connect(namespace, sid) {
    const socket = visitorOf(namespace, undefined);
    Object.assign(socket, { sid, connected: true });
    socket.request.headers.cookie = cookieOf(sid);
    return new Promise((resolve, reject) => {
      this.#authorizer(socket, (error) => (error ? reject(error) : resolve(enter(socket))));
    });
  }

  /** Resolves when each of these has been told, and maybe others. */
  async untilEnded(sids) {
    await until(() => {
      const told = new Set(this.ended);
      return sids.every((sid) => told.has(sid));
    });
  }
}

module.exports = { Crowd };
