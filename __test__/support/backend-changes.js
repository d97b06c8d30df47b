'use strict';

const { subscribe, unsubscribe } = require('node:diagnostics_channel');

const CHANNEL = 'passport-socketio-native:backend';

/** Collects what the channel of backends says while a test runs, as far as it is about this kind and address. */
function changesDuring(t, { kind, address }) {
  const changes = [];
  const listen = (message) => {
    const { backend, state, cause } = message;
    if (backend.kind === kind && backend.address === address) changes.push({ state, cause });
  };
  subscribe(CHANNEL, listen);
  t.after(() => unsubscribe(CHANNEL, listen));
  return changes;
}

const statesOf = (changes) => changes.map(({ state }) => state);

module.exports = { CHANNEL, changesDuring, statesOf };
