'use strict';

const { AuthorizationError, withoutStack } = require('./errors');

/**
 * `accept` for the app's callbacks: the first call counts. From Socket.IO 1.0 on it ends in the
 * middleware's `next(error)`, where the original lets `accept(null, false)` pass; here it refuses.
 * @param {boolean} modern - Socket.IO ≥ 1.0: `done` is `next(error)`, else `done(error, accepted)`
 * @param {{ refusal(): Error }} connection - makes the error of `accept(null, false)`
 */
function acceptOnce(modern, done, connection) {
  let open = true;
  return function accept(error, accepted) {
    if (!open) return;
    open = false;
    if (!modern) done(error, accepted);
    else if (error) done(error);
    else if (accepted === false) done(connection.refusal());
    else done();
  };
}

/** The default `success`. */
function acceptByDefault(data, accept) {
  if (data.socketio_version_1) accept();
  else accept(null, true);
}

/** The default `fail`. */
function refuseByDefault(data, message, critical, accept, info) {
  if (data.socketio_version_1) accept(withoutStack(() => new AuthorizationError(message, info)));
  else accept(null, false);
}

module.exports = { acceptOnce, acceptByDefault, refuseByDefault };
