'use strict';

/** A result that says why the thing cannot be done. */
function cannot(why) {
  return { ok: false, steps: [why] };
}

/** `1.2 ms`, or `1,234 ms`. */
function inMs(ms) {
  return `${ms < 100 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en')} ms`;
}

/** `1 socket`, `2 sockets`. */
function count(number, what) {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}

module.exports = { cannot, inMs, count };
