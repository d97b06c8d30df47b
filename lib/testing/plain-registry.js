'use strict';

const { isOnlyUser } = require('../request-user');
const { WatchedNamespace } = require('../sockets/namespace');
const { isMatch } = require('../sockets/predicate');
const { isIndexable } = require('../sockets/property');
const { isConnected } = require('../sockets/targets');

/** What is known of a socket of which nothing is indexed. */
const NOTHING = Object.freeze({ columns: new Set(), values: new Map() });

/**
 * The registry of connected sockets (lib/sockets/registry.js) without the addon. It reads each socket, and gives the same
 * answers: indexed values are as of the connection, or of the last `reindex`.
 */
class PlainRegistry {
  #columns = new Map();
  /** @type {WeakMap<object, Set<object>>} by socket, the UserIndexes that have let it in */
  #expecting = new WeakMap();
  /** The same by request, of sockets that no authorizer sees. */
  #requests = new WeakMap();
  /** @type {Map<object, { only: object | undefined, columns: Set<number>, values: Map<number, unknown> }>} by connected socket */
  #known = new Map();
  /** @type {WeakMap<object, WatchedNamespace>} */
  #namespaces = new WeakMap();

  columnOf(property) {
    return this.#columns.get(property);
  }

  /** @returns {number[]} the columns of a UserIndex */
  addGroup(properties) {
    for (const property of properties) {
      if (!this.#columns.has(property)) this.#columns.set(property, this.#columns.size);
    }
    return properties.map((property) => this.#columns.get(property));
  }

  announce() {}

  expect(socket, userIndex) {
    if (!this.#watch(socket.nsp)) return;
    this.#add(socket, userIndex);
    if (isConnected(socket)) this.refresh(socket, userIndex);
  }

  expectOf(request, userIndex) {
    this.#requests.set(request, userIndex);
  }

  /** Reads the properties of a user again. A socket that no UserIndex expected belongs to this one from now on. */
  refresh(socket, userIndex) {
    if (!this.#watch(socket.nsp) || !isConnected(socket)) return;
    const only = this.#known.get(socket)?.only;
    if (only !== undefined && only !== userIndex) return;
    this.#add(socket, userIndex);
    this.#read(socket);
  }

  find(namespace, query) {
    if (!query.isIndexed || !this.#namespaces.has(namespace)) return undefined;
    return [...namespace.sockets.values()].filter((socket) => this.#matches(socket, query));
  }

  select(sockets, query) {
    return query.isIndexed ? sockets.filter((socket) => this.#matches(socket, query)) : undefined;
  }

  countIn(namespace, query) {
    if (!this.#namespaces.has(namespace)) return undefined;
    const isKnown = (socket) =>
      conditionsIn(query.parts).every(({ column }) => this.#of(socket).columns.has(column));
    return [...namespace.sockets.values()].every(isKnown) ? this.find(namespace, query).length : undefined;
  }

  /** The values of a property among the sockets of a UserIndex, and how many sockets have each. */
  valuesOf(property, userIndex) {
    const counted = new Map();
    for (const [socket, { only, values }] of this.#known) {
      if (!isConnected(socket) || !this.#expecting.get(socket)?.has(userIndex)) continue;
      const value = only ? values.get(this.columnOf(property)) : userIndex.valueOf(socket, property);
      if (isIndexable(value) && !Number.isNaN(value)) counted.set(value, (counted.get(value) ?? 0) + 1);
    }
    return counted;
  }

  /** Socket.IO 3 and 4 keep their sockets in a Map; of older ones nothing is indexed. */
  #watch(namespace) {
    if (!(namespace?.sockets instanceof Map)) return false;
    let watched = this.#namespaces.get(namespace);
    if (watched === undefined) this.#namespaces.set(namespace, (watched = new WatchedNamespace(namespace)));
    if (watched.isWatching) return true;
    watched.watch(
      (socket) => this.#read(socket),
      (socket) => this.#known.delete(socket),
    );
    for (const socket of namespace.sockets.values()) this.#read(socket);
    return true;
  }

  #add(socket, userIndex) {
    if (!this.#expecting.has(socket)) this.#expecting.set(socket, new Set());
    this.#expecting.get(socket).add(userIndex);
  }

  /** A socket connects, or its user has changed. Of sockets that several authorizers have let in nothing is indexed. */
  #read(socket) {
    if (!this.#expecting.has(socket) && this.#requests.has(socket.request)) {
      this.#add(socket, this.#requests.get(socket.request));
    }
    const [userIndex, ...others] = this.#expecting.get(socket) ?? [];
    const isOnly =
      userIndex !== undefined && others.length === 0 && isOnlyUser(socket, userIndex.userProperty);
    const columns = isOnly ? userIndex.group : [];
    const values = isOnly ? userIndex.valuesOf(socket) : [];
    // A getter of the user may have disconnected the socket.
    if (!isConnected(socket)) return;
    this.#known.set(socket, {
      only: isOnly ? userIndex : undefined,
      columns: setOf(columns),
      values: new Map(columns.map((column, at) => [column, values[at]])),
    });
  }

  #of(socket) {
    return this.#known.get(socket) ?? NOTHING;
  }

  #matches(socket, query) {
    const { columns, values } = this.#of(socket);
    const conditions = conditionsIn(query.parts);
    const known = conditions.filter(({ column }) => columns.has(column));
    if (!known.every(({ column, wanted }) => wanted.some((value) => value === values.get(column))))
      return false;
    const isSure = query.isComplete && known.length === conditions.length;
    return isSure || isMatch(socket, query.testBeyond(columns));
  }
}

/** What a Query has for the addon: a column, the number of values, the values, and so on. */
function conditionsIn(parts) {
  const conditions = [];
  for (let at = 0; at < parts.length; at += 2 + parts[at + 1]) {
    conditions.push({ column: parts[at], wanted: parts.slice(at + 2, at + 2 + parts[at + 1]) });
  }
  return conditions;
}

const sets = new Map();

/** Always the same Set for the same columns, as a Query wants it. */
function setOf(columns) {
  const key = columns.join();
  if (!sets.has(key)) sets.set(key, new Set(columns));
  return sets.get(key);
}

module.exports = { PlainRegistry };
