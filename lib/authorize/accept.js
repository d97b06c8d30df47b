'use strict';

const { inspect, types } = require('node:util');
const { messageOf, textOf } = require('../errors');
const { outcomes } = require('../outcomes');
const { STEP } = require('./attempt');
const { refusalBy, refusalOf } = require('./refusal');

/**
 * `accept` for the app's callbacks: the first call counts. From Socket.IO 1.0 on only a clear yes lets in; in the
 * original everything but an error does.
 * @param {import('./attempt').Attempt} attempt
 * @param {import('./authorizer').Authorizer} authorizer - its `decide` is called once
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

/** Hands the decision to Socket.IO: as `next(error)` from 1.0 on, before that as `accept(error, accepted)`. */
function answerSocketIo(attempt, isYes, error, accepted) {
  const { socket, done } = attempt;
  try {
    if (socket === undefined) answerRequest(attempt, error, accepted);
    else if (isYes) done();
    else done(error ? refusalBy(attempt, error) : refusalOf(attempt));
  } catch (thrown) {
    // A later middleware is no callback of ours: what it throws is uncaught, as it is without an authorizer before it.
    process.nextTick(() => {
      throw thrown;
    });
  }
}

/**
 * Engine.IO writes what `allowRequest` answers into the response: the code of the refusal, or the app's own words. An Error
 * of the app's becomes a text, as Socket.IO 2 and 3 make one of it (1 and 4 throw in the middle of refusing an upgrade, and
 * the client hangs). An error refuses, although Engine.IO looks at `accepted` alone. The handshake data of 0.9, which has
 * no method, is answered as it is.
 */
function answerRequest({ data, done, outcome }, error, accepted) {
  if (data.method === undefined || (accepted && !error)) done(error, accepted);
  else if (!error) done(isServed(data) ? error : outcomes[outcome].code, false);
  else done(error instanceof Error ? textOf(error) : messageOf(error), false);
}

/**
 * Whether Engine.IO has accepted the request: it puts there what serves it. `io.set('authorization')` of Socket.IO 1 and 2
 * comes after that, and sends its clients words of its own.
 */
function isServed(data) {
  return 'websocket' in data || 'cleanup' in data;
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

/** A callback has not called `accept` in time. */
function warnOfSilence(attempt, timeout) {
  if (attempt.step === STEP.SUCCESS) warnOfSilentSuccess(attempt, timeout);
  else warnOfSilentFail(attempt, timeout);
}

function warnOfSilentSuccess({ warnings }, timeout) {
  warnings.once(
    'SUCCESS_UNDECIDED',
    `The success callback given to authorize() has not called accept within ${timeout} ms (option timeout). The client waits for it.`,
  );
}

function warnOfSilentFail({ warnings }, timeout) {
  warnings.once(
    'FAIL_UNDECIDED',
    `The fail callback given to authorize() has not called accept within ${timeout} ms (option timeout). The client was refused.`,
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

module.exports = {
  acceptByDefault,
  acceptOnce,
  answerSocketIo,
  isThenable,
  refuseByDefault,
  warnOfSilence,
};
