'use strict';

const { getterOf } = require('./property');

/** Conditions, as the registry takes them. The tests for users are made when a user is read: they are half the cost of a query. */
class Query {
  #conditions;
  #test;
  #tests;
  isIndexed = false;
  isComplete = true;
  /** For the addon. */
  parts = [];
  /** Whether any user was looked at, where the index had an answer. */
  hasAsked = false;

  constructor(conditions) {
    this.#conditions = conditions;
    for (const { column, wanted } of conditions) {
      if (column === undefined) {
        this.isComplete = false;
      } else {
        this.isIndexed = true;
        this.parts.push(column, wanted.length, ...wanted);
      }
    }
    this.isComplete &&= this.isIndexed;
  }

  /** For a user of whom nothing is indexed. */
  get test() {
    this.#test ??= testOf(this.#conditions);
    return this.#test;
  }

  /**
   * The test for a user of whom some columns are indexed. What the index has is as of the connection, for every query.
   * @param {Set<number>} columns - always the same for the same columns
   */
  testBeyond(columns) {
    this.hasAsked = true;
    this.#tests ??= new Map();
    const known = this.#tests.get(columns);
    if (known) return known;
    const test = testOf(this.#conditions.filter(({ column }) => !columns.has(column)));
    this.#tests.set(columns, test);
    return test;
  }
}

/** Conditions as a predicate. */
function testOf(conditions) {
  const tests = conditions.map(({ property, wanted }) => {
    const get = getterOf(property);
    const [only] = wanted;
    if (wanted.length === 1) return (user) => get(user) === only;
    // To a Set NaN equals itself.
    const any = new Set(wanted.filter((value) => !Number.isNaN(value)));
    return (user) => any.has(get(user));
  });
  if (tests.length === 1) return tests[0];
  return (user) => {
    for (let i = 0; i < tests.length; i++) if (!tests[i](user)) return false;
    return true;
  };
}

module.exports = { Query };
