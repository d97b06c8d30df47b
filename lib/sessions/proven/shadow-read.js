'use strict';

const { OUTCOME } = require('../../outcomes');
const { INCONCLUSIVE } = require('./look-up');

/**
 * Makes one look-up both ways.
 * @param {unknown} [expected] - the user key that the store has just given
 * @returns {Promise<{ same?: boolean, fault?: string }>} empty without evidence; `fault`: why the addon got no answer
 */
async function shadowRead(lookUp, native, store, expected) {
  let said = expected === undefined ? await lookUp.ask(store) : { outcome: OUTCOME.FOUND, value: expected };
  // A session may change between two reads: only a difference that is there a second time is a contradiction.
  for (let reads = 1; ; reads++) {
    const seen = await lookUp.ask(native);
    if (INCONCLUSIVE.has(seen.outcome)) return { fault: String(seen.value) };
    if (INCONCLUSIVE.has(said.outcome) || seen.outcome === OUTCOME.CLOSED) return {};
    const same = isSame(said, seen);
    // Any two databases lack most sessions: only a user who is found proves that they are one.
    if (same) return seen.outcome === OUTCOME.FOUND ? { same } : {};
    if (same === undefined || reads === 2) return { same };
    said = await lookUp.ask(store);
  }
}

/** Undefined if JSON cannot tell: a user key may be nested too deeply, and the app may have made its own circular. */
function isSame(one, other) {
  if (one.outcome !== other.outcome) return false;
  try {
    // Each side has its own words for the reason of a refusal.
    return one.outcome !== OUTCOME.FOUND || JSON.stringify(one.value) === JSON.stringify(other.value);
  } catch {
    return undefined;
  }
}

module.exports = { shadowRead };
