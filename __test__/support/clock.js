'use strict';

const { performance } = require('node:perf_hooks');

const now = performance.now.bind(performance);
let ahead = 0;

/** The clock goes on by a minute: a warning that is given once a minute may be given again. */
function nextMinute() {
  goOn(60_000);
}

function goOn(ms) {
  ahead += ms;
  performance.now = () => now() + ahead;
}

module.exports = { goOn, nextMinute };
