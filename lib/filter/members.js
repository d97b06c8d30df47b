'use strict';

const native = require('../native');
const { userOf } = require('../user');
const { Answers } = require('./answers');
const { filterInto } = require('./predicate');
const { SlotLists, NO_MEMBER } = require('./slot-lists');
const { socketsOf } = require('./targets');

/** On a socket: until it is connected, the Membership that awaits it; then its slot in the index. */
const MEMBER = Symbol('passport-socketio-native: member');
/** So many more members than sockets are worth looking for. */
const SLACK = 64;

/**
 * The sockets of all namespaces that have an authorizer with the option `index`, and in the addon what is indexed
 * of their users. Of Socket.IO 3 and newer: earlier ones keep no count of sockets by which a slip would show.
 */
class Members {
  #index = new native.SocketIndex();
  #enroll = this.#index.enroller();
  #update = this.#index.updater();
  #answers = new Answers(this.#index);
  /** By slot. */
  #sockets = [];
  /** By slot, the group. */
  #groups = new Uint16Array(0);
  /** By group, the columns that it has values for. */
  #known = [];
  #columns = new Map();
  #censuses = new WeakMap();
  /** Namespaces that have members. Each has a number in the index, which goes to another when its last member has left. */
  #inhabited = new Set();
  #ids = 0;
  #freeIds = [];
  #lists = new SlotLists();
  /** Of sockets that no Membership awaits: recovered, or let in by another middleware. */
  #strangers = this.addGroup([]);

  /** The column of a property, if any authorizer has it indexed. */
  columnOf(property) {
    return this.#columns.get(property);
  }

  /** Makes a group of members, those of one authorizer. */
  addGroup(properties) {
    const columns = properties.map((property) => {
      if (!this.#columns.has(property)) this.#columns.set(property, this.#index.addColumn());
      return this.#columns.get(property);
    });
    const group = this.#index.addGroup(columns);
    this.#known[group] = new Set(columns);
    return group;
  }

  /** The socket becomes a member when it is connected; a middleware after ours may refuse it. */
  expect(socket, membership) {
    const namespace = socket.nsp;
    if (!(namespace.sockets instanceof Map)) return;
    const census = this.#censuses.get(namespace) ?? this.#take(namespace);
    if (typeof socket[MEMBER] !== 'number') socket[MEMBER] = membership;
    // One that is connected and was authorized again.
    else this.refresh(socket, membership);
    // Where nobody ever asks, those whose listener was taken away would be kept for good.
    if (census.size > 2 * namespace.sockets.size + SLACK) this.#censusOf(namespace);
  }

  /** Reads the properties of a member's user anew. */
  refresh(socket, membership) {
    const slot = socket[MEMBER];
    const isOurs = typeof slot === 'number' && this.#groups[slot] === membership.group;
    if (isOurs) this.#update(slot, ...membership.valuesOf(userOf(socket)));
  }

  leave(socket) {
    const slot = socket[MEMBER];
    if (typeof slot !== 'number') return;
    this.#index.leave(slot);
    this.#sockets[slot] = undefined;
    socket[MEMBER] = undefined;
    const census = this.#censuses.get(socket.nsp);
    census.size -= 1;
    if (census.size > 0) return;
    this.#inhabited.delete(socket.nsp);
    this.#freeIds.push(census.id);
    census.id = undefined;
  }

  /**
   * Adds the matching sockets of a namespace, in the order of their connection.
   * @returns {boolean} whether the index had an answer; else all users were looked at
   */
  findInto(matches, namespace, query) {
    const census = this.#censusOf(namespace);
    const sockets = this.#sockets;
    const isAnswered =
      census !== undefined &&
      (census.size === 0 ||
        this.#answers.find(census.id, query, (slot, inDoubt) => {
          const socket = sockets[slot];
          if (this.#isMatch(socket, inDoubt, query)) matches.push(socket);
        }));
    if (!isAnswered) filterInto(matches, socketsOf(namespace), query.test);
    return isAnswered;
  }

  /** How many of a namespace match; undefined where users have to be looked at. */
  count(namespace, query) {
    const census = this.#censusOf(namespace);
    if (census?.size === 0) return 0;
    return census && this.#answers.count(census.id, query);
  }

  /**
   * Adds the matching sockets of a list, in its order.
   * @returns {boolean} as of findInto
   */
  selectInto(matches, list, query) {
    const sockets = Array.isArray(list) ? list : [...list];
    const slots = this.#lists.read(sockets, this.#sockets, slotOf, sockets === list);
    const isAnswered = this.#answers.select(slots, query, (position, inDoubt) => {
      const socket = sockets[position];
      if (this.#isMatch(socket, inDoubt, query)) matches.push(socket);
    });
    if (!isAnswered) filterInto(matches, sockets, query.test);
    return isAnswered;
  }

  /** The values of a property among the members of a group, and how many have each. */
  valuesOf(property, group) {
    for (const namespace of this.#inhabited) this.#censusOf(namespace);
    const { values, counts } = this.#index.values(this.#columns.get(property), group);
    return new Map(values.map((value, i) => [value, counts[i]]));
  }

  #take(namespace) {
    const census = { id: undefined, size: 0, listener: (socket) => this.#enrol(socket, census) };
    this.#censuses.set(namespace, census);
    this.#enrolNewcomers(namespace, census);
    return census;
  }

  /** What is known of a namespace, made true where a listener of ours was taken away. */
  #censusOf(namespace) {
    const census = this.#censuses.get(namespace);
    // While we hear of every connection, members are never fewer than sockets, and as many only if they are the same.
    if (!census || (census.size === namespace.sockets.size && listens(namespace, census))) return census;
    for (const socket of this.#sockets) {
      if (socket?.nsp === namespace && namespace.sockets.get(socket.id) !== socket) this.leave(socket);
    }
    this.#enrolNewcomers(namespace, census);
    // Fewer where the index takes no more: past 2^20 namespaces, or broken.
    return census.size === namespace.sockets.size ? census : undefined;
  }

  #nextId() {
    this.#ids += 1;
    return this.#ids - 1;
  }

  #enrolNewcomers(namespace, census) {
    for (const socket of namespace.sockets.values()) this.#enrol(socket, census);
    // Before the app's own listeners, which may look for the socket already.
    if (!listens(namespace, census)) namespace.prependListener('connect', census.listener);
  }

  #enrol(socket, census) {
    const membership = socket[MEMBER];
    // It was looked for before our listener was called.
    if (typeof membership === 'number') return;
    const group = membership?.group ?? this.#strangers;
    const values = membership?.valuesOf(userOf(socket)) ?? [];
    // A property that is a function may have asked a question, which enrolled it.
    if (typeof socket[MEMBER] === 'number') return;
    census.id ??= this.#freeIds.pop() ?? this.#nextId();
    const slot = this.#enroll(group, census.id, ...values);
    if (slot === NO_MEMBER) return;
    this.#sockets[slot] = socket;
    if (slot >= this.#groups.length) this.#groups = longer(this.#groups);
    this.#groups[slot] = group;
    socket[MEMBER] = slot;
    census.size += 1;
    if (census.size === 1) this.#inhabited.add(socket.nsp);
    socket.prependListener('disconnect', onDisconnect);
  }

  /** In doubt, the user is asked: now, and only for what the index does not know. */
  #isMatch(socket, inDoubt, query) {
    // A property that is a function may have disconnected one that was found.
    if (!inDoubt) return socket !== undefined;
    const user = userOf(socket);
    return user !== undefined && query.testBeyond(this.#knownOf(socket))(user);
  }

  #knownOf(socket) {
    const slot = slotOf(socket);
    return this.#known[slot === NO_MEMBER ? this.#strangers : this.#groups[slot]];
  }
}

function longer(groups) {
  const more = new Uint16Array(2 * groups.length + 64);
  more.set(groups);
  return more;
}

function listens(namespace, census) {
  return namespace.listeners('connect').includes(census.listener);
}

/** Node calls a listener with its emitter as `this`, so that one function serves all sockets. */
function onDisconnect() {
  // A client of Socket.IO 3 can send an event of this name, and is still there.
  if (this.nsp.sockets.get(this.id) !== this) members().leave(this);
}

function slotOf(socket) {
  const slot = socket?.[MEMBER];
  return typeof slot === 'number' ? slot : NO_MEMBER;
}

/** @type {Members | undefined} */
let all;

/** Those of this environment; there is no index before somebody asks for one. */
function members() {
  all ??= new Members();
  return all;
}

/** The column of a property, if any authorizer has it indexed. */
function columnOf(property) {
  return all?.columnOf(property);
}

module.exports = { members, columnOf };
