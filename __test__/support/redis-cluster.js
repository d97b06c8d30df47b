'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { freePort, startRedis } = require('../../scripts/support/redis-server');
const { tlsArgs } = require('./certificates');
const { openAdmin } = require('./redis-store');
const { sessionOf } = require('./stores');

const HOST = '127.0.0.1';
const SLOTS = 16_384;
/** The port of the cluster bus is 10,000 above that of the node, and the highest port is 65,535. */
const PORTS_BELOW = 55_000;
const PORT_ATTEMPTS = 5;
const POLL_MS = 20;
const WITHIN_MS = 15_000;

const SETTINGS = [
  ['--cluster-enabled', 'yes'],
  ['--cluster-announce-ip', HOST],
  // After this many milliseconds without an answer a master counts as failed, and a replica starts an election.
  ['--cluster-node-timeout', '1000'],
  ['--cluster-replica-validity-factor', '0'],
  // The other masters still serve their slots, so that only the users of the failed master are refused.
  ['--cluster-require-full-coverage', 'no'],
  ['--repl-diskless-sync-delay', '0'],
].flat();

/**
 * Starts a Redis Cluster in which each master has an equal share of the slots, and resolves when it is complete. `stop()`
 * ends it; the end of this process does too.
 *
 * @param {object} [options]
 * @param {number} [options.masters]
 * @param {number} [options.replicas] Of each master.
 * @param {{ ca: string, cert: string, key: string }} [options.certificates] Paths; with them, its nodes speak only TLS.
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

  /** Writes sessions as express-session and connect-redis do, each to the node of its slot. */
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

  /** Sends a command about one key to the node that serves it. */
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

  /** Kills a node, as a power failure does. */
  async kill(node) {
    node.isLost = true;
    await node.stop();
  }

  /** Stops a node without closing its connections, like a machine out of memory. */
  hang(node) {
    node.isLost = true;
    node.kill('SIGSTOP');
  }

  resume(node) {
    node.kill('SIGCONT');
    node.isLost = false;
  }

  /** Resolves when this node is a master with slots, according to all remaining nodes. */
  untilPromoted(node) {
    return this.#untilEach(async (each) => / connected \d/.test(await lineOf(node, each)));
  }

  /** Resolves when this node is a replica, according to all remaining nodes. */
  untilReplica(node) {
    return this.#untilEach(async (each) => /[ ,]slave /.test(await lineOf(node, each)));
  }

  /** Resolves when all nodes know that all slots are served. */
  untilWhole() {
    const whole = /cluster_state:ok[^]*cluster_slots_ok:16384/;
    return this.#untilEach(async ({ admin }) => whole.test(await admin.sendCommand(['CLUSTER', 'INFO'])));
  }

  /** Resolves when no node serves requests. */
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

/** The line of one node in CLUSTER NODES: id, address, flags, master, times, epoch, state of its link, slots. */
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
      // Another process may have taken one of its two ports.
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

/** Introduces each node to each other one: gossip alone would take seconds. */
async function introduce(nodes) {
  for (const [index, { admin }] of nodes.entries()) {
    // The epochs must differ, because a failover is recognized by its epoch. They can only be set at the start.
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
    // ADDSLOTSRANGE is shorter, but Redis 6 does not have it.
    await admin.sendCommand(['CLUSTER', 'ADDSLOTS', ...share]);
  }
}

async function replicate({ admin }, master) {
  const knows = async () => (await admin.sendCommand(['CLUSTER', 'NODES'])).includes(master.id);
  await until(knows);
  await admin.sendCommand(['CLUSTER', 'REPLICATE', master.id]);
  await until(async () => /master_link_status:up/.test(await admin.sendCommand(['INFO', 'replication'])));
}

/** Resolves when the condition holds. */
async function until(isSo) {
  const deadline = performance.now() + WITHIN_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so after ${WITHIN_MS} ms: ${isSo}`);
    await sleep(POLL_MS);
  }
}

module.exports = { startCluster, until };
