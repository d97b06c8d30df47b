'use strict';

const { performance } = require('node:perf_hooks');
const { number } = require('../../outcomes');
const { NO_ANSWER } = require('./shadow-read');

/** How many confirmations may start in a second: enough for the first ones after a change, too few to be an attack. */
const PER_SECOND = 20;
const AT_ONCE = 4;
/** How many may wait for their result. A flood of outdated cookies must not fill `maxPending` where the store is slow. */
const WAITING = 1000;

/**
 * What may be the addon's mistake: what Redis said of a session, or why it said nothing. A visitor may have logged in
 * meanwhile, where only the client looks.
 */
const DOUBTFUL = new Set([
  number.SESSION_NOT_FOUND,
  number.BAD_SESSION,
  number.PASSPORT_NOT_INITIALIZED,
  number.NOT_LOGGED_IN,
  number.STORE_ERROR,
]);

/**
 * Makes the function that asks the store before the addon refuses a visitor. Without it, everybody is refused whose session
 * is where only the client looks: node-redis does not show a later select(), and a client may have found its Redis again
 * before the addon has.
 * @param {object} backend
 * @param {(read: object) => Promise<{ outcome: number, value: unknown }>} backend.askStore
 * @param {(read: object) => boolean} backend.trusts - whether what answered it still answers look-ups
 * @param {(read: object, outcome: number) => void} backend.overrule - the store knew better
 */
function missConfirmer({ askStore, trusts, overrule }) {
  const underWay = new Set();
  let waiting = 0;
  let tokens = PER_SECOND;
  let filledAt = performance.now();

  /** @returns {Promise<{ outcome: number, value: unknown } | undefined>} what the store said, where it knew better */
  return async function confirmMiss(read, outcome) {
    while (underWay.size >= AT_ONCE || !takeToken()) {
      if (underWay.size === 0 || waiting >= WAITING) return undefined;
      // A rush right after a change must not be refused for what the first ones are about to show.
      waiting += 1;
      const { outcome: before } = await Promise.race(underWay);
      waiting -= 1;
      // A store that does not answer confirms no other miss either, and each one would wait for it in vain.
      if (NO_ANSWER.has(before) || !trusts(read)) return undefined;
    }
    const asked = askStore(read);
    underWay.add(asked);
    const said = await asked;
    underWay.delete(asked);
    if (said.outcome === outcome || NO_ANSWER.has(said.outcome)) return undefined;
    overrule(read, outcome);
    return said;
  };

  function takeToken() {
    const now = performance.now();
    tokens = Math.min(PER_SECOND, tokens + ((now - filledAt) / 1000) * PER_SECOND);
    filledAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }
}

module.exports = { missConfirmer, DOUBTFUL };
