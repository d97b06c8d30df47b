'use strict';

const { createClient } = require('redis');

async function connect(url) {
  const client = createClient({ url });
  // An error without a listener would be thrown. A relevant error makes the measurement fail.
  client.on('error', () => {});
  return client.connect();
}

/** How many keys of other clients the server would tell changes of. */
async function trackedKeys(client) {
  const [, count] = /^tracking_total_keys:(\d+)/m.exec(await client.info('stats'));
  return Number(count);
}

/**
 * What the server has done since it started. This question itself is not among the commands.
 * @returns {Promise<{ us: number, commands: number, reads: number, writes: number }>} µs of CPU, and numbers of commands;
 *   `reads` are GET and MGET, `writes` SET
 */
async function usageOf(client) {
  const info = await client.info('everything');
  const numberOf = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)[1]);
  const calls = new Map(
    [...info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name, count]) => [name, Number(count)]),
  );
  const sum = (names) => names.reduce((total, name) => total + (calls.get(name) ?? 0), 0);
  return {
    us: 1e6 * (numberOf('used_cpu_sys') + numberOf('used_cpu_user')),
    commands: sum([...calls.keys()].filter((name) => name !== 'info')),
    reads: sum(['get', 'mget']),
    writes: sum(['set']),
  };
}

async function versionOf(client) {
  return /^(?:redis|valkey)_version:(.*)$/m.exec(await client.info('server'))?.[1].trim();
}

module.exports = { connect, trackedKeys, usageOf, versionOf };
