'use strict';

const { performance } = require('node:perf_hooks');
const { warn } = require('../diagnostics');
const { OUTCOME } = require('../outcomes');

const MINUTE_MS = 60_000;
/** What works again must have caused no fault for so long. A fault of a few users among many does not end so. */
const QUIET_MS = 1000;

/** What may be out of order, and what is said when it works again. */
const STORE = 'the session store answers again';
const CALLBACKS = "the app's callbacks work again";
const LOAD = 'there is room for further authorizations again (option maxPending)';

const GROUPS = new Map([
  [OUTCOME.STORE_ERROR, STORE],
  [OUTCOME.STORE_TIMEOUT, STORE],
  [OUTCOME.DESERIALIZE_ERROR, CALLBACKS],
  [OUTCOME.DESERIALIZE_TIMEOUT, CALLBACKS],
  [OUTCOME.CALLBACK_ERROR, CALLBACKS],
  [OUTCOME.OVERLOADED, LOAD],
]);
/**
 * Failures that show that the store has answered. SESSION_NOT_FOUND does not: a credential that no store can have causes
 * it too.
 */
const ANSWERS = new Set([
  OUTCOME.BAD_SESSION,
  OUTCOME.PASSPORT_NOT_INITIALIZED,
  OUTCOME.NOT_LOGGED_IN,
  OUTCOME.USER_NOT_FOUND,
  OUTCOME.DESERIALIZE_ERROR,
  OUTCOME.DESERIALIZE_TIMEOUT,
]);

/** Times in which authorizations of one authorizer fail for a fault. The process is told once that such a time is over. */
class Outages {
  /** Mostly none is: whether there is one is a field, which costs less than to ask a Map. */
  areUnderWay = false;
  /** By group: what is out of order. */
  #outages = new Map();
  /** By group: when its last recovery was told. */
  #toldAt = new Map();

  /** @param {number} outcome - a fault */
  fault(outcome) {
    this.failed(outcome);
    const group = GROUPS.get(outcome);
    if (group === undefined) return;
    const now = performance.now();
    let outage = this.#outages.get(group);
    if (outage === undefined) this.#outages.set(group, (outage = new Outage(now)));
    this.areUnderWay = true;
    outage.count += 1;
    outage.lastAt = now;
    outage.backAt = undefined;
  }

  /** Any failure. */
  failed(outcome) {
    if (this.areUnderWay && ANSWERS.has(outcome)) this.#works(STORE);
  }

  /** The app's `success` has decided: everything has worked. */
  succeeded() {
    for (const group of [...this.#outages.keys()]) this.#works(group);
  }

  /** At most once a minute: until then it is one outage. */
  #works(group) {
    const outage = this.#outages.get(group);
    if (outage === undefined) return;
    const now = performance.now();
    outage.backAt ??= now;
    if (now - outage.lastAt < QUIET_MS || now - (this.#toldAt.get(group) ?? -Infinity) < MINUTE_MS) return;
    this.#outages.delete(group);
    this.areUnderWay = this.#outages.size > 0;
    this.#toldAt.set(group, now);
    const { since, backAt, count } = outage;
    const failed = count === 1 ? 'one authorization failed' : `${count} authorizations failed`;
    warn(
      'RECOVERED',
      `RECOVERED: ${group}, after ${durationOf(backAt - since)} in which ${failed}.`,
      1,
      `RECOVERED ${group}`,
    );
  }
}

class Outage {
  count = 0;
  lastAt = 0;
  /** When something first worked after the last fault. */
  backAt = undefined;

  constructor(since) {
    this.since = since;
  }
}

function durationOf(ms) {
  if (ms < 1000) return 'less than a second';
  if (ms < 2 * MINUTE_MS) return `${Math.round(ms / 1000)} s`;
  return `${Math.round(ms / MINUTE_MS)} min`;
}

module.exports = { Outages };
