'use strict';

const native = require('../addon');
const { isOnlyUser } = require('../request-user');
const { isMatch } = require('./predicate');
const { IndexQuery } = require('./index-query');
const { WatchedNamespace } = require('./namespace');
const { Groups } = require('./groups');
const { isIndexable } = require('./property');
const { SLOT, BEING_READ, NO_SLOT, SlotLists, slotOf } = require('./slots');

/**
 * The connected sockets of all namespaces that have an authorizer with the option `index`; the addon holds the indexed
 * values of their users. For Socket.IO 3 and newer: earlier versions keep their sockets in no Map.
 */
class SocketRegistry {
  #index = new native.SocketIndex();
  #enroll = this.#index.enroller();
  #update = this.#index.updater();
  #leave = this.#index.leaver();
  #query = new IndexQuery(this.#index);
  /** By slot. */
  #sockets = [];
  /** The group of each slot. */
  #groupAt = new Uint16Array(0);
  #groups = new Groups((columns) => this.#index.addGroup(columns));
  #columns = new Map();
  /** @type {WeakMap<object, WatchedNamespace>} by namespace */
  #namespaces = new WeakMap();
  /** Those with registered sockets. Each has an id, which is free again when the last socket has left. */
  #inhabited = new Set();
  #ids = 0;
  #freeIds = [];
  #lists = new SlotLists();
  /**
   * Sockets that several authorizers have let in, perhaps each with a user of its own, and the UserIndexes of these. None
   * of their values are indexed: a query reads all their users.
   */
  #multiple = new Map();
  /** Sockets that are not connected yet, and the UserIndexes that expect them, where there are several. */
  #expecting = new WeakMap();
  /** By request, the UserIndex that expects its sockets. */
  #requests = new WeakMap();
  /** The group of sockets of which nothing is indexed: no UserIndex expects them, or several do. */
  #unindexed = this.addGroup([]);

  /** The column of a property, if any authorizer has it indexed. */
  columnOf(property) {
    return this.#columns.get(property);
  }

  /** A group for the sockets of one authorizer; where there are no more groups, that of which nothing is indexed. */
  addGroup(properties, userIndex) {
    const columns = properties.map((property) => {
      if (!this.#columns.has(property)) this.#columns.set(property, this.#index.addColumn());
      return this.#columns.get(property);
    });
    return this.#groups.take(columns, userIndex) ?? this.#unindexed;
  }

  /**
   * Adds the property for the slot to a socket. V8 learns the size of sockets from the first few; a property that is added
   * later goes into an array beside the object: 40 bytes instead of 8.
   */
  announce(socket) {
    if (socket.nsp?.sockets instanceof Map && !(SLOT in socket)) socket[SLOT] = undefined;
  }

  /** The socket is registered when it is connected: a later middleware may refuse it. */
  expect(socket, userIndex) {
    if (!this.#watch(socket.nsp) || socket[SLOT] === BEING_READ) return;
    const before = socket[SLOT];
    // A connected socket was authorized again.
    if (typeof before === 'number') this.refresh(socket, userIndex);
    else socket[SLOT] = userIndex;
    if (typeof before === 'object' && before !== userIndex) {
      const others = this.#expecting.get(socket) ?? [before];
      this.#expecting.set(socket, [...others, userIndex]);
    }
  }

  /** The same for all sockets of a request that no authorizer sees: Socket.IO recovers some without middlewares. */
  expectOf(request, userIndex) {
    this.#requests.set(request, userIndex);
  }

  /** Reads the properties of a user again. A socket that no UserIndex expected belongs to this one from now on. */
  refresh(socket, userIndex) {
    if (!this.#watch(socket.nsp)) return;
    const others = this.#multiple.get(socket) ?? [];
    const isOnly = this.#isOnly(socket, userIndex) && others.every((other) => other === userIndex);
    const values = isOnly ? userIndex.valuesOf(socket) : [];
    // Read only now: a getter of the user may have disconnected the socket.
    const slot = socket[SLOT];
    if (typeof slot !== 'number') return;
    const before = this.#groupAt[slot];
    if (before !== userIndex.group && before !== this.#unindexed) return;
    const group = isOnly ? userIndex.group : this.#unindexed;
    this.#groups.enter(group);
    this.#groups.leave(before);
    this.#groupAt[slot] = group;
    this.#update(slot, group, ...values);
    this.#noteMultiple(socket, isOnly ? [] : [...others, userIndex]);
  }

  /** Whether the values of one UserIndex tell everything about a socket's users. */
  #isOnly(socket, userIndex) {
    return userIndex.group !== this.#unindexed && isOnlyUser(socket, userIndex.userProperty);
  }

  /**
   * The matching sockets of a namespace, in the order in which they connected.
   * @returns {object[] | undefined} undefined where all users have to be read
   */
  find(namespace, query) {
    const watched = this.#knownNamespace(namespace);
    if (!watched) return undefined;
    if (watched.size === 0) return [];
    return this.#query.find(watched.id, query, this.#sockets, (socket) => this.#isMatch(socket, query));
  }

  /** How many sockets of a namespace match; undefined where users have to be read. */
  count(namespace, query) {
    const watched = this.#knownNamespace(namespace);
    if (watched?.size === 0) return 0;
    return watched && this.#query.count(watched.id, query);
  }

  /**
   * The matching sockets of an array, in its order.
   * @returns {object[] | undefined} as of find
   */
  select(sockets, query) {
    const slots = this.#lists.read(sockets, this.#sockets);
    return this.#query.select(slots, query, sockets, (socket) => this.#isMatch(socket, query));
  }

  /** The values of a property among the sockets of a UserIndex, and how many sockets have each. */
  valuesOf(property, userIndex) {
    for (const watched of [...this.#inhabited]) this.#refreshWatched(watched);
    const { values, counts } = this.#index.values(this.#columns.get(property), userIndex.group);
    const counted = new Map(values.map((value, i) => [value, counts[i]]));
    for (const [socket, userIndexes] of this.#multiple) {
      if (!userIndexes.includes(userIndex)) continue;
      const value = userIndex.valueOf(socket, property);
      if (isIndexable(value) && !Number.isNaN(value)) counted.set(value, (counted.get(value) ?? 0) + 1);
    }
    return counted;
  }

  /** Watches a namespace from now on; impossible where Socket.IO keeps its sockets in no Map. */
  #watch(namespace) {
    if (!(namespace?.sockets instanceof Map)) return false;
    let watched = this.#namespaces.get(namespace);
    if (!watched) this.#namespaces.set(namespace, (watched = new WatchedNamespace(namespace)));
    if (!watched.isWatching) this.#take(watched);
    return true;
  }

  /** The watched namespace, if what is known of it is true. */
  #knownNamespace(namespace) {
    const watched = this.#namespaces.get(namespace);
    // Undefined where the index takes no more: beyond 2^20 namespaces, or after a failure.
    return watched && this.#refreshWatched(watched) ? watched : undefined;
  }

  #refreshWatched(watched) {
    if (!watched.isTrue) this.#take(watched);
    return watched.isTrue;
  }

  /** Registers the sockets that a namespace has now, and watches it from then on. */
  #take(watched) {
    for (const socket of this.#inhabited.has(watched) ? [...this.#sockets] : []) {
      if (socket?.nsp === watched.namespace && !watched.has(socket)) this.#remove(socket, watched);
    }
    for (const socket of watched.sockets.values()) this.#register(socket, watched);
    if (watched.isWatching) return;
    watched.watch(
      (socket) => this.#register(socket, watched),
      (socket) => this.#remove(socket, watched),
    );
  }

  #nextId() {
    this.#ids += 1;
    return this.#ids - 1;
  }

  #register(socket, watched) {
    const expecting = socket[SLOT] ?? this.#requests.get(socket.request);
    if (typeof expecting === 'number' || expecting === BEING_READ) return;
    // A getter of the user may query the index, which must not register the socket again, or disconnect it.
    socket[SLOT] = BEING_READ;
    const isOnly = expecting !== undefined && !this.#expecting.has(socket) && this.#isOnly(socket, expecting);
    const values = isOnly ? expecting.valuesOf(socket) : [];
    if (socket[SLOT] !== BEING_READ) return;
    const group = isOnly ? expecting.group : this.#unindexed;
    watched.id ??= this.#freeIds.pop() ?? this.#nextId();
    const slot = enrolWith(values, this.#enroll, group, watched.id);
    if (slot === NO_SLOT) {
      socket[SLOT] = expecting;
      return;
    }
    this.#sockets[slot] = socket;
    if (slot >= this.#groupAt.length) this.#groupAt = longer(this.#groupAt);
    this.#groupAt[slot] = group;
    this.#groups.enter(group);
    socket[SLOT] = slot;
    if (expecting !== undefined && !isOnly)
      this.#noteMultiple(socket, this.#expecting.get(socket) ?? [expecting]);
    watched.size += 1;
    if (watched.size === 1) this.#inhabited.add(watched);
  }

  #remove(socket, watched) {
    const slot = socket[SLOT];
    socket[SLOT] = undefined;
    if (typeof slot !== 'number') return;
    this.#leave(slot);
    this.#groups.leave(this.#groupAt[slot]);
    this.#sockets[slot] = undefined;
    this.#noteMultiple(socket, []);
    watched.size -= 1;
    if (watched.size > 0) return;
    this.#inhabited.delete(watched);
    this.#freeIds.push(watched.id);
    watched.id = undefined;
  }

  #noteMultiple(socket, userIndexes) {
    if (userIndexes.length > 0) this.#multiple.set(socket, [...new Set(userIndexes)]);
    else this.#multiple.delete(socket);
  }

  /** Reads from the users, now, what the index does not have of them. */
  #isMatch(socket, query) {
    return isMatch(socket, query.testBeyond(this.#knownOf(socket)));
  }

  #knownOf(socket) {
    const slot = slotOf(socket);
    return this.#groups.columnsOf(slot === NO_SLOT ? this.#unindexed : this.#groupAt[slot]);
  }
}

/** An argument for each value. Spelt out for the usual few: spreading an array takes 50 ns more. */
function enrolWith(values, enroll, group, namespace) {
  switch (values.length) {
    case 1:
      return enroll(group, namespace, values[0]);
    case 2:
      return enroll(group, namespace, values[0], values[1]);
    case 3:
      return enroll(group, namespace, values[0], values[1], values[2]);
    default:
      return enroll(group, namespace, ...values);
  }
}

function longer(groups) {
  const more = new Uint16Array(Math.ceil(1.25 * groups.length) + 64);
  more.set(groups);
  return more;
}

/** @type {SocketRegistry | undefined} */
let all;

/** The one of this environment, made at the first option `index`. */
function registry() {
  all ??= new SocketRegistry();
  return all;
}

/** The column of a property, if any authorizer has it indexed. */
function columnOf(property) {
  return all?.columnOf(property);
}

/** As `SocketRegistry.find`. */
function find(namespace, query) {
  return query.isIndexed ? registry().find(namespace, query) : undefined;
}

/** As `SocketRegistry.select`. */
function select(sockets, query) {
  return query.isIndexed ? registry().select(sockets, query) : undefined;
}

/** As `SocketRegistry.count`. */
function countIn(namespace, query) {
  return registry().count(namespace, query);
}

module.exports = { registry, columnOf, find, select, countIn };
