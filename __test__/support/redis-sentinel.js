'use strict';

const { spawn } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { findRedisServer, freePort, startRedis } = require('../../scripts/support/redis-server');
const { openAdmin } = require('./redis-store');
const { until } = require('./redis-cluster');
const { sessionOf } = require('./stores');

const HOST = '127.0.0.1';
const NAME = 'mymaster';
const SENTINELS = 3;
/**
 * One Sentinel finds that the master is down, and the others agree that it leads the failover. Were they to find out
 * together, they could share their votes, and try again only after seconds.
 */
const QUORUM = 1;
/** Sentinel pings each second; less than that and a little more, and a new master is taken for a silent one. */
const DOWN_AFTER_MS = { first: 1_800, others: 60_000 };
/** Sentinel does not look after its standard input; this shell does, and takes Sentinel with it when it ends. */
const ENDS_WITH_STDIN = '"$@" & pid=$!; cat > /dev/null; kill -9 $pid; wait $pid';

/**
 * Starts a master, its replica, and three Sentinels that watch them under the name `mymaster`; resolves when all know
 * of each other. They end with `stop()`, and at the latest with this process.
 *
 * @param {object} [options]
 * @param {{ ca: string, cert: string, key: string }} [options.certificates] Paths; then all of them speak TLS alone.
 */
async function startSentinel({ certificates } = {}) {
  const [master, replica] = await Promise.all([startData(certificates), startData(certificates)]);
  const system = new System(master, replica);
  try {
    await system.attachReplica();
    await system.startSentinels(certificates);
    return system;
  } catch (error) {
    await system.stop();
    throw error;
  }
}

/** Servers under the watch of Sentinel. */
class System {
  name = NAME;
  sentinels = [];
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentinel-'));

  /** @param {object} master - as it is now; which one it is later, `untilMaster` tells */
  constructor(master, replica) {
    this.master = master;
    this.replica = replica;
  }

  /** Where the Sentinels are, as `{ host, port }`. */
  get nodes() {
    return this.sentinels.map(({ port }) => ({ host: HOST, port }));
  }

  /**
   * Makes the one that is not the master its replica, and sends its clients away. After a failover Sentinel does the
   * same, but not before some ten seconds; until then the old master goes on as one.
   */
  async attachReplica() {
    const { admin } = this.replica;
    await admin
      .multi()
      .addCommand(['REPLICAOF', HOST, String(this.master.port)])
      .addCommand(['CLIENT', 'KILL', 'TYPE', 'normal'])
      .addCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub'])
      .exec();
    await until(async () => /master_link_status:up/.test(await admin.sendCommand(['INFO', 'replication'])));
  }

  async startSentinels(certificates) {
    const places = await Promise.all(
      Array.from({ length: SENTINELS }, async (_, i) => ({
        downAfter: i === 0 ? DOWN_AFTER_MS.first : DOWN_AFTER_MS.others,
        id: randomBytes(20).toString('hex'),
        port: await freePort(),
      })),
    );
    const starting = places.map((place) => {
      const others = places.filter((each) => each !== place);
      const config = [...this.#configOf(place, others), ...tlsSettings(place.port, certificates), ''].join(
        '\n',
      );
      return startOne(this.#folder, config, place.port);
    });
    this.sentinels = await Promise.all(starting);
    await until(async () => (await Promise.all(this.sentinels.map(isSure))).every(Boolean));
  }

  /** Writes sessions as express-session and connect-redis do, to the present master. */
  async write(users, { prefix = 'sess:' } = {}) {
    for (const user of users) {
      await this.master.admin.sendCommand(['SET', `${prefix}${user}`, JSON.stringify(sessionOf(user))]);
    }
    await this.master.admin.sendCommand(['WAIT', '1', '1000']);
  }

  /** Resolves when all Sentinels name this one as the master, and it is; the other one is the replica then. */
  async untilMaster(server) {
    for (const { admin } of this.sentinels) {
      await until(async () => {
        const [, port] = await admin.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME]);
        return Number(port) === server.port;
      });
    }
    if (server !== this.master) [this.master, this.replica] = [this.replica, this.master];
    await until(async () => (await server.admin.sendCommand(['ROLE']))[0] === 'master');
  }

  /** Passwords for all connections from now on, or none. */
  async setPasswords({ data, sentinel }) {
    const rules = (password) => (password ? ['resetpass', `>${password}`] : ['nopass']);
    const places = [
      ...this.sentinels.map((each) => [each, sentinel]),
      [this.master, data],
      [this.replica, data],
    ];
    for (const [{ admin }, password] of places) {
      await admin.sendCommand(['ACL', 'SETUSER', 'default', ...rules(password)]);
    }
  }

  async stop() {
    await Promise.all(this.sentinels.map((sentinel) => sentinel.stop()));
    for (const { admin, stop } of [this.master, this.replica]) {
      admin.destroy();
      await stop();
    }
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What Sentinels learn from each other and from the master within seconds is told them beforehand. */
  #configOf({ id, port, downAfter }, others) {
    return [
      `port ${port}`,
      `bind ${HOST}`,
      `dir ${this.#folder}`,
      `unixsocket ${socketPathOf(this.#folder, port)}`,
      `sentinel myid ${id}`,
      `sentinel monitor ${NAME} ${HOST} ${this.master.port} ${QUORUM}`,
      `sentinel down-after-milliseconds ${NAME} ${downAfter}`,
      `sentinel failover-timeout ${NAME} 5000`,
      `sentinel known-replica ${NAME} ${HOST} ${this.replica.port}`,
      ...others.map((other) => `sentinel known-sentinel ${NAME} ${HOST} ${other.port} ${other.id}`),
    ];
  }
}

async function startData(certificates) {
  const port = certificates && (await freePort());
  const tls = tlsSettings(port, certificates).flatMap((line) => `--${line}`.split(' '));
  const server = await startRedis({ port, args: ['--repl-diskless-sync-delay', '0', ...tls] });
  return { ...server, admin: await openAdmin(server) };
}

/** Lines of a configuration for TLS and nothing else at this port, with each other too. */
function tlsSettings(port, certificates) {
  if (!certificates) return [];
  const { ca, cert, key } = certificates;
  return [
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file ${cert}`,
    `tls-key-file ${key}`,
    `tls-ca-cert-file ${ca}`,
    'tls-auth-clients no',
    'tls-replication yes',
  ];
}

async function startOne(folder, config, port) {
  const file = path.join(folder, `${port}.conf`);
  fs.writeFileSync(file, config);
  const command = [findRedisServer(), file, '--sentinel'];
  const stdio = ['pipe', 'ignore', 'ignore'];
  const child = spawn('/bin/sh', ['-c', ENDS_WITH_STDIN, 'sh', ...command], { stdio });
  child.unref();
  child.stdin.unref();
  const ended = once(child, 'exit');
  const failed = ended.then(([code]) =>
    Promise.reject(new Error(`Sentinel did not start: exit code ${code}`)),
  );
  const admin = await Promise.race([openAdmin({ socketPath: socketPathOf(folder, port) }), failed]);
  failed.catch(() => {});
  return {
    port,
    admin,
    async stop() {
      admin.destroy();
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}

function socketPathOf(folder, port) {
  return path.join(folder, `${port}.sock`);
}

/** Whether a Sentinel sees the master, the replica and the others, and would act. */
async function isSure({ admin }) {
  const master = await admin.sendCommand(['SENTINEL', 'MASTER', NAME]);
  const [replica] = await admin.sendCommand(['SENTINEL', 'REPLICAS', NAME]);
  return (
    master.flags === 'master' &&
    Number(master['num-other-sentinels']) === SENTINELS - 1 &&
    replica?.['master-link-status'] === 'ok'
  );
}

module.exports = { startSentinel };
