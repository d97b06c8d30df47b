'use strict';

const { filtersBy } = require('./filters');
const { Joiner } = require('./join');
const native = require('./registry');

// The other files of this room need no addon, but for those that registry.js uses: lib/testing has an index of its own.

const { filterSocketsByUser, countSocketsByUser } = filtersBy(native);

/** A Joiner with the native index. */
function joinerOf(options, userProperty, warnings) {
  return new Joiner(options, userProperty, warnings, native.registry);
}

module.exports = { countSocketsByUser, filterSocketsByUser, joinerOf };
