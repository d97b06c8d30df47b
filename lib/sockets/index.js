'use strict';

const { filtersBy } = require('./filters');
const { Joiner } = require('./join');
const nativeIndex = require('./registry');

// The other files of this room need no addon, but for those that registry.js uses: lib/testing has an index of its own.

const { filterSocketsByUser, countSocketsByUser } = filtersBy(nativeIndex);

/** A Joiner with the native index. */
function joinerOf(options, userProperty, warnings) {
  return new Joiner(options, userProperty, warnings, nativeIndex.registry);
}

module.exports = { countSocketsByUser, filterSocketsByUser, joinerOf };
