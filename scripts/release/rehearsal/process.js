'use strict';

const { fork } = require('node:child_process');
const { once } = require('node:events');

/**
 * Starts a server of the rehearsal in a process of its own, and resolves when it has sent its URL.
 *
 * @param {string} script
 * @param {string[]} args
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
async function startProcess(script, args) {
  const child = fork(script, args, { execArgv: [] });
  const ended = once(child, 'exit');
  const [{ url }] = await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => Promise.reject(new Error(`${script} ended with ${code}`))),
  ]);
  const stop = async () => {
    child.kill();
    await ended;
  };
  return { url, stop };
}

module.exports = { startProcess };
