'use strict';

/** The addon. A machine without it gets to know which binary was looked for, and why there is none. */
try {
  module.exports = require('../binding.js');
} catch (error) {
  throw new Error(
    `passport-socketio-native has no binary that runs here (${process.platform}-${process.arch}, Node ${process.version}): ` +
      `${deepest(error).message}\n` +
      'Install it again on this machine without --omit=optional; in a checkout, build it with "npm run build".',
    { cause: error },
  );
}

/** The loader wraps what really happened several times over. */
function deepest(error) {
  return error.cause instanceof Error ? deepest(error.cause) : error;
}
