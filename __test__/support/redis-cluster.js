'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { freePort, startRedis } = require('../../scripts/support/redis-server');
const { tlsArgs } = require('./certificates');
const { openAdmin } = require('./redis-store');
const { sessionOf } = require('./stores');

const HOST = '127.0.0.1';
const SLOTS = 16_384;
/** Nodes talk to each other 10,000 ports above their own, and no port is above 65,535. */
const PORTS_BELOW = 55_000;
const PORT_ATTEMPTS = 5;
const POLL_MS = 20;
const WITHIN_MS = 15_000;

const SETTINGS = [
  ['--cluster-enabled', 'yes'],
  ['--cluster-announce-ip', HOST],
  // After this many milliseconds of silence a master counts as lost, and a replica stands for election.
  ['--cluster-node-timeout', '1000'],
  ['--cluster-replica-validity-factor', '0'],
  // The masters that are left go on to serve their slots: who is refused shows whose master is lost.
  ['--cluster-require-full-coverage', 'no'],
  ['--repl-diskless-sync-delay', '0'],
].flat();

/**
 * Starts a Redis Cluster of our own, each node with an equal share of the slots, and resolves when it is whole.
 * It ends with `stop()`, and at the latest with this process.
 *
 * @param {object} [options]
 * @param {number} [options.masters]
 * @param {number} [options.replicas] Of each master.
 * @param {{ ca: string, cert: string, key: string }} [options.certificates] Paths; then its nodes speak TLS alone.
 */
async function startCluster({ masters = 3, replicas = 0, certificates } = {}) {
  const count = masters * (1 + replicas);
  const nodes = await Promise.all(Array.from({ length: count }, () => startNode(certificates)));
  const cluster = new Cluster(nodes);
  try {
    await introduce(nodes);
    await shareSlots(nodes.slice(0, masters));
    await Promise.all(nodes.slice(masters).map((node, index) => replicate(node, nodes[index % masters])));
    await cluster.untilWhole();
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** The servers of a cluster: handles of `startRedis`, each with its `id` in the cluster and an `admin`. */
class Cluster {
  constructor(nodes) {
    this.nodes = nodes;
  }

  /** The addresses of all nodes, as URLs. */
  get urls() {
    return this.nodes.map(({ url }) => url);
  }

  /** Writes sessions as express-session and connect-redis do, each where its slot is. */
  async write(users, { prefix = 'sess:' } = {}) {
    for (const user of users) await this.ask('SET', `${prefix}${user}`, JSON.stringify(sessionOf(user)));
  }

  /** The node that serves the slot of a key. */
  async masterOf(key) {
    const { node } = await this.ask('GET', key);
    return node;
  }

  /** The first replica of a master, if it has any. */
  async replicaOf(master) {
    const [, , replicas] = await master.admin.sendCommand(['ROLE']);
    return this.nodes.find(({ port }) => port === Number(replicas[0]?.[1]));
  }

  /** One command about one key, at the node that serves it. */
  async ask(command, key, ...rest) {
    let node = this.nodes.find((each) => !each.isLost);
    for (;;) {
      try {
        return { node, answer: await node.admin.sendCommand([command, key, ...rest]) };
      } catch (error) {
        const moved = /^MOVED \d+ .*:(\d+)$/.exec(error.message);
        if (!moved) throw error;
        node = this.nodes.find(({ port }) => port === Number(moved[1]));
      }
    }
  }

  /** Ends one node for good, as a power failure does. */
  async kill(node) {
    node.isLost = true;
    await node.stop();
  }

  /** Makes one node fall silent, as a machine out of memory does. */
  hang(node) {
    node.isLost = true;
    node.kill('SIGSTOP');
  }

  resume(node) {
    node.kill('SIGCONT');
    node.isLost = false;
  }

  /** Resolves when this node is a master with slots, in the eyes of all that are left. */
  untilPromoted(node) {
    return this.#untilEach(async (each) => / connected \d/.test(await lineOf(node, each)));
  }

  /** Resolves when this node is a replica, in the eyes of all that are left. */
  untilReplica(node) {
    return this.#untilEach(async (each) => /[ ,]slave /.test(await lineOf(node, each)));
  }

  /** Resolves when all nodes know that all slots are served. */
  untilWhole() {
    const whole = /cluster_state:ok[^]*cluster_slots_ok:16384/;
    return this.#untilEach(async ({ admin }) => whole.test(await admin.sendCommand(['CLUSTER', 'INFO'])));
  }

  /** Resolves when no node serves anybody. */
  untilDown() {
    const down = /cluster_state:fail/;
    return this.#untilEach(async ({ admin }) => down.test(await admin.sendCommand(['CLUSTER', 'INFO'])));
  }

  async stop() {
    for (const { admin } of this.nodes) admin.destroy();
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  #untilEach(isSo) {
    const left = this.nodes.filter(({ isLost }) => !isLost);
    return Promise.all(left.map((node) => until(() => isSo(node))));
  }
}

/** What another node says of one: id, address, flags, master, times, epoch, state of its link, slots. */
async function lineOf({ id }, { admin }) {
  const lines = (await admin.sendCommand(['CLUSTER', 'NODES'])).split('\n');
  return lines.find((line) => line.startsWith(id)) ?? '';
}

async function startNode(certificates) {
  for (let attempt = 1; ; attempt++) {
    const port = await lowPort();
    try {
      const node = await startRedis({ port, args: [...SETTINGS, ...tlsSettings(port, certificates)] });
      const admin = await openAdmin(node);
      return { ...node, admin, isLost: false, id: await admin.sendCommand(['CLUSTER', 'MYID']) };
    } catch (error) {
      // Either of its two ports may have been taken meanwhile.
      if (attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

function tlsSettings(port, certificates) {
  if (!certificates) return [];
  const among = ['--tls-cluster', 'yes', '--tls-replication', 'yes'];
  return ['--port', '0', ...tlsArgs(port, certificates), ...among];
}

async function lowPort() {
  for (;;) {
    const port = await freePort();
    if (port < PORTS_BELOW) return port;
  }
}

/** Each to each: what they would find out by gossip takes seconds. */
async function introduce(nodes) {
  for (const [index, { admin }] of nodes.entries()) {
    // Different from the start, as a new failover is told from an old one by it. Later a node may not be told.
    await admin.sendCommand(['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
  }
  for (const [index, { admin }] of nodes.entries()) {
    for (const { port } of nodes.slice(index + 1)) {
      await admin.sendCommand(['CLUSTER', 'MEET', HOST, String(port)]);
    }
  }
}

async function shareSlots(masters) {
  const first = (index) => Math.floor((index * SLOTS) / masters.length);
  for (const [index, { admin }] of masters.entries()) {
    const share = Array.from({ length: first(index + 1) - first(index) }, (_, i) => String(first(index) + i));
    // ADDSLOTSRANGE is shorter, but not known to Redis 6.
    await admin.sendCommand(['CLUSTER', 'ADDSLOTS', ...share]);
  }
}

async function replicate({ admin }, master) {
  const knows = async () => (await admin.sendCommand(['CLUSTER', 'NODES'])).includes(master.id);
  await until(knows);
  await admin.sendCommand(['CLUSTER', 'REPLICATE', master.id]);
  await until(async () => /master_link_status:up/.test(await admin.sendCommand(['INFO', 'replication'])));
}

/** Resolves when this is so. */
async function until(isSo) {
  const deadline = performance.now() + WITHIN_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so after ${WITHIN_MS} ms: ${isSo}`);
    await sleep(POLL_MS);
  }
}

module.exports = { startCluster, until };
