'use strict';

const { dataOf, userAt } = require('../request-user');
const { getterOf } = require('./property');
const { members } = require('./registry');

/** The option `index` of one authorizer: which properties of its users are looked up natively. */
class Membership {
  #properties;
  #getters;

  /**
   * @param {string[]} properties - names, or paths such as `'team.id'`
   * @param {import('../request-user').Place} place - where the users are
   */
  constructor(properties, place) {
    this.place = place;
    this.#properties = properties;
    this.#getters = properties.map(getterOf);
    this.group = members().addGroup(properties, this);
  }

  /** A socket comes to be authorized. */
  announce(socket) {
    members().announce(socket);
  }

  /** A socket was authorized. */
  admit(socket) {
    members().expect(socket, this);
  }

  /** A request was authorized whose sockets are not there yet. */
  admitRequest(request) {
    members().expectOf(request, this);
  }

  /** The socket's user has changed. */
  refresh(socket) {
    members().refresh(socket, this);
  }

  /** Who is online: the values of a property, and how many sockets have each. */
  users(property) {
    if (!this.#properties.includes(property)) {
      throw new TypeError(
        `authorizer.users(property): "${property}" is not indexed. The option index has ${this.#properties.join(', ')}.`,
      );
    }
    return members().valuesOf(property, this);
  }

  /** The value of one property of a socket's user. */
  valueOf(socket, property) {
    return this.valuesOf(socket)[this.#properties.indexOf(property)];
  }

  /** What is indexed of a socket's user. */
  valuesOf(socket) {
    const getters = this.#getters;
    const user = this.#userOf(socket);
    const values = new Array(getters.length);
    for (let i = 0; i < getters.length; i++) values[i] = valueOf(getters[i], user);
    return values;
  }

  /** What throws is none, as below. */
  #userOf(socket) {
    try {
      const data = dataOf(socket);
      return data && userAt(socket, data, this.place);
    } catch {
      return undefined;
    }
  }
}

/** What throws is none, as for a predicate that would be asked; and Socket.IO is not to be held up by it. */
function valueOf(get, from) {
  try {
    return get(from);
  } catch {
    return undefined;
  }
}

module.exports = { Membership };
