'use strict';

const { makeFolder, startRedis } = require('../../scripts/support/redis-server');

/** On disk, so that a stop and a start keep the sessions: a Redis that comes back empty has ended all of them. */
const KEPT = ['--appendonly', 'yes'];

/** A Redis of the demo's own, which people may stop and start. It ends with `close()`, or with this process. */
async function startOwnRedis() {
  const { dir, remove } = makeFolder();
  let server;
  try {
    server = await launch({ dir });
  } catch (error) {
    remove();
    throw error;
  }
  const { url, host, port, name } = server;

  // Two people may press at once: each waits for what was asked before.
  let last = Promise.resolve();
  const inTurn = (action) => (last = last.then(action, action));

  return {
    url,
    description: `Redis at ${host}:${port} (${name}, started by the demo)`,
    isRunning: () => server.isRunning,
    /** @returns {Promise<boolean>} false where it is stopped already */
    stop: () => inTurn(() => end(server)),
    /** On the same port. @returns {Promise<boolean>} false where it runs already */
    start: () =>
      inTurn(async () => {
        if (server.isRunning) return false;
        server = await launch({ dir, port });
        return true;
      }),
    async close() {
      await inTurn(() => server.stop());
      remove();
    },
  };
}

async function launch(where) {
  const server = await startRedis({ args: KEPT, ...where });
  server.isRunning = true;
  server.ended.then(() => (server.isRunning = false));
  return server;
}

/** SIGTERM lets Redis write what it has. */
async function end(server) {
  if (!server.isRunning) return false;
  server.kill('SIGTERM');
  await server.ended;
  return true;
}

module.exports = { startOwnRedis };
