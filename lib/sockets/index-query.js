'use strict';

const native = require('../addon');

/**
 * Rust owns these (src/node/index.rs). The first two are returned instead of a length: the array is too short; the index has
 * no answer, read the users. The third marks a slot of an answer whose user has to be read.
 */
const { tooShort: TOO_SHORT, noAnswer: NO_ANSWER, inDoubt: IN_DOUBT } = native.indexLayout();

/**
 * Queries the native index, which writes its answers into an array. A query has `parts` for the addon (column, number of
 * values, values, and so on), `test` for a user, and `isComplete` where the parts are the whole query.
 */
class IndexQuery {
  #index;
  #find;
  #count;
  #select;
  #out;
  /** The slots of a list, for `select`. */
  #list;
  /** Whether an answer is being read: a getter of a user may query the index itself. */
  #isInUse = false;

  constructor(index) {
    this.#index = index;
    this.#find = index.finder();
    this.#count = index.counter();
    this.#select = index.selector();
    this.#makeRoom(0);
  }

  /**
   * The sockets of a namespace that match.
   * @param {object[]} sockets - by slot
   * @param {(socket: object) => boolean} isMatch - decides where the index does not know everything
   * @returns {object[] | undefined} undefined where the index has no answer
   */
  find(namespace, query, sockets, isMatch) {
    return this.#read(this.#ask(this.#find, namespace, query), query, sockets, isMatch);
  }

  /** How many sockets of a namespace match; undefined where users have to be read. */
  count(namespace, query) {
    const sure = this.#ask(this.#count, namespace, query);
    return sure !== NO_ANSWER && this.#out[0] === 0 ? sure : undefined;
  }

  /**
   * The sockets of a list that match.
   * @param {Uint32Array} slots - of each
   * @param {object[]} sockets
   * @param {(socket: object) => boolean} isMatch - as of find
   * @returns {object[] | undefined} as of find
   */
  select(slots, query, sockets, isMatch) {
    if (this.#list.length < slots.length || this.#isInUse) this.#makeRoom(slots.length);
    this.#list.set(slots);
    return this.#read(this.#ask(this.#select, slots.length, query), query, sockets, isMatch);
  }

  #read(length, { isComplete }, sockets, isMatch) {
    if (length === NO_ANSWER) return undefined;
    const out = this.#out;
    const matches = [];
    this.#isInUse = true;
    try {
      for (let i = 0; i < length; i++) {
        const slot = out[i];
        const socket = sockets[slot & ~IN_DOUBT];
        const isSure = isComplete && slot < IN_DOUBT;
        // A getter of a user read before may have disconnected this socket.
        if (isSure ? socket !== undefined : isMatch(socket)) matches.push(socket);
      }
    } finally {
      this.#isInUse = false;
    }
    return matches;
  }

  #ask(question, about, { parts }) {
    if (this.#isInUse) this.#makeRoom(this.#index.size);
    for (;;) {
      const length = question(about, ...parts);
      if (length !== TOO_SHORT) return length;
      this.#makeRoom(this.#index.size);
    }
  }

  /** For this many sockets, and some more. */
  #makeRoom(count) {
    const length = Math.ceil(1.25 * Math.max(count, 1024));
    this.#out = new Uint32Array(length);
    this.#list = new Uint32Array(length);
    this.#isInUse = false;
    this.#index.setOut(this.#out);
    this.#index.setList(this.#list);
  }
}

module.exports = { IndexQuery };
