'use strict';

const { ProvenBackend, clientOf } = require('./proven');
const { RedisBackend } = require('./redis');
const { StoreBackend } = require('./store');

/**
 * Chooses the backend that answers the look-ups of an authorizer. A backend has
 * - `lookUp(receiver, sent, kind)`: calls `receiver.deliver(outcome, value, id)` once, in the call or later; where a user was
 *   found, with the session id. `sent` is what the client sent, `kind` a CREDENTIAL_KIND. Where the app's store leads, the
 *   receiver is an Attempt: the store is asked in its `runInAsyncScope`;
 * - `openWatch({ recheckEvery, onEnd, slots })`: a session watch, which calls `onEnd(slot, turn, reason)` once for each
 *   `watch(slot, turn, id, identity)` whose session ends, and has forgotten the slot by then (`watch/poll.js` has all members);
 * - `check()`: a promise of `{ outcome, value }`, of a look-up for an id that nobody has, which no statistic counts;
 * - `inspect(id)`: a promise of `{ outcome, value, shape, isOfAddon, answers }`: a look-up that no statistic counts, with what the session is
 *   made of (`shape.js`) and the description of what has answered;
 * - `description`: the value of `authorizer.backend`; `reconnects`; `close()`.
 */
function chooseBackend(options, verifier) {
  if (options.redis != null) return RedisBackend.fromOption(options, verifier);
  const store = new StoreBackend(options, verifier);
  const client = clientOf(options);
  return typeof client === 'object' && client ? new ProvenBackend(options, verifier, store) : store;
}

module.exports = { chooseBackend };
