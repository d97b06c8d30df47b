'use strict';

const { number } = require('../../outcomes');

const NO_ANSWER = new Set([number.STORE_ERROR, number.STORE_TIMEOUT, number.CLOSED]);

/**
 * One look-up both ways. Without an answer there is no evidence, only, perhaps, what kept the addon from one.
 * @param {(backend: object) => Promise<{ outcome: number, value: unknown }>} ask
 * @param {unknown} [expected] - the user key that the store has just given
 * @returns {Promise<{ same?: boolean, fault?: string }>}
 */
async function shadowRead(ask, native, store, expected) {
  let said = expected === undefined ? await ask(store) : { outcome: number.FOUND, value: expected };
  // A session may change between the two reads: only a difference that is there a second time is a contradiction.
  for (let looks = 2; ; looks--) {
    const seen = await ask(native);
    if (NO_ANSWER.has(said.outcome) || NO_ANSWER.has(seen.outcome)) return { fault: faultOf(seen) };
    const same = isSame(said, seen);
    // Both find nothing in any two places: only a user who is found proves that they are one.
    if (same) return seen.outcome === number.FOUND ? { same } : {};
    if (same === undefined || looks === 1) return { same };
    said = await ask(store);
  }
}

function faultOf({ outcome, value }) {
  return outcome === number.STORE_ERROR || outcome === number.STORE_TIMEOUT ? String(value) : undefined;
}

/**
 * The same user, or refused for the same reason; the words for a reason differ. Undefined where it cannot be told: a key
 * nested too deeply, or one that the app, which has it by now, has made a ring of.
 */
function isSame(one, other) {
  if (one.outcome !== other.outcome) return false;
  if (one.outcome !== number.FOUND) return true;
  try {
    return JSON.stringify(one.value) === JSON.stringify(other.value);
  } catch {
    return undefined;
  }
}

module.exports = { shadowRead, NO_ANSWER };
