'use strict';

const { messageOf, textOf } = require('../errors');
const { outcomes } = require('../outcomes');
const { STEP } = require('./attempt');
const { refusalBy, refusalOf } = require('./refusal');

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
  answerSocketIo,
  refuseByDefault,
  warnOfSilence,
};
