'use strict';

const { TokenBucket } = require('../token-bucket');
const { INCONCLUSIVE } = require('./look-up');

/** How many confirmations may start in a second: enough for the first ones after a change, too few for an attack. */
const PER_SECOND = 20;
/** How many may be under way. A store that has become slow must not be asked more and more. */
const AT_ONCE = 4;
/** How many look-ups may wait for one. A flood of outdated cookies must not fill `maxPending` while the store is slow. */
const WAITING = 1000;
/** Milliseconds for one: a client without its Redis queues commands until it is back, and other look-ups wait for this one. */
const WITHIN_MS = 2000;

/** Makes the function that asks the store once more about a native miss, as far as the limits allow. */
function missConfirmer(store) {
  const underWay = new Set();
  const bucket = new TokenBucket(PER_SECOND);
  let waiting = 0;

  /** @returns {Promise<{ outcome: number, value: unknown } | undefined>} what the store says, if it was asked and answers */
  return async function confirmMiss(lookUp) {
    while (underWay.size >= AT_ONCE || !bucket.take()) {
      if (underWay.size === 0 || waiting >= WAITING) return undefined;
      // In a rush right after a change, the first confirmations show whether the others can be trusted.
      waiting += 1;
      const { outcome } = await Promise.race(underWay);
      waiting -= 1;
      // A store that does not answer one of them would not answer the next: they would wait for it one after the other.
      if (INCONCLUSIVE.has(outcome) || !lookUp.isTrusted) return undefined;
    }
    const asked = lookUp.ask(store, Math.min(lookUp.timeLeft, WITHIN_MS));
    underWay.add(asked);
    const said = await asked;
    underWay.delete(asked);
    return INCONCLUSIVE.has(said.outcome) ? undefined : said;
  };
}

module.exports = { missConfirmer };
