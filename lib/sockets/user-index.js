'use strict';

const { dataOf, userAt } = require('../request-user');
const { getterOf } = require('./property');

/** The option `index` of one authorizer: which properties of its users are indexed. */
class UserIndex {
  #properties;
  #getters;
  #registry;

  /**
   * @param {string[]} properties - names, or paths such as `'team.id'`
   * @param {import('../request-user').UserProperty} userProperty - where the users are
   * @param {object} registry - of the connected sockets: that of registry.js, which is native, or one for tests
   */
  constructor(properties, userProperty, registry) {
    this.userProperty = userProperty;
    this.#registry = registry;
    this.#properties = properties;
    this.#getters = properties.map(getterOf);
    this.group = registry.addGroup(properties, this);
  }

  /** A socket is about to be authorized. */
  announce(socket) {
    this.#registry.announce(socket);
  }

  /** The socket is authorized, and will be indexed when it is connected. */
  expect(socket) {
    this.#registry.expect(socket, this);
  }

  /** The request is authorized; its sockets do not exist yet. */
  expectOf(request) {
    this.#registry.expectOf(request, this);
  }

  /** The user of the socket has changed. */
  refresh(socket) {
    this.#registry.refresh(socket, this);
  }

  /** Who is online: the values of a property, and how many sockets have each. */
  users(property) {
    if (!this.#properties.includes(property)) {
      throw new TypeError(
        `authorizer.users(property): "${property}" is not indexed. The option index has ${this.#properties.join(', ')}.`,
      );
    }
    return this.#registry.valuesOf(property, this);
  }

  /** The value of one property of a socket's user. */
  valueOf(socket, property) {
    return this.valuesOf(socket)[this.#properties.indexOf(property)];
  }

  /** The values that are indexed of a socket's user. */
  valuesOf(socket) {
    const getters = this.#getters;
    const user = this.#userOf(socket);
    const values = new Array(getters.length);
    for (let i = 0; i < getters.length; i++) values[i] = valueOf(getters[i], user);
    return values;
  }

  /** A getter that throws gives no user. */
  #userOf(socket) {
    try {
      const data = dataOf(socket);
      return data && userAt(socket, data, this.userProperty);
    } catch {
      return undefined;
    }
  }
}

/** A getter that throws gives no value, as in a predicate; it must not keep Socket.IO from connecting the socket. */
function valueOf(get, from) {
  try {
    return get(from);
  } catch {
    return undefined;
  }
}

module.exports = { UserIndex };
