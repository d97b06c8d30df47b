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
 * Runs the same scenario with the original and with this package, and compares all that they did, in order. A scenario
 * creates its own objects, so that the two runs share nothing.
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

  /** An authorizer whose callbacks log their arguments and the state of the request. */
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

  /** One connection. The arguments of `next` go into the log. Resolves when it is called. */
  function connect(authorizer, request = requestOf('ada'), style = 'socket') {
    return new Promise((resolve) => {
      const target = style === 'socket' ? { request } : request;
      authorizer(target, (error, accepted) => {
        // A middleware's next has one argument: no error means admitted.
        log.push(['next', ...(style === 'socket' ? [error || null] : [error, accepted])]);
        resolve(request);
      });
      log.push(['returned']);
    });
  }

  return { library, log, authorize, connect };
}

/** The properties that the original sets on the request, as a copy without later changes. */
function shown(data) {
  return Object.keys(data).map((name) => [name, data[name]]);
}

function requestOf(sid) {
  return { headers: { cookie: cookieOf(sid) } };
}

module.exports = { SESSIONS, assertSameFlow, requestOf, shown };
