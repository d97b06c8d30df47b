'use strict';

const timers = require('node:timers');
const { inspect } = require('node:util');
const { messageOf } = require('../errors');
const { CLOSED, OUTCOME } = require('../outcomes');
const { isLoggedIn } = require('../request-user');
const { isConnected, socketsOf } = require('../sockets/targets');
const { attemptsOf } = require('./connection-limits');
const { Recheck } = require('./recheck');

/** So many sockets are rechecked at once, and so many are begun in one turn of the event loop. */
const AT_ONCE = 100;

/** `authorizer.recheck` of one authorizer: which socket's turn it is, and whose answer counts. */
class Rechecks {
  #authorizer;
  #isClosed = false;
  /** The last run of each socket that has one under way. */
  #underWay = new Map();
  /** The namespaces of which the authorizer has seen sockets. */
  #seen = new WeakSet();
  /** @type {Set<WeakRef<object>>} the same */
  #namespaces = new Set();
  /**
   * Dynamic namespaces come and go. One for each authorizer, with which it goes: what is registered would stay as long as
   * the namespace does, and an app may make an authorizer for each socket.
   */
  #collected = new FinalizationRegistry((reference) => this.#namespaces.delete(reference));

  /** @param {import('./authorizer').Authorizer} authorizer */
  constructor(authorizer) {
    this.#authorizer = authorizer;
  }

  /**
   * Reads session and user anew: of one socket, or without an argument of all.
   * @returns {Promise<unknown>} the user of the socket; undefined where there is none
   */
  async recheck(...given) {
    if (given.length === 0) return this.#recheckAll();
    const [socket] = given;
    if (!isSocket(socket)) {
      throw new TypeError(`authorizer.recheck(socket): socket ${complaintAbout(socket)}`);
    }
    return this.#recheckOne(socket);
  }

  /** The authorizer is asked about a socket of this namespace. */
  see(namespace) {
    if (this.#seen.has(namespace)) return;
    this.#seen.add(namespace);
    const reference = new WeakRef(namespace);
    this.#namespaces.add(reference);
    this.#collected.register(namespace, reference);
  }

  /** An authorization of this socket begins: a session that was read before it does not count. */
  overtake(socket) {
    if (this.#underWay.size === 0) return;
    const run = this.#underWay.get(socket);
    if (run) run.isOvertaken = true;
  }

  /** Rechecks under way, and later ones, fail with CLOSED. */
  close() {
    this.#isClosed = true;
  }

  #recheckOne(socket) {
    const run = { isOvertaken: false, result: undefined, later: undefined };
    const before = this.#underWay.get(socket);
    if (before) before.later = run;
    this.#underWay.set(socket, run);
    run.result = this.#run(socket, run).finally(() => {
      if (this.#underWay.get(socket) === run) this.#underWay.delete(socket);
    });
    return run.result;
  }

  async #run(socket, run) {
    for (;;) {
      await this.#untilDecided(socket);
      run.isOvertaken = false;
      if (!isConnected(socket)) return undefined;
      const recheck = new Recheck(this.#authorizer, socket);
      if (!this.#isClosed) await recheck.read();
      // A later one reads the session later.
      if (run.later) return run.later.result;
      if (!isConnected(socket)) return undefined;
      if (this.#isClosed) recheck.fail(OUTCOME.CLOSED, CLOSED);
      if (!run.isOvertaken) return recheck.apply();
    }
  }

  /** An authorization of the socket that is under way is decided first, but not for longer than the option `timeout`. */
  async #untilDecided(socket) {
    const attempts = attemptsOf(socket);
    if (attempts.length === 0) return;
    const { deadlines } = this.#authorizer;
    await new Promise((resolve) => {
      const waiting = { expire: resolve, deadline: null };
      deadlines.add(waiting);
      Promise.all(attempts.map((each) => each.decided())).then(() => {
        deadlines.remove(waiting);
        resolve();
      });
    });
  }

  /** Sockets about which another authorizer was asked last have their sessions elsewhere, perhaps. */
  #sockets() {
    const { requests, joiner } = this.#authorizer;
    const namespaces = [...this.#namespaces].map((each) => each.deref());
    const all = namespaces.flatMap((each) => [...((each && socketsOf(each)) ?? []).values()]);
    return all.filter((each) => requests.hasReadLast(each) && isLoggedIn(each, joiner.userProperty));
  }

  async #recheckAll() {
    const sockets = this.#sockets();
    const errors = [];
    let begun = 0;
    let turn;
    const work = async () => {
      while (begun < sockets.length) {
        // A backend that answers in the call must not keep the event loop from turning.
        if (begun % AT_ONCE === 0) turn = new Promise((resolve) => timers.setImmediate(resolve));
        const socket = sockets[begun];
        begun += 1;
        await turn;
        await this.#recheckOne(socket).catch((error) => errors.push(error));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) {
      const message = `${errors.length} of ${sockets.length} sockets could not be rechecked: ${messageOf(errors[0])}`;
      throw new AggregateError(errors, message);
    }
  }
}

/** A socket of Socket.IO 1.0 or later. One over WebTransport has the request null. */
function isSocket(candidate) {
  return isObject(candidate) && isObject(candidate.nsp) && 'request' in candidate;
}

function complaintAbout(given) {
  if (given === undefined)
    return 'is undefined: the socket may have left. Without an argument, all are rechecked.';
  if (typeof given?.then === 'function') return 'is a promise: await it, and give its value.';
  const what = isObject(given) ? `a ${given.constructor?.name}` : inspect(given);
  return `must be a socket of this server (Socket.IO 1.0 or later), not ${what}.`;
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

module.exports = { Rechecks };
