'use strict';

/**
 * WebTransport without a network, for a client and a server in one process: the client creates sessions of this class, and
 * their other ends go to the Engine.IO server.
 * @param {{ onWebTransportSession(session: object): unknown }} engine
 */
function webTransportTo(engine) {
  return class WebTransport {
    ready = Promise.resolve();

    constructor() {
      this.closed = new Promise((resolve) => (this.close = resolve));
    }

    async createBidirectionalStream() {
      const up = new TransformStream();
      const down = new TransformStream();
      engine.onWebTransportSession({
        incomingBidirectionalStreams: ReadableStream.from([
          { readable: up.readable, writable: down.writable },
        ]),
        closed: this.closed,
        close: () => this.close(),
      });
      return { readable: down.readable, writable: up.writable };
    }
  };
}

module.exports = { webTransportTo };
