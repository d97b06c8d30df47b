'use strict';

const { once, EventEmitter } = require('node:events');
const net = require('node:net');
const { setTimeout: sleep } = require('node:timers/promises');

const HELLO = /\r\n\$5\r\nHELLO\r\n/;

/**
 * What becomes of a piece of an answer, in the order of the pieces. Nothing is lost in the middle of a connection, as TCP
 * promises: what is held back is sent when the behaviour changes.
 * @type {Record<string, (piece: Buffer, client: net.Socket, proxy: Proxy) => unknown>}
 */
const BEHAVIOURS = {
  passes: (piece, client) => client.write(piece),
  async isSilent(piece, client, proxy) {
    await proxy.changed();
    client.write(piece);
  },
  /** For ever, whatever becomes of the proxy. */
  swallows(_piece, client) {
    client.isDead = true;
  },
  async isSlow(piece, client) {
    await sleep(150);
    client.write(piece);
  },
  /** So slowly that no answer is whole in time. */
  async trickles(piece, client, proxy) {
    let sent = 0;
    for (; sent < piece.length && proxy.behaviour === 'trickles' && !client.destroyed; sent++) {
      client.write(piece.subarray(sent, sent + 1));
      await sleep(20);
    }
    client.write(piece.subarray(sent));
  },
  closesAfterHalf: (piece, client) => client.end(piece.subarray(0, middleOf(piece))),
  resetsAfterHalf(piece, client) {
    client.write(piece.subarray(0, middleOf(piece)), () => client.resetAndDestroy());
  },
  async stopsAfterHalf(piece, client, proxy) {
    client.write(piece.subarray(0, middleOf(piece)));
    await proxy.changed();
    client.write(piece.subarray(middleOf(piece)));
  },
  sendsGarbage: (piece, client) => client.write(piece.map((byte, i) => (byte ^ (i * 31)) | 0x80)),
  speaksHttp: (_piece, client) => client.write('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'),
};

const middleOf = (piece) => piece.length >> 1;

/** A proxy in front of a Redis, whose behaviour changes at any time. */
class Proxy {
  /** Whether clients are let in. */
  isOpen = true;
  /** Whether HELLO is unknown, as before Redis 6. */
  isOld = false;
  /** Whether each command is answered with a number, whatever it is. */
  answersNumbers = false;
  #behaviour = 'passes';
  #changes = new EventEmitter().setMaxListeners(0);
  #clients = new Set();

  /**
   * @param {number} port - of the Redis
   * @param {(onClient: (client: net.Socket) => void) => net.Server} [create]
   */
  static async start(port, create = (onClient) => net.createServer(onClient)) {
    const proxy = new Proxy();
    proxy.server = create((client) => proxy.#serve(client, port));
    proxy.server.on('connection', (socket) => proxy.#admit(socket));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    proxy.port = proxy.server.address().port;
    return proxy;
  }

  /** The name of one of `BEHAVIOURS`. */
  get behaviour() {
    return this.#behaviour;
  }

  set behaviour(name) {
    this.#behaviour = name;
    this.#changes.emit('change');
  }

  /** Resolves when the behaviour changes. */
  changed() {
    return once(this.#changes, 'change');
  }

  /** The connections that there are stay silent for ever, and nobody is told. */
  forget() {
    for (const client of this.#clients) client.isDead = true;
  }

  /** Ends all connections. */
  cut() {
    for (const client of this.#clients) client.destroy();
  }

  async stop() {
    this.cut();
    this.behaviour = 'passes';
    await new Promise((resolve) => this.server.close(resolve));
  }

  #admit(socket) {
    this.#clients.add(socket);
    socket.on('error', () => {}).on('close', () => this.#clients.delete(socket));
    if (!this.isOpen) socket.destroy();
  }

  #serve(client, port) {
    const redis = net.connect(port, '127.0.0.1');
    let answered = Promise.resolve();
    client.on('error', () => {}).on('close', () => redis.destroy());
    redis.on('error', () => {}).on('close', () => answered.then(() => client.end()));
    client.on('data', (piece) => {
      if (this.answersNumbers) client.write(':1\r\n'.repeat(commandsIn(piece)));
      else redis.write(this.isOld ? withoutHello(piece) : piece);
    });
    redis.on('data', (piece) => {
      answered = answered.then(() => {
        if (client.destroyed || client.isDead) return undefined;
        return BEHAVIOURS[this.behaviour](piece, client, this);
      });
    });
  }
}

function commandsIn(piece) {
  return piece.toString('latin1').match(/^\*\d+\r$/gm)?.length ?? 0;
}

/** Redis then answers at this place that it does not know the command. */
function withoutHello(piece) {
  const text = piece.toString('latin1');
  return HELLO.test(text) ? Buffer.from(text.replace(HELLO, '\r\n$5\r\nHELLX\r\n'), 'latin1') : piece;
}

module.exports = { Proxy };
