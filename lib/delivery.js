'use strict';

const native = require('./native');
const { number } = require('./outcomes');

/** What a row carries beside its outcome: 256 says that a value belongs to it. */
const OUTCOME = 0xff;
const HAS_VALUE = 0x100;
/** 1024 rows of two numbers behind their count; the size is agreed with src/core/outbox.rs. */
const rows = new Int32Array(1 + 2 * 1024);

/** Whoever waits for a verdict, by ticket; used tickets are given out again. */
const waiting = [];
const free = [];

let delivery;
let drain;
let delivering = false;

/** The native side, made when the first look-up needs it: a mere `require` starts nothing. */
function connect() {
  if (!delivery) {
    delivery = new native.Delivery(onWake, rows);
    drain = delivery.drain();
  }
  return delivery;
}

/**
 * A ticket for a look-up; its verdict goes to `receiver.deliver(outcome, value)`.
 * @returns {number}
 */
function expect(receiver) {
  const ticket = free.length > 0 ? free.pop() : waiting.length;
  waiting[ticket] = receiver;
  return ticket;
}

/** Takes a ticket back: to deliver its verdict, or because there will be none. */
function redeem(ticket) {
  const receiver = waiting[ticket];
  waiting[ticket] = undefined;
  free.push(ticket);
  return receiver;
}

/** Called once for all verdicts that wait. */
function onWake() {
  // An app's callback that runs the event loop itself must not overwrite the rows being read.
  if (delivering) return;
  delivering = true;
  try {
    for (let text = nextPage(); rows[0] > 0; text = nextPage()) deliverPage(parse(text));
  } finally {
    delivering = false;
  }
}

/** Should the addon fail, there is no page: tickets of the one before must not be redeemed again. */
function nextPage() {
  rows[0] = 0;
  return drain() ?? '';
}

function deliverPage(values) {
  const count = rows[0];
  let next = 0;
  for (let row = 1; row < 1 + 2 * count; row += 2) {
    const receiver = redeem(rows[row]);
    const outcome = rows[row + 1];
    if ((outcome & HAS_VALUE) === 0) hand(receiver, outcome, undefined);
    else if (values) hand(receiver, outcome & OUTCOME, values[next++]);
    else hand(receiver, number.BAD_SESSION, 'the user in it cannot be read');
  }
}

/** What one connection makes the app throw must not keep the others of the page from their verdicts. */
function hand(receiver, outcome, value) {
  try {
    receiver.deliver(outcome, value);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}

/** All values of a page with one JSON.parse: 59 ns each where slices of their own take 190. */
function parse(text) {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

module.exports = { connect, expect, redeem };
