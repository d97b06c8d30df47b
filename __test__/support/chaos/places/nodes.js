'use strict';

const { startCluster } = require('../../redis-cluster');
const { startSentinel } = require('../../redis-sentinel');
const { PREFIX } = require('../visitors');

const MASTERS = 3;

/** A Redis Cluster: three masters, each with a replica. */
class ClusterPlace {
  static async open() {
    const place = new ClusterPlace();
    place.cluster = await startCluster({ masters: MASTERS, replicas: 1 });
    return place;
  }

  get redis() {
    return this.cluster.urls;
  }

  async write(entries) {
    await Promise.all(entries.map(([key, text]) => this.cluster.ask('SET', key, text)));
    for (const { admin } of this.cluster.nodes.slice(0, MASTERS))
      await admin.sendCommand(['WAIT', '1', '1000']);
  }

  async destroy(sids) {
    await Promise.all(sids.map((sid) => this.cluster.ask('DEL', PREFIX + sid)));
  }

  close() {
    return this.cluster.stop();
  }
}

/** A master and its replica, of which three Sentinels say who is the master. */
class SentinelPlace {
  static async open() {
    const place = new SentinelPlace();
    place.system = await startSentinel();
    return place;
  }

  get redis() {
    const { name, nodes } = this.system;
    return { sentinel: { name, nodes } };
  }

  do(...words) {
    return this.system.master.admin.sendCommand(words);
  }

  async write(entries) {
    await Promise.all(entries.map(([key, text]) => this.do('SET', key, text)));
    await this.do('WAIT', '1', '1000');
  }

  async destroy(sids) {
    await Promise.all(sids.map((sid) => this.do('DEL', PREFIX + sid)));
  }

  close() {
    return this.system.stop();
  }
}

module.exports = { ClusterPlace, SentinelPlace };
