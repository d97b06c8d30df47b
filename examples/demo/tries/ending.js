'use strict';

const { once } = require('node:events');

const WITHIN_MS = 5_000;

/**
 * Ends sessions by `action`, and waits until the sockets that they have here are gone.
 * @returns {Promise<{ sockets: number, ms: number }>} how many they were, and how long that took
 */
async function endSessions({ chat, ends }, sessionIDs, action) {
  const signal = AbortSignal.timeout(WITHIN_MS);
  const sockets = chat.socketsOf(sessionIDs);
  const gone = Promise.all(sockets.map((socket) => once(socket, 'disconnect', { signal })));
  for (const sessionID of sessionIDs) ends.begin(sessionID);
  const start = performance.now();
  await Promise.all([action(), gone]);
  return { sockets: sockets.length, ms: performance.now() - start };
}

module.exports = { endSessions };
