'use strict';

const { channel, tracingChannel } = require('node:diagnostics_channel');

/**
 * The diagnostics channels of this package (`node:diagnostics_channel`). A message is made only where somebody listens:
 * `if (authorized.hasSubscribers) authorized.publish({ … })`.
 */
const authorized = channel('passport-socketio-native:authorized');
const refused = channel('passport-socketio-native:refused');
const sessionEnd = channel('passport-socketio-native:session-end');
const backend = channel('passport-socketio-native:backend');

const NOT_THERE = { hasSubscribers: false };
/** Node has tracing channels since 18.19 and 19.9. */
const { start, end, asyncStart, asyncEnd, error } = tracingChannel?.(
  'passport-socketio-native:authorize',
) ?? {
  start: NOT_THERE,
  end: NOT_THERE,
  asyncStart: NOT_THERE,
  asyncEnd: NOT_THERE,
  error: NOT_THERE,
};
const authorize = {
  start,
  end,
  asyncStart,
  asyncEnd,
  error,
  /** TracingChannel has it since Node 20.13 and 22. */
  get hasSubscribers() {
    return (
      start.hasSubscribers ||
      end.hasSubscribers ||
      asyncStart.hasSubscribers ||
      asyncEnd.hasSubscribers ||
      error.hasSubscribers
    );
  },
};

module.exports = { authorize, authorized, backend, refused, sessionEnd };
