'use strict';

// docs/design.md

const assert = require('node:assert/strict');

module.exports = {
  /** Two threads, one column each. */
  picture: (t, { code }) => {
    const [head, rule, ...lines] = code.split('\n');
    const middle = head.indexOf('│');
    assert.equal(rule.indexOf('┼'), middle);
    for (const line of lines) assert.equal(line[middle], '│', line);
  },
};
