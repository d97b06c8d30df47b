'use strict';

const { warn } = require('../diagnostics');
const { sessionEnd } = require('../diagnostics/channels');
const { isLogging, logFailure, logSessionEnd } = require('../diagnostics/debug-log');
const { failureOf } = require('../diagnostics/words');
const { ifReadable } = require('../errors');
const { dataOf, userAt, userPropertyOf } = require('../request-user');
const { identityOf, isSameIdentity } = require('../sessions/watch/identity');
const { Connections } = require('./connections');
const { Endings } = require('./endings');
const { Expected, announce, eachMark, markOf, ownerOf, putMark } = require('./marks');
const { slots } = require('./slots');
const { WatchedRequest } = require('./watched-request');

/**
 * The live sessions of one authorizer (option `onSessionEnd`): the session behind each of its connected sockets is watched,
 * and the socket is told of its end.
 *
 *   announce ─► expect ─► letIn ─► (connected) ─► watch ─► (ended) ─► told
 *                                                   └────► (has left)
 *
 * The watch begins when the socket is connected, with a read: a session that ends between the look-up and that is seen.
 */
class LiveSessions {
  #options;
  #backend;
  /** Opened for the first socket. */
  #watch = null;
  #endings = new Endings(
    (slot, turn, reason) => this.#takeOut(slot, turn, reason),
    (socket, reason) => this.#tellUnlessBack(socket, reason),
  );
  #size = 0;
  #ended = { destroyed: 0, expired: 0, 'logged-out': 0, 'user-changed': 0 };
  #isClosed = false;
  /** The namespace of the last socket. */
  #namespace;

  /** @returns {LiveSessions | null} null without the option */
  static of(options, backend) {
    return options.onSessionEnd == null ? null : new LiveSessions(options, backend);
  }

  constructor(options, backend) {
    this.#options = options;
    this.#backend = backend;
  }

  /** A socket is about to be authorized. */
  announce(socket) {
    if (socket.nsp) announce(socket);
  }

  /** A look-up has found a user. To be called before the app gets the key. */
  expect(userKey, id) {
    return id === undefined ? undefined : new Expected(this, id, userKey);
  }

  /** `success` has let the socket in. What was watched for it before, if anything, is watched no more. */
  letIn({ socket, expected }) {
    // Under `allowRequest` and in Socket.IO 0.9 there is none.
    if (!socket?.nsp) return;
    this.forget(socket);
    if (expected === undefined) return;
    const namespace = this.#namespaceOf(socket.nsp);
    if (namespace === undefined) return;
    putMark(socket, this, expected);
    // Recovered by Socket.IO, or authorized again.
    if (namespace.has(socket)) this.begin(socket, expected);
  }

  /**
   * Watches the session of a request that has no socket, whatever the option says.
   * @param {{ id: string, identity: string, user: unknown }} session
   * @returns {() => void} stops that
   */
  watchRequest(request, session, onEnd) {
    const watched = new WatchedRequest(request, session.user, onEnd);
    this.begin(watched, session);
    return () => {
      watched.connected = false;
      this.forget(watched);
    };
  }

  /** There is no user: nothing is watched for this socket. */
  forget(socket) {
    if (socket === undefined) return;
    const mark = markOf(socket, this);
    if (typeof mark === 'number') this.leave(socket, mark);
    else if (mark !== undefined) putMark(socket, this, undefined);
  }

  /** The socket is connected. */
  begin(socket, { id, identity }) {
    if (this.#isClosed) {
      putMark(socket, this, undefined);
      return;
    }
    const slot = slots.take(socket, this);
    putMark(socket, this, slot);
    this.#size += 1;
    this.#watch ??= this.#backend.openWatch({
      recheckEvery: this.#options.recheckEvery,
      onEnd: (...end) => this.#endings.add(...end),
      slots: () => slots.slotsOf(this),
    });
    this.#watch.watch(slot, slots.turnOf(slot), id, identity);
  }

  /** The socket has left, or is no longer watched. */
  leave(socket, slot) {
    this.#watch?.unwatch(slot, slots.turnOf(slot));
    this.#free(socket, slot);
  }

  /**
   * Tells a socket that its session has ended, if it is watched, or is to be.
   * @returns {boolean} whether it was
   */
  endNow(socket, reason) {
    if (markOf(socket, this) === undefined) return false;
    this.forget(socket);
    this.#ended[reason] += 1;
    this.#tell(socket, reason);
    return true;
  }

  /** Whether the session of a socket is watched, or is to be. */
  isWatched(socket) {
    return markOf(socket, this) !== undefined;
  }

  /**
   * Whether somebody else is in the session of a watched socket than when it was let in.
   * @returns {boolean | undefined} undefined where the socket is not watched
   */
  isOther(socket, userKey) {
    const mark = markOf(socket, this);
    if (mark === undefined) return undefined;
    const identity = typeof mark === 'number' ? this.#watch.idsOf([mark]).get(mark)?.identity : mark.identity;
    return identity !== undefined && !isSameIdentity(identity, identityOf(userKey));
  }

  /** The value of `stats().watch`. */
  stats() {
    const { tier, sessions } = this.#watch ?? { tier: null, sessions: 0 };
    return { tier, sessions, sockets: this.#size, ended: { ...this.#ended } };
  }

  /** Watching stops. Nobody is ended. */
  close() {
    this.#isClosed = true;
    this.#endings.clear();
    for (const socket of slots.socketsOf({ owner: this })) this.forget(socket);
    this.#watch?.close();
    this.#watch = null;
  }

  /** The namespace of a socket, which is mostly that of the last one. */
  #namespaceOf(nsp) {
    if (this.#namespace?.namespace !== nsp || !this.#namespace.isWatching) {
      this.#namespace = connections.of(nsp);
    }
    return this.#namespace;
  }

  #free(socket, slot) {
    putMark(socket, this, undefined);
    slots.release(slot);
    this.#size -= 1;
  }

  /** The watch has forgotten the slot already. */
  #takeOut(slot, turn, reason) {
    const socket = slots.socketAt(slot, turn);
    if (socket === undefined) return undefined;
    this.#free(socket, slot);
    this.#ended[reason] += 1;
    return socket;
  }

  /** A socket may be authorized again, by another session, between its being taken out and its being told. */
  #tellUnlessBack(socket, reason) {
    if (markOf(socket, this) === undefined) this.#tell(socket, reason);
  }

  #tell(socket, reason) {
    if (!socket.connected) return;
    this.#report(socket, reason);
    const { onSessionEnd } = this.#options;
    if (socket instanceof WatchedRequest) {
      this.#callBack('given to authorizer.watch()', socket, () => socket.end(reason));
    } else if (onSessionEnd === 'disconnect') {
      disconnect(socket);
    } else {
      this.#callBack('onSessionEnd given to authorize()', socket, () =>
        this.#options.onSessionEnd(socket, reason),
      );
    }
  }

  /** Before the app is told: it may disconnect the socket. */
  #report(socket, reason) {
    if (!isLogging && !sessionEnd.hasSubscribers) return;
    const request = dataOf(socket);
    const message = { reason, request, backend: this.#backend.description };
    if (socket instanceof WatchedRequest) message.user = socket.user;
    else Object.assign(message, { socket, namespace: socket.nsp.name });
    if (isLogging) logSessionEnd(message);
    const userProperty = userPropertyOf(this.#options.userProperty);
    const user = message.user ?? ifReadable(() => userAt(socket, request, userProperty));
    if (user !== undefined) message.user = user;
    sessionEnd.publish(message);
  }

  /** @param {string} which - of the app's callbacks */
  #callBack(which, socket, call) {
    const failed = (error) => {
      const data = dataOf(socket);
      if (isLogging) logFailure('SESSION_END_ERROR', error, data);
      warn(
        'SESSION_END_ERROR',
        () => `The callback ${which} failed. Other sockets are told all the same. ${failureOf(error, data)}`,
        1,
      );
    };
    try {
      const result = call();
      if (typeof result?.then === 'function') result.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }
}

/** Closes the whole connection. What a listener of the app throws is uncaught, as it is without us, and keeps no other socket. */
function disconnect(socket) {
  try {
    socket.disconnect(true);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}

/** One for all authorizers: a socket may have been let in by several. */
const connections = new Connections(
  (socket) => eachMark(socket, (mark) => typeof mark !== 'number' && mark.live.begin(socket, mark)),
  (socket) => eachMark(socket, (mark) => typeof mark === 'number' && ownerOf(mark).leave(socket, mark)),
);

module.exports = { LiveSessions };
