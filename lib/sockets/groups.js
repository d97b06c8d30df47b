'use strict';

const native = require('../addon');

/** As many as the native index has. */
const { maxGroups: MOST } = native.indexLayout();

/**
 * Groups of sockets in the registry, one for each authorizer with an index. An app may make an authorizer for each socket.
 * So the group of a collected authorizer goes to the next authorizer with the same properties, once its last socket has
 * left.
 */
class Groups {
  #addGroup;
  /** By group: its columns, how many sockets it has, and whether its authorizer was collected. */
  #groups = [];
  /** Free groups, by columns. */
  #free = new Map();
  #collected = new FinalizationRegistry((group) => {
    this.#groups[group].isGone = true;
    this.#recycle(group);
  });

  /** @param {(columns: number[]) => number} addGroup */
  constructor(addGroup) {
    this.#addGroup = addGroup;
  }

  /**
   * A group for an owner, which keeps it as long as it lives.
   * @returns {number | undefined} undefined where there are no more
   */
  take(columns, owner) {
    const free = this.#free.get(columns.join())?.pop();
    if (free === undefined && this.#groups.length >= MOST) return undefined;
    const group = free ?? this.#addGroup(columns);
    this.#groups[group] = { key: columns.join(), columns: new Set(columns), size: 0, isGone: false };
    if (owner) this.#collected.register(owner, group);
    return group;
  }

  /** The columns of which a group has values; always the same Set for the same group. */
  columnsOf(group) {
    return this.#groups[group].columns;
  }

  enter(group) {
    this.#groups[group].size += 1;
  }

  leave(group) {
    this.#groups[group].size -= 1;
    this.#recycle(group);
  }

  #recycle(group) {
    const { key, size, isGone } = this.#groups[group];
    if (!isGone || size > 0) return;
    if (!this.#free.has(key)) this.#free.set(key, []);
    this.#free.get(key).push(group);
    this.#groups[group].isGone = false;
  }
}

module.exports = { Groups };
