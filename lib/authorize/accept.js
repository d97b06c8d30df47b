'use strict';

const { inspect, types } = require('node:util');
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
    const isLate = !error && isPromise(accepted);
    const isYes = !isLate && (modern ? isClearYes(count, error, accepted) : !error && Boolean(accepted));
    if (isLate || (modern && !isYes && !error)) warnOfUnclear(count, error, accepted, attempt);
    attempt.decided(isYes);
    try {
      if (!modern) done(error, isLate ? false : accepted);
      else if (isYes) done();
      else done(error ? refusalBy(attempt, error) : refusalOf(attempt));
    } catch (thrown) {
      // A later middleware is no callback of ours: what it throws is uncaught, as it is without an authorizer before it.
      process.nextTick(() => {
        throw thrown;
      });
    }
    attempt.leave();
  };
}

/**
 * A promise is truthy, whatever it comes to; nobody else looks at its rejection. Of another thenable `then` is not called:
 * it may be a query that then runs.
 */
function isPromise(accepted) {
  if (types.isPromise(accepted)) accepted.then(undefined, () => {});
  return isThenable(accepted);
}

/** A callback may be an async function: its error comes as a rejection. */
function isThenable(result) {
  return typeof result?.then === 'function';
}

/** `accept()`, `accept(null)` and `accept(undefined)`; with a second argument, a truthy one. */
function isClearYes(count, error, accepted) {
  if (error) return false;
  return count > 1 ? Boolean(accepted) : error === undefined || error === null;
}

/** `accept(null, false)` is how one refuses; every other value that is no yes may be meant as one, and was one before. */
function warnOfUnclear(count, error, accepted, { callback, authorizer }) {
  if (count > 1 && accepted === false) return;
  const given = (count > 1 ? [error, accepted] : [error]).map(nameOf).join(', ');
  const advice = adviceOn(count, accepted);
  authorizer.warnings.once(
    'FALSY_ACCEPT',
    `${callback}: accept(${given}) refuses the client, which passport.socketio let in. Call accept(null, true) or accept() ` +
      `to let a client in, accept(null, false) to refuse it${advice}.`,
  );
}

/** A query may show more than is good for a log. */
function nameOf(value) {
  return isThenable(value) ? 'a promise' : inspect(value);
}

function adviceOn(count, accepted) {
  if (count < 2) return '';
  if (accepted === undefined) {
    return ' (util.callbackify calls with null and undefined: let the promise give true or false)';
  }
  return isThenable(accepted) ? ' (await the promise first)' : '';
}

/** The default `success`. */
function acceptByDefault(data, accept) {
  accept(null, true);
}

/** The default `fail`: the attempt's own error says why. */
function refuseByDefault(data, message, critical, accept) {
  accept(null, false);
}

module.exports = { acceptOnce, acceptByDefault, isThenable, refuseByDefault };
