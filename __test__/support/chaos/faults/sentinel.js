'use strict';

// A master that is another one, as Sentinels say.

const net = require('node:net');
const { once } = require('node:events');
const { Single } = require('../places/single');
const { SentinelPlace } = require('../places/nodes');

const bulk = (text) => `$${text.length}\r\n${text}\r\n`;

/** One Redis, and a Sentinel that names its host as it is told. */
class Named extends Single {
  host = '127.0.0.1';
  #sockets = new Set();

  static async open() {
    const place = new Named();
    await place.start();
    place.sentinel = net.createServer((socket) => place.#answer(socket)).listen(0, '127.0.0.1');
    await once(place.sentinel, 'listening');
    return place;
  }

  get redis() {
    return { sentinel: { name: 'main', nodes: [{ host: '127.0.0.1', port: this.sentinel.address().port }] } };
  }

  #answer(socket) {
    this.#sockets.add(socket);
    socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    socket.on('data', (piece) => {
      for (const command of piece
        .toString()
        .split(/^\*\d+\r$/m)
        .slice(1)) {
        if (/get-master-addr/i.test(command))
          socket.write(`*2\r\n${bulk(this.host)}${bulk(String(this.server.port))}`);
        else if (/sentinel/i.test(command)) socket.write('*0\r\n');
        else socket.write('+PONG\r\n');
      }
    });
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    this.sentinel.close();
    await super.close();
  }
}

/** @type {import('../trial').Fault[]} */
module.exports = [
  {
    title: 'the name of the host cannot be resolved (DNS)',
    what: 'Connections that are made go on. After a cut look-ups fail at once, and the cause says it.',
    place: () => Named.open(),
    async begin(place) {
      place.host = 'redis.invalid';
      await place.cut();
    },
    end: (place) => (place.host = '127.0.0.1'),
    codes: ['STORE_ERROR'],
    cause: /lookup|resolve|name/i,
  },
  {
    title: 'Sentinel: a failover that is ordered',
    what: 'Nobody is let in or ended wrongly; the new master is used within a second.',
    place: () => SentinelPlace.open(),
    async begin({ system, redis }) {
      await system.sentinels[0].admin.sendCommand(['SENTINEL', 'FAILOVER', redis.sentinel.name]);
      await system.untilMaster(system.replica);
    },
    codes: ['STORE_ERROR'],
    spares: true,
  },
  {
    title: 'Sentinel: the master is killed',
    what: 'Users are refused with the cause until the replica is master.',
    place: () => SentinelPlace.open(),
    begin: ({ system }) => system.master.stop(),
    end: ({ system }) => system.untilMaster(system.replica),
    codes: ['STORE_ERROR'],
  },
];
