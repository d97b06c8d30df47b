'use strict';

const { RedisBackend } = require('./redis');
const { StoreBackend } = require('./store');
const { DerivedBackend } = require('./derived');

/**
 * Who answers the look-ups of an authorizer. A backend has
 * - `lookUp(receiver, sent, credential)`: calls `receiver.deliver(outcome, value)` once, at once or later;
 * - `description`: what `authorizer.backend` says; `reconnects`; `close()`.
 */
function chooseBackend(options, gate) {
  if (options.redis != null) return RedisBackend.fromUrl(options, gate);
  const store = new StoreBackend(options, gate);
  return typeof options.store.client === 'object' && options.store.client
    ? new DerivedBackend(options, gate, store)
    : store;
}

module.exports = { chooseBackend };
