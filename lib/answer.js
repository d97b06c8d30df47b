'use strict';

const { inspect } = require('node:util');
const { refusalBy, refusalOf } = require('./refusal');

/**
 * `accept` for the app's callbacks: the first call counts. From Socket.IO 1.0 on it ends in the middleware's
 * `next(error)`, where the original lets everything pass that is no error; here only a clear yes does.
 * @param {boolean} modern - Socket.IO ≥ 1.0: `done` is `next(error)`, else `done(error, accepted)`
 * @param {import('./attempt').Attempt} attempt
 */
function acceptOnce(modern, done, attempt) {
  let open = true;
  return function accept(error, accepted) {
    if (!open) return;
    open = false;
    // An explicit undefined is not the same as nothing said.
    const count = arguments.length;
    const isYes = modern ? isClearYes(count, error, accepted) : !error && Boolean(accepted);
    if (modern && !isYes && !error) warnOfFalsy(count, error, accepted, attempt);
    attempt.decided(isYes);
    try {
      if (!modern) done(error, accepted);
      else if (isYes) done();
      else done(error ? refusalBy(attempt, error) : refusalOf(attempt));
    } finally {
      attempt.leave();
    }
  };
}

/** `accept()`, `accept(null)` and `accept(undefined)`; with a second argument, a truthy one. */
function isClearYes(count, error, accepted) {
  if (error) return false;
  return count > 1 ? Boolean(accepted) : error === undefined || error === null;
}

/** `accept(null, false)` is how one refuses; every other falsy value may be meant as a yes, and was one before. */
function warnOfFalsy(count, error, accepted, { callback, authorizer }) {
  if (count > 1 && accepted === false) return;
  const given = (count > 1 ? [error, accepted] : [error]).map((value) => inspect(value)).join(', ');
  const advice =
    count > 1 && accepted === undefined
      ? ' (util.callbackify calls with null and undefined: let the promise give true or false)'
      : '';
  authorizer.warnings.once(
    'FALSY_ACCEPT',
    `${callback}: accept(${given}) refuses the client, which passport.socketio let in. Call accept(null, true) or accept() ` +
      `to let a client in, accept(null, false) to refuse it${advice}.`,
  );
}

/** The default `success`. */
function acceptByDefault(data, accept) {
  accept(null, true);
}

/** The default `fail`: the attempt's own error says why. */
function refuseByDefault(data, message, critical, accept) {
  accept(null, false);
}

module.exports = { acceptOnce, acceptByDefault, refuseByDefault };
