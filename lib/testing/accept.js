'use strict';

const { refusalBy, refusalOf, refusalText } = require('./failures');

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

module.exports = { answerSocketIo };
