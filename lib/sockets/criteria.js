'use strict';

const { matching } = require('./predicate');
const { isIndexable, isProperty } = require('./property');
const { Query } = require('./query');
const { joined, socketsOf } = require('./targets');

/** More values than this are looked for in the users: each is an argument of a call. */
const MANY = 1000;

/** How queries by criteria were answered in this process: `authorizer.stats().filters`. */
const usage = { indexed: 0, scanned: 0 };

/**
 * `{ property: value, … }`: each property has that value, or one of the values of an array. Equality is `===`.
 * Answered from the index as far as that goes; what only the users themselves can tell is asked of them.
 */
class Criteria {
  #query;
  #index;

  /**
   * @param {object} index - the functions `columnOf`, `find`, `select` and `countIn` of registry.js, or those for tests
   * @throws {TypeError} naming the property, and what its value should be
   */
  constructor(given, caller, index) {
    this.#index = index;
    if (!isPlain(given)) {
      throw new TypeError(
        `${caller}(target, criteria): criteria must be a plain object { property: value }, not a ${given.constructor?.name}.`,
      );
    }
    // Passed over, it would match everybody.
    if (Object.getOwnPropertySymbols(given).length > 0) {
      throw new TypeError(`${caller}(target, criteria): properties are named by strings, not by symbols.`);
    }
    const conditions = Object.entries(given).map(([property, value]) =>
      conditionOf(property, value, caller, index),
    );
    this.#query = new Query(conditions);
  }

  filter({ list, namespaces }) {
    const query = this.#query;
    const index = this.#index;
    const sockets = list && !Array.isArray(list) ? [...list] : list;
    const answers = sockets
      ? [index.select(sockets, query)]
      : namespaces.map((namespace) => index.find(namespace, query));
    const scan = (at) => matching(sockets ?? socketsOf(namespaces[at]), query.test);
    const matches = joined(answers.map((answer, at) => answer ?? scan(at)));
    if (!answers.includes(undefined) && query.isComplete && !query.hasAsked) usage.indexed += 1;
    else usage.scanned += 1;
    return matches;
  }

  /** Of a namespace, where the index knows it all, without looking at one socket. */
  count(source) {
    const query = this.#query;
    if (source.list || !query.isComplete) return this.filter(source).length;
    let sum = 0;
    for (const namespace of source.namespaces) {
      const count = this.#index.countIn(namespace, query);
      if (count === undefined) return this.filter(source).length;
      sum += count;
    }
    usage.indexed += 1;
    return sum;
  }
}

/** A promise that nobody awaited, or a Date, has no properties, and would match everybody. */
function isPlain(object) {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function conditionOf(property, value, caller, index) {
  const wanted = Array.isArray(value) ? [...value] : [value];
  if (!isProperty(property)) {
    throw new TypeError(
      `${caller}(target, criteria): "${property}" is no name of a property, nor a path of them.`,
    );
  }
  if (!wanted.every(isIndexable)) {
    throw new TypeError(
      `${caller}(target, criteria): ${property} must be a string, a number, a boolean, a bigint, null, or an array of these; ` +
        'for anything else give a function (user) => boolean.',
    );
  }
  return { property, wanted, column: wanted.length <= MANY ? index.columnOf(property) : undefined };
}

module.exports = { Criteria, usage };
