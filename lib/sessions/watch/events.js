'use strict';

const { performance } = require('node:perf_hooks');
const timers = require('node:timers');
const native = require('../../addon');
const pending = require('../pending');
const { isSameIdentity } = require('./identity');
const { callOutside } = require('./outside');

/** Rust owns the numbers (src/node/watch_events.rs). */
const {
  destroyed,
  expired,
  loggedOut,
  changed: CHANGED,
  sameChange: SAME_CHANGE,
} = native.Delivery.eventLayout();
const REASONS = { [destroyed]: 'destroyed', [expired]: 'expired', [loggedOut]: 'logged-out' };
/** Slot, turn, owner and news. */
const EVENT_NUMBERS = 4;
/** For about so many milliseconds events are read in one turn of the event loop. */
const BUDGET_MS = 5;

/** The NativeWatches, by owner. An authorizer that nobody has any more is not kept by them. */
const watches = new Map();
const collected = new FinalizationRegistry((owner) => watches.delete(owner));
let delivery;

/** From now on the events of this owner go to `watch.ended(…)` and `watch.changed(…)`. */
function listen(owner, watch) {
  if (!delivery) {
    delivery = pending.connect();
    delivery.onEvents(onEvents);
  }
  watches.set(owner, new WeakRef(watch));
  collected.register(watch, owner, watch);
}

function forget(owner) {
  watches.delete(owner);
}

/** Called once for all events that wait. */
function onEvents() {
  callOutside(() => {
    const end = performance.now() + BUDGET_MS;
    for (;;) {
      const { events, changes } = delivery.takeEvents();
      if (events.length === 0) return;
      deliver(events, JSON.parse(changes));
      if (performance.now() >= end) break;
    }
    // Not `unref`ed: see lib/live/endings.js.
    timers.setImmediate(onEvents);
  });
}

function deliver(events, changes) {
  let at = 0;
  let now;
  let isSame = true;
  for (let i = 0; i < events.length; i += EVENT_NUMBERS) {
    const [slot, turn, owner, news] = events.subarray(i, i + EVENT_NUMBERS);
    if (news === CHANGED) {
      now = changes[at + 1];
      isSame = isSameIdentity(changes[at], now);
      at += 2;
    }
    const watch = watches.get(owner)?.deref();
    if (watch === undefined) continue;
    if (news !== CHANGED && news !== SAME_CHANGE) watch.ended(slot, turn, REASONS[news]);
    else if (isSame) watch.noted(slot, turn, now);
    else watch.changed(slot, turn);
  }
}

module.exports = { forget, listen };
