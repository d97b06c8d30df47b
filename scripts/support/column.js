'use strict';

const path = require('node:path');

/** The results of the tests on one server: a column of the table, with a cell for each row. */
class Column {
  passed = 0;
  failed = 0;
  /** @type {Map<string, string>} */
  cells = new Map();
  /** @type {Map<string, { passed: number, failed: number }>} */
  #files = new Map();
  #detailed;

  /** @param {string} detailed - the file with a row for each of its tests; every other file has one row */
  constructor(detailed) {
    this.#detailed = detailed;
  }

  /** @param {{ name: string, file: string, passed: boolean }} test */
  add({ name, file, passed }) {
    const { row, way } = this.#placeOf(name, file);
    const result = passed ? 'passed' : 'failed';
    this[result] += 1;
    if (way === undefined) this.#count(row, result);
    else this.cells.set(row, passed ? way : 'FAILED');
  }

  /** In the detailed file, the name of a test ends with the kind of look-up, which the test has checked. */
  #placeOf(name, file) {
    const base = path.basename(file);
    const [, row, way] = (base === this.#detailed && /^(.*): (native|store)$/.exec(name)) || [];
    return { row: row ?? base, way };
  }

  #count(row, result) {
    const counts = this.#files.get(row) ?? { passed: 0, failed: 0 };
    counts[result] += 1;
    this.#files.set(row, counts);
    this.cells.set(row, counts.failed > 0 ? `${counts.failed} FAILED` : `${counts.passed} ok`);
  }
}

module.exports = { Column };
