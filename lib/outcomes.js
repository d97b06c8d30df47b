'use strict';

const native = require('./addon');

/**
 * The table of outcomes, which Rust owns (src/core/outcome.rs). A look-up delivers an index into it.
 * @type {ReadonlyArray<{ code: string, message: string, critical: boolean, appendsCause: boolean, clientText: string,
 *   hint: string }>}
 */
const outcomes = native.outcomes();

/** The index of each outcome by its code: `OUTCOME.NO_COOKIE`. */
const OUTCOME = Object.freeze(Object.fromEntries(outcomes.map(({ code }, index) => [code, index])));

/** The cause of `CLOSED`. */
const CLOSED = 'the authorizer was closed';

module.exports = { CLOSED, OUTCOME, outcomes };
