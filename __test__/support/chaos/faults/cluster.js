'use strict';

// Redis Cluster: masters that go, and slots that move.

const { ClusterPlace } = require('../places/nodes');
const { PREFIX, VISITORS, WATCHED } = require('../visitors');

const SOMEBODY = WATCHED[0];

/** The master of somebody's session, and its replica. */
async function partOf(cluster) {
  const master = await cluster.masterOf(PREFIX + SOMEBODY);
  return { master, replica: await cluster.replicaOf(master) };
}

/** Moves the slots of these keys to another master, a slot after the other. */
async function move(cluster, keys) {
  for (const key of keys) {
    const from = await cluster.masterOf(key);
    const to = cluster.nodes.slice(0, 3).find((node) => node !== from);
    const slot = String(await from.admin.sendCommand(['CLUSTER', 'KEYSLOT', key]));
    const assign = (node, ...state) => node.admin.sendCommand(['CLUSTER', 'SETSLOT', slot, ...state]);
    await assign(to, 'IMPORTING', from.id);
    await assign(from, 'MIGRATING', to.id);
    const inSlot = await from.admin.sendCommand(['CLUSTER', 'GETKEYSINSLOT', slot, '1000']);
    for (const each of inSlot)
      await from.admin.sendCommand(['MIGRATE', to.host, String(to.port), each, '0', '5000']);
    for (const node of [to, from]) await assign(node, 'NODE', to.id);
  }
}

/** @type {import('../trial').Fault[]} */
module.exports = [
  {
    title: 'Cluster: slots move to another master',
    what: 'Nobody is refused: MOVED and ASK are followed.',
    place: () => ClusterPlace.open(),
    begin: ({ cluster }) =>
      move(
        cluster,
        [...VISITORS.slice(0, 20), ...WATCHED.slice(0, 20)].map((each) => PREFIX + (each.name ?? each)),
      ),
  },
  {
    title: 'Cluster: a failover that is ordered',
    what: 'Nobody is refused.',
    place: () => ClusterPlace.open(),
    async begin({ cluster }) {
      const { replica } = await partOf(cluster);
      await replica.admin.sendCommand(['CLUSTER', 'FAILOVER']);
      await cluster.untilPromoted(replica);
    },
  },
  {
    title: 'Cluster: a master is killed',
    what: 'Users of its slots are refused until its replica is master.',
    place: () => ClusterPlace.open(),
    async begin({ cluster }, scene) {
      const { master, replica } = await partOf(cluster);
      scene.replica = replica;
      await cluster.kill(master);
    },
    end: ({ cluster }, { replica }) => cluster.untilPromoted(replica),
    codes: ['STORE_ERROR'],
  },
  {
    title: 'Cluster: a master hangs',
    what: 'The same.',
    place: () => ClusterPlace.open(),
    async begin({ cluster }, scene) {
      const { master, replica } = await partOf(cluster);
      scene.replica = replica;
      cluster.hang(master);
    },
    end: ({ cluster }, { replica }) => cluster.untilPromoted(replica),
    codes: ['STORE_ERROR', 'STORE_TIMEOUT'],
    cause: /no answer/,
  },
];
