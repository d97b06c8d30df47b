'use strict';

const assert = require('node:assert/strict');
const { setTimeout: sleep } = require('node:timers/promises');
const { FakeNamespace, enter, visitorOf } = require('../index-sockets');
const { cookieOf } = require('../visit');
const { NEVER_MS } = require('./load');
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
    const deadline = performance.now() + NEVER_MS;
    for (;;) {
      const told = new Set(this.ended);
      const left = sids.filter((sid) => !told.has(sid));
      if (left.length === 0) return;
      assert.ok(performance.now() < deadline, `${left.length} ended sessions were not told, as ${left[0]}`);
      await sleep(2);
    }
  }
}

module.exports = { Crowd };
