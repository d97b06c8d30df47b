'use strict';

const { Membership } = require('./filter/membership');
const { joinWhenConnected } = require('./rooms');

/** What an authorized socket becomes part of, once it is connected: the options `index` and `rooms`. */
class Admission {
  #options;
  /** @type {Membership | null} where nothing is indexed, null */
  #membership;
  #isOfUse;
  #hasWarned = false;

  constructor(options) {
    this.#options = options;
    this.#membership = options.index?.length > 0 ? new Membership([...new Set(options.index)]) : null;
    this.#isOfUse = Boolean(this.#membership || options.rooms);
  }

  /** A socket comes to be authorized. */
  announce(socket) {
    this.#membership?.announce(socket);
  }

  /**
   * Authorized.
   * @param {object | undefined} socket - none under `allowRequest`, and in Socket.IO 0.9
   * @throws what the option `rooms` throws
   */
  admit(socket, user, data) {
    if (!this.#isOfUse) return;
    if (!socket?.nsp) {
      this.#warn();
      return;
    }
    this.#membership?.admit(socket);
    if (this.#options.rooms) joinWhenConnected(socket, this.#options.rooms(user, data));
  }

  /** `fail` may let this one in, of whom the index then knows that he has none of the properties. */
  admitGuest(socket) {
    if (socket?.nsp) this.#membership?.admit(socket);
  }

  /** The user of a socket has changed. */
  reindex(socket) {
    this.#membership?.refresh(socket);
  }

  /** Who is online: the values of an indexed property, and how many sockets have each. */
  users(property) {
    if (this.#membership) return this.#membership.users(property);
    throw new TypeError(
      `authorizer.users(property): "${property}" is not indexed: there is no option index.`,
    );
  }

  #warn() {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    process.emitWarning(
      'The options index and rooms of authorize() need the authorizer as a middleware (io.use): under allowRequest and ' +
        'in Socket.IO 0.9 there is no socket yet.',
      { type: 'PassportSocketIoWarning', code: 'NO_SOCKET_YET' },
    );
  }
}

module.exports = { Admission };
