'use strict';

// Servers that the tests of a file share: started before its first test, stopped after the last.

const fs = require('node:fs');
const { after, before } = require('node:test');
const { startRedis } = require('../../scripts/support/redis-server');
const { makeCertificates } = require('./certificates');
const { openAdmin, startWithTls, write } = require('./redis-store');

/**
 * A Redis, and a client that manages it.
 * @param {(started: { redis, admin }) => unknown} keep - takes them, before the first test
 * @param {string[]} [users] - whose sessions are written first
 * @param {() => Promise<{ redis }>} [start] - `keep` gets the whole result
 */
function sharedRedis(keep, users = [], start = async () => ({ redis: await startRedis() })) {
  let started;
  before(async () => {
    started = await start();
    started.admin = await openAdmin(started.redis);
    await write(started.admin, users);
    await keep(started);
  });
  after(async () => {
    started?.admin?.destroy();
    await started?.redis.stop();
  });
}

/** The same, also with TLS at `port`. @returns {{ ca: string, cert: string, key: string }} its certificates */
function sharedTlsRedis(keep, users, args) {
  const files = makeCertificates();
  sharedRedis(keep, users, () => startWithTls(files, { args }));
  after(() => fs.rmSync(files.dir, { recursive: true }));
  return files;
}

/**
 * Two clusters, or two Sentinel systems. The second one speaks only TLS.
 * @param {(options: object) => Promise<{ write, stop }>} start
 * @param {{ options?: object, users: string[] }} settings - the options of the first one; the users whose sessions both have
 * @param {(started: [object, object]) => unknown} keep - takes them, before the first test
 */
function sharedPair(start, { options, users }, keep) {
  const files = makeCertificates();
  let systems = [];
  before(async () => {
    // Together, because a new cluster needs seconds until it serves requests.
    systems = await Promise.all([start(options), start({ certificates: files })]);
    await Promise.all(systems.map((system) => system.write(users)));
    keep(systems);
  });
  after(() => Promise.all(systems.map((system) => system.stop())));
  after(() => fs.rmSync(files.dir, { recursive: true }));
  return files;
}

module.exports = { sharedRedis, sharedTlsRedis, sharedPair };
