'use strict';

const { needsHandshake } = require('../app');
const { openEngine } = require('../engine');
const { ok } = require('../result');

/** Which clients the server takes. */
async function run(app) {
  needsHandshake(app);
  if (app.protocol === 3) return ok('takes clients of Socket.IO 1 and 2; newer ones need a newer server');
  const transport = app.isPollingOff ? 'websocket' : 'polling';
  const old = await openEngine(app.target, { transport, protocol: 3, headers: app.handshakeHeaders });
  await old.end?.();
  return old.opened
    ? ok('takes clients of Socket.IO 3 and 4, and older ones (allowEIO3)')
    : ok('takes clients of Socket.IO 3 and 4; older ones need allowEIO3: true');
}

module.exports = { id: 'protocols', run };
