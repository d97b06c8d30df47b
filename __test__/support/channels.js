'use strict';

const { subscribe, unsubscribe } = require('node:diagnostics_channel');

const PREFIX = 'passport-socketio-native:';

/** The messages of a channel of this package while a test runs. */
function messagesOf(t, name) {
  const messages = [];
  listen(t, `${PREFIX}${name}`, (message) => messages.push(message));
  return messages;
}

/** Subscribes while a test runs. */
function listen(t, channel, listener) {
  subscribe(channel, listener);
  t.after(() => unsubscribe(channel, listener));
}

module.exports = { listen, messagesOf };
