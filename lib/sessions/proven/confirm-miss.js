'use strict';

const timers = require('node:timers');
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

/**
 * Makes the function that asks the store once more about a native miss, as far as the limits allow.
 * @param {(lookUp: object) => void} onLate - the store has answered after all, when it was no longer waited for
 */
function missConfirmer(store, onLate) {
  const underWay = new Set();
  const bucket = new TokenBucket(PER_SECOND);
  let waiting = 0;
  /** How many of those under way are no longer waited for. */
  let overdue = 0;

  /**
   * @param {number} [within] - milliseconds, where the store probably does not answer
   * @returns {Promise<{ outcome: number, value: unknown } | undefined>} what the store says, if it was asked and answers
   */
  return async function confirmMiss(lookUp, within = WITHIN_MS) {
    const isHurried = within < WITHIN_MS;
    // Nobody waits again for a store that has just not answered in this time.
    if (within === 0 || (isHurried && overdue > 0)) return undefined;
    while (underWay.size >= AT_ONCE || !bucket.take()) {
      if (underWay.size === 0 || waiting >= WAITING) return undefined;
      // In a rush right after a change, the first confirmations show whether the others can be trusted.
      waiting += 1;
      const first = await inTime(Promise.race(underWay), isHurried, within);
      waiting -= 1;
      // A store that does not answer one of them would not answer the next: they would wait for it one after the other.
      if (!first || INCONCLUSIVE.has(first.outcome) || !lookUp.isTrusted) return undefined;
    }
    const asked = lookUp.ask(store, Math.min(lookUp.timeLeft, WITHIN_MS));
    underWay.add(asked);
    asked.then(() => underWay.delete(asked));
    const said = await inTime(asked, isHurried, within);
    if (said) return INCONCLUSIVE.has(said.outcome) ? undefined : said;
    overdue += 1;
    asked.then(({ outcome }) => {
      overdue -= 1;
      if (!INCONCLUSIVE.has(outcome)) onLate(lookUp);
    });
    return undefined;
  };
}

/** What a promise gives; undefined where that takes too long. */
function inTime(promise, isHurried, within) {
  if (!isHurried) return promise;
  let timer;
  const late = new Promise((resolve) => {
    timer = timers.setTimeout(resolve, within);
  });
  return Promise.race([promise, late]).finally(() => timers.clearTimeout(timer));
}

module.exports = { missConfirmer };
