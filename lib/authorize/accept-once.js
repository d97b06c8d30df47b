'use strict';

const { inspect, types } = require('node:util');

// Which call of `accept` lets a client in. Nothing here needs the addon: lib/testing has the same rules.

/**
 * `accept` for the app's callbacks: the first call counts. From Socket.IO 1.0 on only a clear yes lets in; in the
 * original everything but an error does.
 * @param {{ socket: object | undefined, step: string, warnings: import('../diagnostics').Warnings }} attempt
 * @param {{ decide: (attempt: object, isYes: boolean, error: unknown, accepted: unknown) => void }} authorizer - called once
 */
function acceptOnce(attempt, authorizer) {
  let isOpen = true;
  return function accept(error, accepted) {
    if (!isOpen) return;
    isOpen = false;
    // An explicit undefined is not the same as a missing argument.
    const count = arguments.length;
    const isModern = attempt.socket !== undefined;
    const isLate = !error && isPromise(accepted);
    const isYes = !isLate && (isModern ? isClearYes(count, error, accepted) : !error && Boolean(accepted));
    if (isLate || (isModern && !isYes && !error)) warnOfUnclear(count, error, accepted, attempt);
    authorizer.decide(attempt, isYes, error, isLate ? false : accepted);
  };
}

/**
 * A promise is truthy even if it resolves to false. Its rejection is handled here, or it would end the process. `then` of
 * other thenables is not called: it may run a query.
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

/** `accept(null, false)` is how one refuses; every other falsy value let in before, and may be meant so. */
function warnOfUnclear(count, error, accepted, { step, warnings }) {
  if (count > 1 && accepted === false) return;
  const given = (count > 1 ? [error, accepted] : [error]).map(nameOf).join(', ');
  const advice = adviceOn(count, accepted);
  warnings.once(
    'FALSY_ACCEPT',
    `${step}: accept(${given}) refuses the client, which passport.socketio let in. Call accept(null, true) or accept() ` +
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

module.exports = { acceptOnce, isThenable };
