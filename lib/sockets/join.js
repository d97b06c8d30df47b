'use strict';

const { inspect } = require('node:util');
const { markReported, warn } = require('../diagnostics');
const { failureOf } = require('../diagnostics/words');
const { AwaitedSocket } = require('./await-socket');
const { changeRooms, dropRooms, joinNow, joinWhenConnected, namesOf } = require('./rooms');
const { Share } = require('./share');
const { isConnected } = require('./targets');
const { UserIndex } = require('./user-index');

/** Recovered sockets that have left the rooms which Socket.IO restored. */
const cleared = new WeakSet();

/**
 * What an authorized socket joins: the index, the rooms and the shared users of one authorizer (options `index`, `rooms` and
 * `share`).
 */
class Joiner {
  #options;
  /** @type {UserIndex | null} null where nothing is indexed */
  #index;
  /** @type {Share | null} null where nothing is shared */
  #share;
  #isOfUse;
  #awaited = new AwaitedSocket(() => this.#warnOfNoSocket());
  #warnings;

  /**
   * @param {import('../request-user').UserProperty} userProperty - where the users are
   * @param {import('../diagnostics').Warnings} warnings
   * @param {() => object} registry - gives the registry of a UserIndex, which is made for the first one
   */
  constructor(options, userProperty, warnings, registry) {
    this.#options = options;
    this.userProperty = userProperty;
    this.#warnings = warnings;
    this.#index =
      options.index?.length > 0 ? new UserIndex([...new Set(options.index)], userProperty, registry()) : null;
    this.#share = options.share?.length > 0 ? new Share([...new Set(options.share)], userProperty) : null;
    this.#isOfUse = Boolean(this.#index || this.#share || options.rooms || options.onSessionEnd);
  }

  /** A socket is about to be authorized. */
  announce(socket) {
    if (socket.nsp) this.#awaited.arrived();
    this.#index?.announce(socket);
    this.#share?.announce(socket);
    if (!this.#isOfUse || !isBack(socket)) return;
    // Connected already: its handlers run next, and what they join has to stay.
    this.#leaveRestoredRooms(socket);
    this.#share?.remove(socket);
  }

  /**
   * The user of the socket is authorized.
   * @param {object | undefined} socket - none under `allowRequest`, and in Socket.IO 0.9
   * @throws what the option `rooms` throws
   */
  joinUser(socket, user, data) {
    if (!this.#isOfUse) return;
    if (socket?.nsp) {
      this.#index?.expect(socket);
      if (!isBack(socket)) this.#leaveRecoveredRooms(socket);
      if (this.#options.rooms) joinWhenConnected(socket, this, this.#roomsOf(user, data));
    } else {
      this.#index?.expectOf(data);
      this.#awaitSocket(data);
    }
  }

  /** `success` has let the socket in. */
  letIn(socket) {
    if (!socket || !this.#isOfUse) return;
    this.#share?.refresh(socket);
    if (isBack(socket)) joinNow(socket, this);
  }

  /**
   * The user of a connected socket was read anew.
   * @throws what the option `rooms` throws; nothing has changed then
   */
  follow(socket, user, data) {
    const { rooms } = this.#options;
    const names = rooms && namesOf(rooms(user, data));
    this.reindex(socket);
    // The app's function may have disconnected it, and a room that it joins then keeps it for ever.
    if (names && isConnected(socket)) changeRooms(socket, this, names);
  }

  /**
   * `fail` may let this socket in as a guest: without indexed properties, and in none of the rooms that a user of this
   * property was to join, or has joined, whichever authorizer chose them.
   */
  joinGuest(socket, data) {
    if (socket?.nsp) {
      dropRooms(socket, this.userProperty);
      if (!isBack(socket)) this.#leaveRecoveredRooms(socket);
      this.#index?.expect(socket);
      this.#share?.remove(socket);
    } else {
      this.#index?.expectOf(data);
    }
  }

  /** The user of a socket has changed. */
  reindex(socket) {
    if (typeof socket !== 'object' || socket === null) {
      throw new TypeError(
        `authorizer.reindex(socket): socket must be a socket of the server, not ${inspect(socket)}.`,
      );
    }
    this.#index?.refresh(socket);
    this.#share?.refresh(socket);
  }

  /** Who is online: the values of an indexed property, and how many sockets have each. */
  users(property) {
    if (this.#index) return this.#index.users(property);
    throw new TypeError(
      `authorizer.users(property): "${property}" is not indexed: there is no option index.`,
    );
  }

  /** Once: what another authorizer of the namespace has let it join since stays. */
  #leaveRestoredRooms(socket) {
    if (cleared.has(socket)) return;
    this.#leaveRecoveredRooms(socket);
    if (this.#options.rooms) cleared.add(socket);
  }

  /** Socket.IO puts a recovered socket back into the rooms of its former user, who may have logged out. */
  #leaveRecoveredRooms(socket) {
    if (!socket.recovered || !this.#options.rooms) return;
    for (const room of [...socket.rooms]) if (room !== socket.id) socket.leave(room);
  }

  /** A failure also goes to the operator: the client is refused for a fault of the server, unless `fail` lets it in. */
  #roomsOf(user, data) {
    try {
      return namesOf(this.#options.rooms(user, data));
    } catch (error) {
      warn(
        'ROOMS_ERROR',
        () =>
          `The option rooms of authorize() failed; fail() gets the code CALLBACK_ERROR. ${failureOf(error, data)}`,
        1,
      );
      markReported(error);
      throw error;
    }
  }

  /** Under `allowRequest` the socket exists later. It joins only if the authorizer is a middleware too. */
  #awaitSocket(data) {
    // Socket.IO 0.9 has handshake data without a method, and no middlewares.
    if (data.method === undefined) this.#awaited.end();
    else this.#awaited.allowed(data);
  }

  #warnOfNoSocket() {
    this.#warnings.once(
      'NO_SOCKET_YET',
      'The options index, rooms, share and onSessionEnd of authorize() need the authorizer as a middleware (io.use): under ' +
        'allowRequest and in Socket.IO 0.9 there is no socket yet.',
    );
  }
}

/**
 * Whether a socket is authorized when it is connected already, as one that Socket.IO has recovered without asking the
 * middlewares. In a middleware a recovered socket is not connected (Socket.IO 4.6 and later).
 */
function isBack(socket) {
  return Boolean(socket?.recovered && socket.connected);
}

module.exports = { Joiner };
