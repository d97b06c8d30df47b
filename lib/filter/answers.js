'use strict';

/** What the addon answers in place of a length: room for more is needed; there is none, and users have to be asked. */
const TOO_SHORT = -1;
const NO_ANSWER = -2;
/** Marks a place in an answer where the user has to be asked. */
const IN_DOUBT = 0x80000000;

/**
 * Questions to the index of the addon, and the array that it writes answers to. A query has `parts` for the addon
 * (column, how many values, values, and so on), `test` for a user, and `isComplete` where the parts are all there is.
 */
class Answers {
  #index;
  #find;
  #count;
  #select;
  #out;
  /** The slots of a list, for `select`. */
  #list;
  /** Whether an answer is being read: a user that is asked may have a getter that puts a question itself. */
  #isInUse = false;

  constructor(index) {
    this.#index = index;
    this.#find = index.finder();
    this.#count = index.counter();
    this.#select = index.selector();
    this.#makeRoom(0);
  }

  /**
   * Runs through the members of a namespace that match.
   * @param {(slot: number, inDoubt: boolean) => void} each
   * @returns {boolean} whether there was an answer
   */
  find(namespace, query, each) {
    return this.#read(this.#ask(this.#find, namespace, query), query, each);
  }

  /** How many members of a namespace match; undefined where users have to be asked. */
  count(namespace, query) {
    const sure = this.#ask(this.#count, namespace, query);
    return sure !== NO_ANSWER && this.#out[0] === 0 ? sure : undefined;
  }

  /**
   * Runs through the positions in a list of slots that match.
   * @param {Uint32Array} slots
   * @param {(position: number, inDoubt: boolean) => void} each
   * @returns {boolean} whether there was an answer
   */
  select(slots, query, each) {
    if (this.#list.length < slots.length || this.#isInUse) this.#makeRoom(slots.length);
    this.#list.set(slots);
    return this.#read(this.#ask(this.#select, slots.length, query), query, each);
  }

  #read(length, { isComplete }, each) {
    const out = this.#out;
    this.#isInUse = true;
    try {
      for (let i = 0; i < length; i++) {
        const place = out[i];
        each(place & ~IN_DOUBT, place >= IN_DOUBT || !isComplete);
      }
    } finally {
      this.#isInUse = false;
    }
    return length !== NO_ANSWER;
  }

  #ask(question, about, { parts }) {
    if (this.#isInUse) this.#makeRoom(this.#index.size);
    for (;;) {
      const length = question(about, ...parts);
      if (length !== TOO_SHORT) return length;
      this.#makeRoom(this.#index.size);
    }
  }

  /** For so many members, or sockets of a list, and some more. */
  #makeRoom(count) {
    const length = Math.ceil(1.25 * Math.max(count, 1024));
    this.#out = new Uint32Array(length);
    this.#list = new Uint32Array(length);
    this.#isInUse = false;
    this.#index.setOut(this.#out);
    this.#index.setList(this.#list);
  }
}

module.exports = { Answers };
