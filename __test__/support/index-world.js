'use strict';

const assert = require('node:assert/strict');
const { assertFound, assertSame, predicateOf, valueAt } = require('./index-model');
const ours = require('../..');
const { FakeNamespace, authorizerOf, admit, disconnect, enter, visitorOf } = require('./index-sockets');

const INDEXES = [['id', 'role', 'team.id'], ['role', 'flag', 'team.lead.id'], ['id'], undefined];
const PROPERTIES = ['id', 'role', 'team.id', 'team.lead.id', 'flag', 'note'];
/** Ids as from MongoDB, Google and Discord, which the index packs: two digits in a byte. */
const IDS = [
  '65f0c1a2b3d4e5f600000001',
  '65F0c1a2b3d4e5f600000001',
  '105839203948203948123',
  '080351110224678912',
];
const VALUES = [
  1,
  2,
  3,
  0,
  -0,
  NaN,
  '1',
  '2',
  '',
  1n,
  true,
  false,
  null,
  undefined,
  'admin',
  '\ud800',
  'ÿĀ',
  ...IDS,
];
const NEVER_WANTED = [undefined, {}, [1], () => 1, Symbol('1')];
const WANTED = VALUES.filter((value) => value !== undefined);

/**
 * Namespaces, authorizers and sockets in random steps, and a model of them: the same facts about each socket, kept by the
 * simplest code.
 */
class World {
  #random;
  #filters;
  #namespaces = ['/', '/chat', '/news'].map((name) => new FakeNamespace(name));
  #authorizers;
  /** Connected sockets, in the order of connection. */
  #sockets = [];
  /** Sockets that have left, or that a later middleware refused. */
  #others = [];
  /** Lists that are passed several times. */
  #lists = [[], [], []];
  /** By socket: its authorizer, and the indexed values of its user. */
  #indexed = new WeakMap();
  /** How many sockets were found, and how many were not. */
  found = 0;
  passedOver = 0;

  /**
   * @param {(options: object) => Function} [authorizerIn] - gives an authorizer whose user is `brought` of the request
   * @param {object} [filters] - `filterSocketsByUser` and `countSocketsByUser`
   */
  constructor(random, authorizerIn = authorizerOf, filters = ours) {
    this.#random = random;
    this.#filters = filters;
    this.#authorizers = INDEXES.map((index) =>
      authorizerIn({ index, fail: (_data, _message, _critical, accept) => accept() }),
    );
  }

  step() {
    const { below, chance, pick } = this.#random;
    const happening = below(100);
    if (happening < (this.#sockets.length < 200 ? 22 : 14)) this.#connect();
    else if (happening < 30) this.#leave(pick(this.#sockets));
    else if (happening < 44) this.#change(pick([...this.#sockets, ...this.#others]));
    else if (happening < 55) this.#reindex(pick([...this.#sockets, ...this.#others]));
    else if (happening < 72) this.#editList(pick(this.#lists));
    else this.#ask();
    if (chance(2)) this.#askForUsers();
    // Sometimes nearly all sockets leave.
    if (chance(0.1)) for (const socket of [...this.#sockets]) if (chance(90)) this.#leave(socket);
  }

  #connect() {
    const { chance, pick } = this.#random;
    const namespace = pick(this.#namespaces);
    // A user may have several sockets. A socket without a user is a guest. Some sockets pass no authorizer.
    const known = pick(this.#sockets)?.request.user;
    const user = known && chance(20) ? known : chance(8) ? null : this.#anyUser();
    const socket = visitorOf(namespace, user);
    const authorizer = chance(4) ? undefined : pick(this.#authorizers);
    if (authorizer) assert.equal(admit(authorizer, socket), undefined);
    if (chance(5)) {
      this.#others.push(socket);
      return;
    }
    // A later middleware may change the user.
    if (chance(10)) this.#change(socket);
    if (authorizer) this.#index(socket, authorizer);
    enter(socket);
    this.#sockets.push(socket);
  }

  #anyUser() {
    const { chance, pick } = this.#random;
    const value = () => (chance(6) ? pick(NEVER_WANTED) : pick(VALUES));
    const team = chance(20) ? pick([null, undefined, 7]) : { id: value(), lead: { id: value() } };
    return { id: value(), role: value(), flag: value(), note: value(), team };
  }

  #index(socket, authorizer) {
    const properties = INDEXES[this.#authorizers.indexOf(authorizer)] ?? [];
    const { user } = socket.request;
    const values = new Map(properties.map((property) => [property, valueAt(user, property)]));
    this.#indexed.set(socket, { authorizer, values });
  }

  #leave(socket) {
    if (!socket) return;
    disconnect(socket);
    this.#indexed.delete(socket);
    this.#sockets.splice(this.#sockets.indexOf(socket), 1);
    this.#others.push(socket);
    if (this.#others.length > 40) this.#others.shift();
  }

  #change(socket) {
    const user = socket?.request.user;
    if (!user) return;
    const { pick } = this.#random;
    const property = pick(['id', 'role', 'flag', 'note', 'team']);
    user[property] = this.#anyUser()[property];
  }

  #reindex(socket) {
    if (!socket) return;
    const authorizer = this.#random.pick(this.#authorizers);
    authorizer.reindex(socket);
    const own = this.#indexed.get(socket)?.authorizer;
    const indexes = (one) => INDEXES[this.#authorizers.indexOf(one)] !== undefined;
    // A socket that had passed no authorizer with an index now becomes a member.
    const isStranger = this.#sockets.includes(socket) && !indexes(own) && indexes(authorizer);
    if (isStranger || own === authorizer) this.#index(socket, authorizer);
  }

  #editList(list) {
    const { below, pick } = this.#random;
    const some = () => pick([...this.#sockets, ...this.#others]);
    const edit = below(100);
    if (edit < 10) list.splice(0, list.length, ...this.#sockets);
    else if (edit < 20) list.reverse();
    else if (edit < 50) list.splice(below(list.length + 1), below(4), some());
    else if (edit < 75 && list.length > 0) list[below(list.length)] = some();
    else if (list.length > 1) [list[0], list[list.length - 1]] = [list[list.length - 1], list[0]];
  }

  #ask() {
    const { chance, pick } = this.#random;
    const criteria = this.#anyCriteria();
    const isMatch = this.#matcherOf(criteria);
    const namespace = pick(this.#namespaces);
    const there = this.#sockets.filter(({ nsp }) => nsp === namespace);
    const expected = there.filter(isMatch);
    this.found += expected.length;
    this.passedOver += there.length - expected.length;
    this.#check(namespace, criteria, expected);

    const list = pick(this.#lists);
    this.#check(list, criteria, list.filter(isMatch));
    if (chance(20)) this.#check(new Set(list), criteria, [...new Set(list)].filter(isMatch));
    if (chance(20)) {
      const children = new Set(this.#namespaces);
      const all = [...children].flatMap((child) => this.#sockets.filter(({ nsp }) => nsp === child));
      this.#check({ children }, criteria, all.filter(isMatch));
    }
  }

  #anyCriteria() {
    const { below, chance, pick } = this.#random;
    const criteria = {};
    for (let count = below(4); count > 0; count -= 1) {
      const several = Array.from({ length: below(7) }, () => pick(WANTED));
      criteria[pick(PROPERTIES)] = chance(50) ? pick(WANTED) : several;
    }
    return criteria;
  }

  /** The value at the connection or the last reindex, if the property is indexed; else the current one. */
  #matcherOf(criteria) {
    const predicate = predicateOf(criteria);
    return (socket) => {
      const user = socket?.request.user;
      if (user === undefined) return false;
      const values = this.#indexed.get(socket)?.values;
      const valueOf = (property) => (values?.has(property) ? values.get(property) : valueAt(user, property));
      return predicate(user, valueOf);
    };
  }

  #askForUsers() {
    const place = this.#random.below(3);
    const authorizer = this.#authorizers[place];
    for (const property of INDEXES[place]) {
      const expected = new Map();
      for (const socket of this.#sockets) {
        const indexed = this.#indexed.get(socket);
        const value = indexed?.authorizer === authorizer ? indexed.values.get(property) : undefined;
        if (WANTED.includes(value) && !Number.isNaN(value))
          expected.set(value, (expected.get(value) ?? 0) + 1);
      }
      assert.deepEqual(authorizer.users(property), expected);
    }
  }

  /** Reindexes all users: from here on, a predicate must find the same. */
  settle() {
    for (const socket of this.#sockets) {
      const authorizer = this.#indexed.get(socket)?.authorizer;
      if (!authorizer) continue;
      authorizer.reindex(socket);
      this.#index(socket, authorizer);
    }
    for (let i = 0; i < 20; i += 1) {
      const criteria = this.#anyCriteria();
      const isMatch = this.#matcherOf(criteria);
      for (const list of [this.#sockets, ...this.#lists])
        assertFound(list, criteria, list.filter(isMatch), undefined, this.#filters);
    }
  }

  #check(target, criteria, expected) {
    const { filterSocketsByUser, countSocketsByUser } = this.#filters;
    assertSame(filterSocketsByUser(target, criteria), expected);
    assert.equal(countSocketsByUser(target, criteria), expected.length);
  }
}

module.exports = { World };
