'use strict';

const native = require('../../lib/addon');

const { hasValue: VALUE, sameValue: SAME } = native.Delivery.layout();
const PATHS = ['../../lib/addon', '../../lib/sessions/pending'].map((path) => require.resolve(path));

/**
 * lib/sessions/pending.js with a fake addon.
 * @param {(rows: Int32Array, call: number) => string | undefined} drain - implements the addon's method for the next page
 */
function deliveryWith(drain) {
  const saved = PATHS.map((path) => require.cache[path]);
  const stub = { made: 0 };
  let calls = 0;
  class Delivery {
    constructor(onWake, rows) {
      Object.assign(stub, { onWake, rows, made: stub.made + 1 });
    }
    drain() {
      return () => drain(stub.rows, ++calls);
    }
    onState() {}
    static layout = native.Delivery.layout;
  }
  require.cache[PATHS[0]] = { ...saved[0], exports: { ...native, Delivery } };
  delete require.cache[PATHS[1]];
  try {
    return { ...require('../../lib/sessions/pending'), stub };
  } finally {
    PATHS.forEach((path, i) => (require.cache[path] = saved[i]));
  }
}

/** A page: the rows are [ticket, number] each. */
function write(rows, page) {
  rows.set([page.length, ...page.flat()]);
}

/** One page with these values, and none after it. */
function onePage(page, text) {
  return (rows, call) => {
    write(rows, call === 1 ? page : []);
    return call === 1 ? text : '';
  };
}

/** Receivers that record their values, one for each ticket. */
function receivers(delivery, count, then = () => {}) {
  const got = [];
  for (let i = 0; i < count; i++) {
    delivery.expect({
      deliver(outcome, value) {
        got.push({ i, outcome, value });
        then(i, value);
      },
    });
  }
  return got;
}

module.exports = { VALUE, SAME, deliveryWith, write, onePage, receivers };
