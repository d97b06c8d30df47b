'use strict';

const timers = require('node:timers');
const { inspect } = require('node:util');
const { isLoggedIn, keepShown, putGuest, putUser } = require('../request-user');
const { isConnected, socketsOf } = require('../sockets/targets');
const { keyOf, requestOf } = require('./authorizer');
const { Failure, failureError } = require('./failures');

/** `authorizer.recheck` of one authorizer: as lib/authorize/recheck.js, with the user that `authorizeAs` was given. */
class Rechecks {
  #authorizer;
  /** The namespaces of which the authorizer has seen sockets. */
  #namespaces = new Set();

  /** @param {import('./authorizer').TestAuthorizer} authorizer */
  constructor(authorizer) {
    this.#authorizer = authorizer;
  }

  see(namespace) {
    this.#namespaces.add(namespace);
  }

  async recheck(...given) {
    if (given.length > 0) return this.#recheckOne(given[0]);
    const results = await Promise.allSettled(this.#sockets().map((socket) => this.#recheckOne(socket)));
    const errors = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) {
      const message = `${errors.length} of ${results.length} sockets could not be rechecked: ${errors[0].message}`;
      throw new AggregateError(errors, message);
    }
    return undefined;
  }

  #sockets() {
    const { sessions, userProperty } = this.#authorizer;
    const all = [...this.#namespaces].flatMap((each) => [...(socketsOf(each) ?? []).values()]);
    return all.filter((each) => sessions.known(each) && isLoggedIn(each, userProperty));
  }

  async #recheckOne(socket) {
    if (typeof socket?.nsp !== 'object' || !('request' in socket)) {
      throw new TypeError(
        `authorizer.recheck(socket): socket must be a socket of this server, not ${inspect(socket, { depth: 0 })}.`,
      );
    }
    // As any look-up, it is answered in a later turn.
    await new Promise((resolve) => timers.setImmediate(resolve));
    if (!isConnected(socket)) return undefined;
    const { sessions, users } = this.#authorizer;
    const data = requestOf(socket);
    const session = sessions.of(socket);
    const result = await new Promise((resolve) => users.read(data, session, resolve));
    if (!isConnected(socket)) return undefined;
    const reason = this.#reasonOf(socket, session, result);
    if (reason !== undefined) this.#end(socket, data, reason);
    else if (result.failure) throw failureError(result.failure);
    else return this.#follow(socket, data, session, result.user);
    return undefined;
  }

  /** Why the socket has no user any more; undefined where it has, and where nobody knows. */
  #reasonOf(socket, session, { user, failure }) {
    if (failure?.code === 'SESSION_NOT_FOUND') return session.end;
    if (failure?.code === 'NOT_LOGGED_IN') return 'logged-out';
    return user && this.#authorizer.live?.isOther(socket, keyOf(user)) ? 'user-changed' : undefined;
  }

  #end(socket, data, reason) {
    const { joiner, live, userProperty } = this.#authorizer;
    if (!isLoggedIn(socket, userProperty)) return;
    if (live) {
      live.endNow(socket, reason);
    } else {
      putGuest(socket, data, userProperty);
      joiner.joinGuest(socket, data);
    }
  }

  #follow(socket, data, session, user) {
    const { joiner, live, userProperty } = this.#authorizer;
    const putBack = keepShown(socket, data, userProperty);
    putUser(socket, data, userProperty, user);
    try {
      joiner.follow(socket, user, data);
    } catch (error) {
      putBack();
      throw failureError(new Failure('CALLBACK_ERROR', error));
    }
    if (live?.isOther(socket, keyOf(user)) === undefined)
      live?.letIn({ socket, expected: live.expect(keyOf(user), session) });
    return user;
  }
}

module.exports = { Rechecks };
