'use strict';

const { needsHandshake, openHere } = require('../app');
const { refusedBy } = require('../connect');
const { Unanswered } = require('../errors');
const { LINKS, UPGRADE_ADVICE, ok, problem, warning } = require('../result');

/** A WebSocket from the start, as with `transports: ['websocket']`; an upgrade takes the same way. */
async function run(app) {
  needsHandshake(app);
  const isOffered = app.isPollingOff || app.opened.upgrades?.includes('websocket');
  app.hasWebSocket = false;
  if (!isOffered)
    return warning(
      'the server offers no WebSocket: clients stay with polling',
      "Leave 'websocket' in transports of the server, unless that is meant.",
      LINKS.codes,
    );
  const outcome = await opened(app);
  if (outcome === undefined) {
    app.hasWebSocket = true;
    return ok('WebSocket: opens');
  }
  return problem(
    `WebSocket: does not open (${outcome}); clients stay with polling`,
    UPGRADE_ADVICE,
    LINKS.proxy,
  );
}

/** Why it does not open. */
async function opened(app) {
  try {
    const session = await openHere(app, 'websocket');
    session.end();
    return undefined;
  } catch (error) {
    if (error.refused) return whyOf(error.refused);
    // The server itself answers by polling, so it is the way of the upgrade that is blocked.
    if (error instanceof Unanswered) return error.message;
    throw error;
  }
}

function whyOf(refused) {
  const { status, engineCode, reason } = refusedBy(refused);
  if (status === 101) return 'what answers is no Engine.IO';
  if (engineCode === 3) return 'the header Upgrade does not reach the server: Bad request';
  return `${status}: ${reason}`;
}

module.exports = { id: 'websocket', run };
