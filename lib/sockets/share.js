'use strict';

const { dataOf, userAt } = require('../request-user');
const { getterOf } = require('./property');

/**
 * The option `share` of one authorizer: which properties of its users are copied to `socket.data[userProperty]`, which the
 * adapters of Socket.IO 4 show on all nodes (`io.fetchSockets()`).
 */
class Share {
  #userProperty;
  /** @type {{ path: string[], get: (user: any) => unknown }[]} */
  #properties;
  /** The names that a shared object may have. */
  #names;

  /**
   * @param {string[]} properties - names, or paths such as `'team.id'`
   * @param {import('../request-user').UserProperty} userProperty - where the users are
   */
  constructor(properties, userProperty) {
    this.#userProperty = userProperty;
    this.#properties = properties.map((property) => ({ path: property.split('.'), get: getterOf(property) }));
    this.#names = new Set(this.#properties.map(({ path }) => path[0]));
  }

  /** A socket is about to be authorized. The property is added now, as `announce` of request-user.js does. */
  announce(socket) {
    const { shared } = this.#userProperty;
    if (!(shared in socket)) socket[shared] = undefined;
  }

  /** Shows the user of a socket as of now; where there is none, or a guest, nothing. */
  refresh(socket) {
    const user = this.#userOf(socket);
    if (user === undefined) this.remove(socket);
    else if (this.#isFree(socket)) this.#put(socket, this.#copyOf(user));
  }

  /** There is no user. */
  remove(socket) {
    if (this.#isFree(socket) && this.#userProperty.name in socket.data) this.#put(socket, undefined);
  }

  #put(socket, user) {
    const { name, shared } = this.#userProperty;
    try {
      if (user === undefined) delete socket.data[name];
      else socket.data[name] = user;
      socket[shared] = user;
    } catch {
      // The app has frozen it, or made the member an accessor: it is the app's then.
    }
  }

  /** Whether the place is empty, or has what was put there before. What an app has put there stays. */
  #isFree(socket) {
    const { data } = socket;
    // Socket.IO before 4.0 has none.
    if (!isObject(data)) return false;
    const { name, shared } = this.#userProperty;
    const there = data[name];
    return there === undefined || there === socket[shared] || (socket.recovered && this.#isLikeOurs(there));
  }

  /** Socket.IO restores the data of a recovered socket, often as a copy. */
  #isLikeOurs(there) {
    return isObject(there) && Object.keys(there).every((name) => this.#names.has(name));
  }

  /** A getter that throws gives no user. */
  #userOf(socket) {
    try {
      const user = userAt(socket, dataOf(socket), this.#userProperty);
      return user == null || user.logged_in === false ? undefined : user;
    } catch {
      return undefined;
    }
  }

  /** Paths give objects in objects, so that criteria and predicates read the copy as they read the user. */
  #copyOf(user) {
    const copy = {};
    for (const { path, get } of this.#properties) {
      const value = plain(() => get(user));
      if (value === undefined) continue;
      let at = copy;
      for (const name of path.slice(0, -1)) {
        if (!Object.hasOwn(at, name) || !isObject(at[name])) at[name] = {};
        at = at[name];
      }
      at[path.at(-1)] = value;
    }
    return copy;
  }
}

/**
 * A value as it is after JSON, so that it is the same on all nodes, and no adapter fails on it. A bigint becomes a text.
 * @returns {unknown} undefined for what JSON does not have, and where a getter throws
 */
function plain(read) {
  try {
    const value = read();
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    const text = JSON.stringify(value, (_name, each) => (typeof each === 'bigint' ? String(each) : each));
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

module.exports = { Share };
