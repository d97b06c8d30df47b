'use strict';

const assert = require('node:assert/strict');
const { SECRET, cookieOf, passportOf } = require('./visit');
const { LIBRARIES, storeOf } = require('./oracle');

/** Sessions of the flow tests; `ada` is logged in. */
const SESSIONS = Object.freeze({
  ada: { cookie: {}, passport: { user: 'ada' } },
  bob: { cookie: {}, passport: { user: 'bob' } },
  visitor: { cookie: {}, passport: {} },
  stranger: { cookie: {} },
});

const REFUSED = new Error('refused');

/**
 * Runs the same scenario through the original and ours and compares everything they did, in order. A
 * scenario makes its own objects, so that nothing of one run is seen by the other.
 * @param {(stage: ReturnType<typeof stageOf>) => unknown} scenario
 * @returns {Promise<unknown[]>} the log of both
 */
async function assertSameFlow(scenario) {
  const logs = {};
  for (const [name, library] of Object.entries(LIBRARIES)) {
    const stage = stageOf(library);
    await scenario(stage);
    logs[name] = stage.log;
  }
  assert.ok(logs.original.length > 0, 'the scenario says nothing');
  assert.deepStrictEqual(logs.ours, logs.original);
  return logs.original;
}

function stageOf(library) {
  const log = [];

  /** An authorizer whose callbacks write down what they are given and what the request has by then. */
  function authorize(options) {
    return library.authorize({
      secret: SECRET,
      store: storeOf(SESSIONS),
      passport: passportOf(),
      success(data, accept) {
        log.push(['success', ...shown(data)]);
        accept(null, true);
      },
      fail(data, message, critical, accept) {
        log.push(['fail', message, critical, ...shown(data)]);
        accept(REFUSED, false);
      },
      ...options,
    });
  }

  /** One connection; what `next` is given goes into the log. Resolves once it was called. */
  function connect(authorizer, request = requestOf('ada'), style = 'socket') {
    return new Promise((resolve) => {
      const target = style === 'socket' ? { request } : request;
      authorizer(target, (error, accepted) => {
        // A middleware's next has one argument: whatever is not an error lets in.
        log.push(['next', ...(style === 'socket' ? [error || null] : [error, accepted])]);
        resolve(request);
      });
      log.push(['returned']);
    });
  }

  return { library, log, authorize, connect };
}

/** What the original puts on the request: names and values, as a copy that sees no later change. */
function shown(data) {
  return Object.keys(data).map((name) => [name, data[name]]);
}

function requestOf(sid) {
  return { headers: { cookie: cookieOf(sid) } };
}

module.exports = { SESSIONS, assertSameFlow, requestOf, shown };
