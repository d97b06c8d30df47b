'use strict';

const native = require('../addon');
const { OUTCOME } = require('../outcomes');
const { toldByAddon } = require('./backend-state');

/** Flags in the second number of a row, beside the outcome; Rust owns the layout. */
const { numbers, hasValue: HAS_VALUE, sameValue: SAME_VALUE, hasId: HAS_ID } = native.Delivery.layout();
const OUTCOME_BITS = HAS_VALUE - 1;
/** The number of rows, then ticket and outcome of each. */
const rows = new Int32Array(numbers);

/** The receivers of look-ups in flight, by ticket; tickets are reused. */
const waiting = [];
const free = [];

let delivery;
let drain;
let delivering = false;

/** The native side. The first look-up that needs it makes it: `require` alone starts nothing. */
function connect() {
  if (!delivery) {
    delivery = new native.Delivery(onWake, rows);
    drain = delivery.drain();
    delivery.onState(toldByAddon);
  }
  return delivery;
}

/**
 * A ticket for a look-up; its outcome goes to `receiver.deliver(outcome, value, id)`.
 * @returns {number}
 */
function expect(receiver) {
  const ticket = free.length > 0 ? free.pop() : waiting.length;
  waiting[ticket] = receiver;
  return ticket;
}

/** Takes a ticket back: to deliver its outcome, or because there will be none. */
function redeem(ticket) {
  const receiver = waiting[ticket];
  waiting[ticket] = undefined;
  free.push(ticket);
  return receiver;
}

/** Called once for all outcomes that wait. */
function onWake() {
  // A callback of the app may run the event loop itself: the rows being read must not be overwritten.
  if (delivering) return;
  delivering = true;
  try {
    for (let text = nextPage(); rows[0] > 0; text = nextPage()) deliverPage(parse(text));
  } finally {
    delivering = false;
  }
}

/** If the addon fails there is no page, and the tickets of the last one must not be redeemed again. */
function nextPage() {
  rows[0] = 0;
  return drain() ?? '';
}

function deliverPage(values) {
  const end = 1 + 2 * rows[0];
  let next = 0;
  for (let row = 1; row < end; row += 2) {
    const receiver = redeem(rows[row]);
    const outcome = rows[row + 1];
    if ((outcome & HAS_VALUE) === 0) {
      hand(receiver, outcome, undefined);
    } else if (!values) {
      hand(receiver, OUTCOME.BAD_SESSION, 'the user in it cannot be read');
    } else {
      const size = (outcome & HAS_ID) === 0 ? 1 : 2;
      if ((outcome & SAME_VALUE) === 0) next += size;
      const value = values[next - size];
      // The app may change the user key it gets; later look-ups of the same session must get it as stored.
      const isLast = row + 2 >= end || (rows[row + 3] & SAME_VALUE) === 0;
      const id = size === 2 ? values[next - 1] : undefined;
      hand(receiver, outcome & OUTCOME_BITS, isLast ? value : copyOf(value), id);
    }
  }
}

/** A copy of a value from JSON.parse. Not recursive: it may be nested thousands of levels deep. */
function copyOf(value) {
  if (!isContainer(value)) return value;
  const whole = shallowCopyOf(value);
  const open = [whole];
  for (let copy = open.pop(); copy; copy = open.pop()) {
    for (const name of Object.keys(copy)) {
      if (isContainer(copy[name])) open.push((copy[name] = shallowCopyOf(copy[name])));
    }
  }
  return whole;
}

/** A spread defines members, it does not assign them: `__proto__` may be one of them. */
function shallowCopyOf(container) {
  return Array.isArray(container) ? container.slice() : { ...container };
}

function isContainer(value) {
  return typeof value === 'object' && value !== null;
}

/** A callback of the app that throws must not keep the other look-ups of the page from their outcomes. */
function hand(receiver, outcome, value, id) {
  try {
    receiver.deliver(outcome, value, id);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}

/** Parses all values of a page at once: 59 ns each; one JSON.parse for each takes 190. */
function parse(text) {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

module.exports = { connect, expect, redeem };
