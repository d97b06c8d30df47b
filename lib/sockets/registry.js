'use strict';

const native = require('../addon');
const { isOnlyUser } = require('../request-user');
const { isMatch } = require('./predicate');
const { Answers } = require('./index-query');
const { Census } = require('./namespace');
const { Groups } = require('./groups');
const { isIndexable } = require('./property');
const { MEMBER, BEING_READ, NO_MEMBER, SlotLists, slotOf } = require('./slots');

/**
 * The sockets of all namespaces that have an authorizer with the option `index`, and in the addon what is indexed
 * of their users. Of Socket.IO 3 and newer: earlier ones keep their sockets in no Map.
 */
class Members {
  #index = new native.SocketIndex();
  #enroll = this.#index.enroller();
  #update = this.#index.updater();
  #leave = this.#index.leaver();
  #answers = new Answers(this.#index);
  /** By slot. */
  #sockets = [];
  /** By slot, the group. */
  #groupAt = new Uint16Array(0);
  #groups = new Groups((columns) => this.#index.addGroup(columns));
  #columns = new Map();
  /** By namespace. */
  #censuses = new WeakMap();
  /** Censuses of namespaces that have members. Each has an id, which goes to another when the last member has left. */
  #inhabited = new Set();
  #ids = 0;
  #freeIds = [];
  #lists = new SlotLists();
  /**
   * By socket, the Memberships of those that several authorizers have let in, maybe each with a user of its own: they are
   * members of whom nothing is indexed, so that all their users are asked.
   */
  #shared = new Map();
  /** By socket that is not connected yet, the Memberships that await it, where they are several. */
  #awaiting = new WeakMap();
  /** By request, the Membership that awaits its sockets. */
  #requests = new WeakMap();
  /** Of sockets that no Membership awaits: recovered, or let in by another middleware. */
  #strangers = this.addGroup([]);

  /** The column of a property, if any authorizer has it indexed. */
  columnOf(property) {
    return this.#columns.get(property);
  }

  /** A group of members, those of one authorizer; where there are no more groups, that of strangers, who are asked. */
  addGroup(properties, membership) {
    const columns = properties.map((property) => {
      if (!this.#columns.has(property)) this.#columns.set(property, this.#index.addColumn());
      return this.#columns.get(property);
    });
    return this.#groups.take(columns, membership) ?? this.#strangers;
  }

  /**
   * Makes room for the slot in a socket. While an app's first few sockets are made V8 learns how large they get; one that
   * grows later has the slot in an array beside it: 40 bytes in place of 8.
   */
  announce(socket) {
    if (socket.nsp?.sockets instanceof Map && !(MEMBER in socket)) socket[MEMBER] = undefined;
  }

  /** The socket becomes a member when it is connected; a middleware after ours may refuse it. */
  expect(socket, membership) {
    if (!this.#hearOf(socket.nsp) || socket[MEMBER] === BEING_READ) return;
    const before = socket[MEMBER];
    // One that is connected and was authorized again.
    if (typeof before === 'number') this.refresh(socket, membership);
    else socket[MEMBER] = membership;
    if (typeof before === 'object' && before !== membership) {
      const others = this.#awaiting.get(socket) ?? [before];
      this.#awaiting.set(socket, [...others, membership]);
    }
  }

  /** The same for all sockets of a request, unless an authorizer sees them: Socket.IO recovers some without a middleware. */
  expectOf(request, membership) {
    this.#requests.set(request, membership);
  }

  /** Reads the properties of a member's user anew. A stranger becomes one of ours. */
  refresh(socket, membership) {
    if (!this.#hearOf(socket.nsp)) return;
    const others = this.#shared.get(socket) ?? [];
    const isOnly = this.#isOnly(socket, membership) && others.every((other) => other === membership);
    const values = isOnly ? membership.valuesOf(socket) : [];
    // Looked at after that: a getter may have disconnected it.
    const slot = socket[MEMBER];
    if (typeof slot !== 'number') return;
    const before = this.#groupAt[slot];
    if (before !== membership.group && before !== this.#strangers) return;
    const group = isOnly ? membership.group : this.#strangers;
    this.#groups.enter(group);
    this.#groups.leave(before);
    this.#groupAt[slot] = group;
    this.#update(slot, group, ...values);
    this.#share(socket, isOnly ? [] : [...others, membership]);
  }

  /** Whether what is indexed for a Membership is all there is to know of a socket's users. */
  #isOnly(socket, membership) {
    return membership.group !== this.#strangers && isOnlyUser(socket, membership.place);
  }

  /**
   * The matching sockets of a namespace, in the order of their connection.
   * @returns {object[] | undefined} undefined where all users have to be looked at
   */
  find(namespace, query) {
    const census = this.#censusOf(namespace);
    if (!census) return undefined;
    if (census.size === 0) return [];
    return this.#answers.find(census.id, query, this.#sockets, (socket) => this.#isMatch(socket, query));
  }

  /** How many of a namespace match; undefined where users have to be looked at. */
  count(namespace, query) {
    const census = this.#censusOf(namespace);
    if (census?.size === 0) return 0;
    return census && this.#answers.count(census.id, query);
  }

  /**
   * The matching sockets of an array, in its order.
   * @returns {object[] | undefined} as of find
   */
  select(sockets, query) {
    const slots = this.#lists.read(sockets, this.#sockets);
    return this.#answers.select(slots, query, sockets, (socket) => this.#isMatch(socket, query));
  }

  /** The values of a property among the members of a Membership, and how many have each. */
  valuesOf(property, membership) {
    for (const census of [...this.#inhabited]) this.#makeTrue(census);
    const { values, counts } = this.#index.values(this.#columns.get(property), membership.group);
    const counted = new Map(values.map((value, i) => [value, counts[i]]));
    for (const [socket, memberships] of this.#shared) {
      if (!memberships.includes(membership)) continue;
      const value = membership.valueOf(socket, property);
      if (isIndexable(value) && !Number.isNaN(value)) counted.set(value, (counted.get(value) ?? 0) + 1);
    }
    return counted;
  }

  /** Hears of each socket of a namespace from now on; not where Socket.IO keeps them in no Map. */
  #hearOf(namespace) {
    if (!(namespace?.sockets instanceof Map)) return false;
    let census = this.#censuses.get(namespace);
    if (!census) this.#censuses.set(namespace, (census = new Census(namespace)));
    if (!census.isWatching) this.#take(census);
    return true;
  }

  /** What is known of a namespace, if that is true. */
  #censusOf(namespace) {
    const census = this.#censuses.get(namespace);
    // Not where the index takes no more: past 2^20 namespaces, or broken.
    return census && this.#makeTrue(census) ? census : undefined;
  }

  #makeTrue(census) {
    if (!census.isTrue) this.#take(census);
    return census.isTrue;
  }

  /** Takes the sockets of a namespace for what they are, and hears of each from then on. */
  #take(census) {
    for (const socket of this.#inhabited.has(census) ? [...this.#sockets] : []) {
      if (socket?.nsp === census.namespace && !census.has(socket)) this.#dismiss(socket, census);
    }
    for (const socket of census.sockets.values()) this.#enrol(socket, census);
    if (census.isWatching) return;
    census.watch(
      (socket) => this.#enrol(socket, census),
      (socket) => this.#dismiss(socket, census),
    );
  }

  #nextId() {
    this.#ids += 1;
    return this.#ids - 1;
  }

  #enrol(socket, census) {
    const awaiting = socket[MEMBER] ?? this.#requests.get(socket.request);
    if (typeof awaiting === 'number' || awaiting === BEING_READ) return;
    // A getter of the user may ask questions, which are not to enrol the socket, or disconnect it.
    socket[MEMBER] = BEING_READ;
    const isOnly = awaiting !== undefined && !this.#awaiting.has(socket) && this.#isOnly(socket, awaiting);
    const values = isOnly ? awaiting.valuesOf(socket) : [];
    if (socket[MEMBER] !== BEING_READ) return;
    const group = isOnly ? awaiting.group : this.#strangers;
    census.id ??= this.#freeIds.pop() ?? this.#nextId();
    const slot = enrolWith(values, this.#enroll, group, census.id);
    if (slot === NO_MEMBER) {
      socket[MEMBER] = awaiting;
      return;
    }
    this.#sockets[slot] = socket;
    if (slot >= this.#groupAt.length) this.#groupAt = longer(this.#groupAt);
    this.#groupAt[slot] = group;
    this.#groups.enter(group);
    socket[MEMBER] = slot;
    if (awaiting !== undefined && !isOnly) this.#share(socket, this.#awaiting.get(socket) ?? [awaiting]);
    census.size += 1;
    if (census.size === 1) this.#inhabited.add(census);
  }

  #dismiss(socket, census) {
    const slot = socket[MEMBER];
    socket[MEMBER] = undefined;
    if (typeof slot !== 'number') return;
    this.#leave(slot);
    this.#groups.leave(this.#groupAt[slot]);
    this.#sockets[slot] = undefined;
    this.#share(socket, []);
    census.size -= 1;
    if (census.size > 0) return;
    this.#inhabited.delete(census);
    this.#freeIds.push(census.id);
    census.id = undefined;
  }

  #share(socket, memberships) {
    if (memberships.length > 0) this.#shared.set(socket, [...new Set(memberships)]);
    else this.#shared.delete(socket);
  }

  /** Asks the users, now, for what the index does not know of them. */
  #isMatch(socket, query) {
    return isMatch(socket, query.testBeyond(this.#knownOf(socket)));
  }

  #knownOf(socket) {
    const slot = slotOf(socket);
    return this.#groups.columnsOf(slot === NO_MEMBER ? this.#strangers : this.#groupAt[slot]);
  }
}

/** An argument for each value. Spelt out where they are as few as usual: to spread them takes 50 ns more. */
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

/** As `Members.find`. */
function find(namespace, query) {
  return query.isIndexed ? members().find(namespace, query) : undefined;
}

/** As `Members.select`. */
function select(sockets, query) {
  return query.isIndexed ? members().select(sockets, query) : undefined;
}

/** As `Members.count`. */
function countIn(namespace, query) {
  return members().count(namespace, query);
}

module.exports = { members, columnOf, find, select, countIn };
