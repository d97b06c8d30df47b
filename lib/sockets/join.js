'use strict';

const timers = require('node:timers');
const { inspect } = require('node:util');
const { masked, noteHeard } = require('../diagnostics');
const { textOf } = require('../errors');
const { Membership } = require('./membership');
const { dropRooms, joinWhenConnected, namesOf } = require('./rooms');

/** By then the socket of a request that was allowed has come, if it comes: Socket.IO itself waits for 45 seconds. */
const LATEST_MS = 60_000;

/** What an authorized socket becomes part of, once it is connected: the options `index` and `rooms`. */
class Admission {
  #options;
  /** @type {Membership | null} where nothing is indexed, null */
  #membership;
  #isOfUse;
  #hasSeenSocket = false;
  /** For the socket of the first request that was allowed. */
  #isWaiting = false;
  #warnings;

  /**
   * @param {import('../request-user').Place} place - where the users are
   * @param {import('../diagnostics').Warnings} warnings
   */
  constructor(options, place, warnings) {
    this.#options = options;
    this.place = place;
    this.#warnings = warnings;
    this.#membership = options.index?.length > 0 ? new Membership([...new Set(options.index)], place) : null;
    this.#isOfUse = Boolean(this.#membership || options.rooms);
  }

  /** A socket comes to be authorized. */
  announce(socket) {
    this.#hasSeenSocket ||= Boolean(socket.nsp);
    this.#membership?.announce(socket);
  }

  /**
   * Authorized.
   * @param {object | undefined} socket - none under `allowRequest`, and in Socket.IO 0.9
   * @throws what the option `rooms` throws
   */
  admit(socket, user, data) {
    if (!this.#isOfUse) return;
    if (socket?.nsp) {
      this.#membership?.admit(socket);
      this.#forgetRooms(socket);
      if (this.#options.rooms) joinWhenConnected(socket, this, this.#roomsOf(user, data));
    } else {
      this.#membership?.admitRequest(data);
      this.#missSocket(data);
    }
  }

  /**
   * `fail` may let this one in: a guest, with none of the properties that are indexed, and in no room that a user at this
   * place was to join, whichever authorizer has let that one in.
   */
  admitGuest(socket, data) {
    if (socket?.nsp) {
      dropRooms(socket, this.place);
      this.#forgetRooms(socket);
      this.#membership?.admit(socket);
    } else {
      this.#membership?.admitRequest(data);
    }
  }

  /** The user of a socket has changed. */
  reindex(socket) {
    if (typeof socket !== 'object' || socket === null) {
      throw new TypeError(
        `authorizer.reindex(socket): socket must be a socket of the server, not ${inspect(socket)}.`,
      );
    }
    this.#membership?.refresh(socket);
  }

  /** A recovered socket is back in the rooms of the user that it had, who may have logged out. It begins anew. */
  #forgetRooms(socket) {
    if (!socket.recovered || !this.#options.rooms) return;
    for (const room of [...socket.rooms]) if (room !== socket.id) socket.leave(room);
  }

  /** Who is online: the values of an indexed property, and how many sockets have each. */
  users(property) {
    if (this.#membership) return this.#membership.users(property);
    throw new TypeError(
      `authorizer.users(property): "${property}" is not indexed: there is no option index.`,
    );
  }

  /** The operator hears of it as well: a client is refused for what is not its fault, unless `fail` lets it in. */
  #roomsOf(user, data) {
    try {
      return namesOf(this.#options.rooms(user, data));
    } catch (error) {
      this.#warnings.once(
        'ROOMS_ERROR',
        `The option rooms of authorize() failed, which fail() is told as CALLBACK_ERROR. ${masked(textOf(error?.message ?? error), data)}`,
      );
      noteHeard(error);
      throw error;
    }
  }

  /** Under `allowRequest` a socket comes later, and passes this authorizer if it is a middleware too. */
  #missSocket({ method }) {
    if (this.#hasSeenSocket || this.#isWaiting) return;
    // Socket.IO 0.9 has handshake data, and no middlewares.
    if (method === undefined) {
      this.#warnOfNoSocket();
      return;
    }
    this.#isWaiting = true;
    timers.setTimeout(() => this.#hasSeenSocket || this.#warnOfNoSocket(), LATEST_MS).unref();
  }

  #warnOfNoSocket() {
    this.#warnings.once(
      'NO_SOCKET_YET',
      'The options index and rooms of authorize() need the authorizer as a middleware (io.use): under allowRequest and ' +
        'in Socket.IO 0.9 there is no socket yet.',
    );
  }
}

module.exports = { Admission };
