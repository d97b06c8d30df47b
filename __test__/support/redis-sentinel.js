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
 * Only one Sentinel detects that the master is down, and the others vote for it as the leader of the failover. If all
 * detected it together, the votes could be split, and the next election comes only after seconds.
 */
const QUORUM = 1;
/** Sentinel pings each second. A shorter limit than this would make it treat a new master as down. */
const DOWN_AFTER_MS = { first: 1_800, others: 60_000 };
/** Sentinel does not watch its standard input. This shell does, and ends Sentinel when the input ends. */
const ENDS_WITH_STDIN = '"$@" & pid=$!; cat > /dev/null; kill -9 $pid; wait $pid';

/**
 * Starts a master, its replica, and three Sentinels that monitor them as `mymaster`. Resolves when all know each other.
 * `stop()` ends them; the end of this process does too.
 *
 * @param {object} [options]
 * @param {{ ca: string, cert: string, key: string }} [options.certificates] Paths; with them, all speak only TLS.
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

/** Servers that Sentinel monitors. */
class System {
  name = NAME;
  sentinels = [];
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentinel-'));

  /** @param {object} master - the current one; `untilMaster` updates it */
  constructor(master, replica) {
    this.master = master;
    this.replica = replica;
  }

  /** The addresses of the Sentinels, as `{ host, port }`. */
  get nodes() {
    return this.sentinels.map(({ port }) => ({ host: HOST, port }));
  }

  /**
   * Makes the other server a replica of the master, and disconnects its clients. After a failover Sentinel does the same,
   * but only after about ten seconds; until then the old master continues as a master.
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

  /** Writes sessions as express-session and connect-redis do, to the current master. */
  async write(users, { prefix = 'sess:' } = {}) {
    for (const user of users) {
      await this.master.admin.sendCommand(['SET', `${prefix}${user}`, JSON.stringify(sessionOf(user))]);
    }
    await this.master.admin.sendCommand(['WAIT', '1', '1000']);
  }

  /** Resolves when this server is the master, and all Sentinels report it. The other one then is the replica. */
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

  /** Sets the passwords of all connections from now on, or removes them. */
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

  /** Gives the Sentinels the facts that they would otherwise discover within seconds. */
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

/** Configuration lines for a port that speaks only TLS, also among the servers. */
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

/** Whether a Sentinel knows the master, the replica and the other Sentinels, and can start a failover. */
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
