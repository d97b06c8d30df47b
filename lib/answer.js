'use strict';

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
  accept(null, true);
}

/** The default `fail`: the connection's own error says why. */
function refuseByDefault(data, message, critical, accept) {
  accept(null, false);
}

module.exports = { acceptOnce, acceptByDefault, refuseByDefault };
