'use strict';

const { inspect, types } = require('node:util');
const { refusalBy, refusalOf, refusalText } = require('./failures');

/**
 * `accept` for the app's callbacks, with the rules of lib/authorize/accept.js: the first call counts, and from Socket.IO 1.0
 * on only a clear yes lets in.
 * @param {{ socket: object | undefined, warnings: import('../diagnostics').Warnings }} attempt
 * @param {(isYes: boolean, error: unknown, accepted: unknown) => void} decide
 */
function acceptOnce(attempt, decide) {
  let isOpen = true;
  return function accept(error, accepted) {
    if (!isOpen) return;
    isOpen = false;
    const count = arguments.length;
    if (types.isPromise(accepted)) accepted.then(undefined, () => {});
    const isLate = !error && typeof accepted?.then === 'function';
    const isModern = attempt.socket !== undefined;
    const isYes = !isLate && (isModern ? isClearYes(count, error, accepted) : !error && Boolean(accepted));
    const isClearNo = error || (count > 1 && accepted === false);
    if (isLate || (isModern && !isYes && !isClearNo)) warnOfUnclear(attempt, isLate ? 'a promise' : accepted);
    decide(isYes, error, isLate ? false : accepted);
  };
}

function isClearYes(count, error, accepted) {
  if (error) return false;
  return count > 1 ? Boolean(accepted) : error === undefined || error === null;
}

function warnOfUnclear({ warnings }, accepted) {
  const given = typeof accepted === 'string' ? accepted : inspect(accepted);
  warnings.once(
    'FALSY_ACCEPT',
    `accept() was called with ${given} instead of true or false, and refuses the client. Call accept(null, true) or accept() ` +
      'to let a client in, accept(null, false) to refuse it.',
  );
}

/** Hands the decision to Socket.IO: as `next(error)` from 1.0 on, before that as `accept(error, accepted)`. */
function answerSocketIo({ socket, data, done, failure }, isYes, error, accepted) {
  try {
    if (socket !== undefined && isYes) done();
    else if (socket !== undefined)
      done(error ? refusalBy(error, failure, socket) : refusalOf(failure, socket));
    else if (data.method === undefined || (accepted && !error)) done(error, accepted);
    else done(refusalText(error, failure, data), false);
  } catch (thrown) {
    // What a later middleware throws is uncaught, as it is without an authorizer before it.
    process.nextTick(() => {
      throw thrown;
    });
  }
}

module.exports = { acceptOnce, answerSocketIo };
