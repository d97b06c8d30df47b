'use strict';

const native = require('./native');

/**
 * The table of outcomes, made in Rust (src/core/outcome.rs). Look-ups deliver an index into it.
 * @type {ReadonlyArray<{ code: string, message: string, critical: boolean, appendsCause: boolean, hint: string }>}
 */
const table = native.outcomes();

/** Index of each outcome by its code: `number.NO_COOKIE`. */
const number = Object.freeze(Object.fromEntries(table.map((outcome, index) => [outcome.code, index])));

module.exports = { table, number };
