'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');
const { once } = require('node:events');
const { freePort, startRedis } = require('../../scripts/support/redis-server');

/** Every write is on the disk before its answer: a server that is killed loses nothing. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];
/** Redis names it so since 7.0; before, it is a file. */
const LOG = /^appendonly/;

/** A Redis that fails on demand, always at the same port. */
class FailingRedis {
  /** @param {string} dir - keeps the data over a restart */
  static async start(dir) {
    const redis = new FailingRedis();
    redis.dir = dir;
    redis.port = await freePort();
    await redis.#start();
    return redis;
  }

  async #start() {
    this.server = await startRedis({ port: this.port, dir: this.dir, args: DURABLE });
    this.url = this.server.url;
    this.socketPath = this.server.socketPath;
  }

  async restart(downMs, { isEmpty = false } = {}) {
    await this.server.stop();
    if (isEmpty) {
      for (const name of fs.readdirSync(this.dir).filter((each) => LOG.test(each))) {
        fs.rmSync(path.join(this.dir, name), { recursive: true });
      }
    }
    await sleep(downMs);
    await this.#start();
  }

  async hang(ms) {
    this.server.kill('SIGSTOP');
    await sleep(ms);
    this.server.kill('SIGCONT');
  }

  stop() {
    return this.server.stop();
  }
}

/**
 * What befalls Redis, or this process. Each resolves when its cause is gone.
 * @type {{ [name: string]: (scene: { redis, admin, sessions, random }) => Promise<void> }}
 */
const FAULTS = {
  nothing: async () => {},
  killed: ({ redis, random }) => redis.restart(random.below(800)),
  'killed, data lost': ({ redis, sessions, random }) =>
    sessions.endAll(() => redis.restart(random.below(300), { isEmpty: true })),
  hung: ({ redis, random }) => redis.hang(100 + random.below(2400)),
  'CLIENT KILL': async ({ admin, random }) => {
    for (let times = 1 + random.below(5); times > 0; times--) {
      await cutOff(admin);
      await sleep(random.below(100));
    }
  },
  'password set': async ({ admin, random }) => {
    await admin.configSet('requirepass', 'nobody knows');
    await cutOff(admin);
    await sleep(100 + random.below(1500));
    await admin.configSet('requirepass', '');
  },
  'CLIENT PAUSE': async ({ admin, random }) => {
    const ms = 100 + random.below(700);
    await admin.sendCommand(['CLIENT', 'PAUSE', String(ms), 'ALL']);
    await sleep(ms);
  },
  FLUSHALL: ({ admin, sessions }) => sessions.endAll(() => admin.flushAll()),
  'tracking table full': async ({ admin, random }) => {
    await admin.configSet('tracking-table-max-keys', '20');
    await sleep(random.below(1000));
    await admin.configSet('tracking-table-max-keys', '1000000');
  },
  'worker ended': async ({ redis, sessions }) => {
    const worker = new Worker(path.join(__dirname, 'worker.js'), {
      workerData: { url: redis.url, sids: sessions.sids },
      execArgv: ['--no-warnings'],
    });
    await once(worker, 'message');
    await worker.terminate();
  },
};

/** All connections but that of the one who asks. */
function cutOff(admin) {
  return admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
}

module.exports = { FAULTS, FailingRedis };
