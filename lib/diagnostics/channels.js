'use strict';

const { channel } = require('node:diagnostics_channel');

/**
 * The diagnostics channels of this package (`node:diagnostics_channel`). A message is made only where somebody listens:
 * `if (authorized.hasSubscribers) authorized.publish({ … })`.
 */
const authorized = channel('passport-socketio-native:authorized');
const refused = channel('passport-socketio-native:refused');
const sessionEnd = channel('passport-socketio-native:session-end');
const backend = channel('passport-socketio-native:backend');

module.exports = { authorized, backend, refused, sessionEnd };
