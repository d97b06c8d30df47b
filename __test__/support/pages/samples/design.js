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

  /** What leads to the registry is below it, in one column. */
  'picture of live sessions': (t, { code }) => {
    const [registry, arrow, ...sources] = code.split('\n');
    const column = arrow.indexOf('▲');
    assert.equal(registry.indexOf('registry'), column);
    for (const line of sources) assert.match(line[column], /[┤┘]/, line);
  },
};
