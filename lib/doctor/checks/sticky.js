'use strict';

const { needsHandshake, openHere } = require('../app');
const { LINKS, notRun, ok, problem } = require('../result');

/** With two servers and a choice by chance, one of 2000 runs sees nothing wrong. */
const REQUESTS = 12;
const PING_OR_PONG = { 3: '2', 4: '3' };

/** Polling, with every request on a connection of its own: a balancer may send it to another server. */
async function run(app) {
  needsHandshake(app);
  if (app.isPollingOff) return ok('polling is off, so no sticky sessions are needed');
  const session = await openHere(app, 'polling');
  let lost = 0;
  let others;
  for (let i = 0; i < REQUESTS; i++) {
    const { status, text } = await session.post(PING_OR_PONG[app.protocol]);
    if (status === 400 && /Session ID unknown/i.test(text)) lost++;
    else if (status !== 200) others = status;
  }
  await session.end();
  if (lost > 0)
    return problem(
      `${lost} of ${REQUESTS} polling requests of one session reached a server that does not know it`,
      "Have the balancer send a session to one server (sticky sessions), or give clients transports: ['websocket'].",
      LINKS.nodes,
    );
  if (others !== undefined) return notRun(`polling requests were answered ${others}`, undefined, LINKS.codes);
  return ok(`polling: ${REQUESTS} requests on connections of their own reached their session`);
}

module.exports = { id: 'polling', run };
