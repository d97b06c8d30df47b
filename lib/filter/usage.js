'use strict';

/** How queries by criteria were answered in this process: `authorizer.stats().filters`. */
const usage = { indexed: 0, scanned: 0 };

module.exports = { usage };
